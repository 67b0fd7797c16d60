import { canonicalJson } from '../canonical.ts'
import { type Reading, rejected, taken } from './reject.ts'

/**
 * Unknown fields are kept, but customers' content is never collected: a member whose name says
 * that it holds prompts, outputs, code, data or weights keeps its name and loses its value.
 */
const CONTENT =
  /^(prompts?|completions?|messages?|(input|output|response)_?(text|tokens)?|weights?|gradients?|source_?code|code|script|notebook|dataset_?(rows|content)|training_?data|embeddings?|memory_?(contents?|dump)|packet_?payload|payload|checkpoint_?data)$/i

const CONTENT_REMOVED = '(content, not kept)'

/**
 * The unknown members as canonical JSON, so that a re-serialised copy is the same copy. Members
 * that are absent or null are left out: they say nothing.
 */
export function readExtra(
  members: readonly (readonly [string, unknown])[],
  characters_max: number,
): Reading<string> {
  const kept = members
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, CONTENT.test(name) ? CONTENT_REMOVED : value] as const)
  if (kept.length === 0) return taken('')
  // Object.fromEntries defines members, so that one called __proto__ stays a member.
  const json = written(Object.fromEntries(kept))
  if (json === null) {
    return rejected('out_of_range', `${nameList(kept)} holds a number that is beyond any number`)
  }
  if (json.length > characters_max) {
    return rejected(
      'extra_too_large',
      `the unknown fields ${nameList(kept)} take ${json.length} characters of ${characters_max}`,
    )
  }
  return taken(json)
}

/** null when a number such as 1e999 has no JSON form. */
function written(members: object): string | null {
  try {
    return canonicalJson(members)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function nameList(members: readonly (readonly [string, unknown])[]): string {
  return members
    .slice(0, 5)
    .map(([name]) => `"${name.slice(0, 40).toWellFormed()}"`)
    .join(', ')
}
