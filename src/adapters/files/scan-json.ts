/** What JSON.parse does not tell about text that it accepted: member counts, depth, repetitions. */

/** Deeper nesting is no telemetry; walking it would exhaust the stack. */
export const NESTING_MAX = 64

export interface JsonShape {
  /** Members of all objects in the text: colons outside of strings. */
  readonly members: number
  readonly depth: number
}

const QUOTE = 34
const COLON = 58
const BACKSLASH = 92

/** One pass over valid JSON; strings are skipped whole. */
export function scanJson(text: string): JsonShape {
  let members = 0
  let depth = 0
  let deepest = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) index = stringEnd(text, index)
    else if (code === COLON) members += 1
    else if (code === 123 || code === 91) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (code === 125 || code === 93) depth -= 1
  }
  return { members, depth: deepest }
}

/** Index of the quote that closes the string opened at `start`. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

/**
 * A member name that occurs twice in one object, or null. JSON.parse keeps the last silently; the
 * text then has more members than the value, which is all that the common case has to compare.
 */
export function duplicateMember(text: string, value: object, members: number): string | null {
  return members === countMembers(value) ? null : findDuplicate(text)
}

function countMembers(value: object): number {
  let count = 0
  const own = Array.isArray(value) ? value : Object.values(value)
  if (!Array.isArray(value)) count = own.length
  for (const member of own) {
    if (typeof member === 'object' && member !== null) count += countMembers(member)
  }
  return count
}

/** The slow walk, taken only when something is known to occur twice. */
function findDuplicate(text: string): string | null {
  const open: Set<string>[] = []
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 123) open.push(new Set())
    else if (code === 91) open.push(new Set())
    else if (code === 125 || code === 93) open.pop()
    else if (code === QUOTE) {
      const end = stringEnd(text, index)
      const name = nameAt(text, index, end)
      index = end
      const names = open.at(-1)
      if (name === null || names === undefined) continue
      if (names.has(name)) return name
      names.add(name)
    }
  }
  return null
}

/** The string as a member name, null when no colon follows it. */
function nameAt(text: string, start: number, end: number): string | null {
  let next = end + 1
  while (next < text.length && /\s/.test(text.charAt(next))) next += 1
  if (text.charCodeAt(next) !== COLON) return null
  const name: unknown = JSON.parse(text.slice(start, end + 1))
  return typeof name === 'string' ? name : null
}
