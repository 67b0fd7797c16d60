/**
 * What was said about every identity (device, end of interval), kept apart from the product: which
 * content must be stored, and between which it may choose.
 */

export interface Sample {
  readonly device: string
  /** End of the interval, milliseconds since 1970. */
  readonly end: number
  readonly revision: number
  /** Whole watts and 128ths, so that both sides print them alike. */
  readonly power_w: number
  readonly util_128: number
}

/** One row as the store and the truth both spell it: device, end, revision, watts, utilisation. */
export type RowText = string

export interface Conflict {
  readonly contents: readonly Sample[]
  readonly stored: RowText
}

export interface Truth {
  add(samples: readonly Sample[]): void
  /** Identities said so far. */
  count(): number
  /** Identities under which several contents had the same claim, and the one that was stored. */
  conflicts(): Conflict[]
  /** What is wrong with the rows, in words, at most so many lines; none when all is as it must be. */
  differences(rows: Iterable<RowText>, max: number): string[]
}

interface Said {
  revision: number
  /** Contents of the largest revision; two are a conflict that every replay settles alike. */
  contents: string[]
}

export function createTruth(): Truth {
  const said = new Map<string, Said>()
  /** What the store chose where it may choose; it must never choose otherwise. */
  const chosen = new Map<string, { readonly among: number; readonly content: string }>()

  const judge = (identity: string, content: string): string | null => {
    const { contents, revision } = said.get(identity) ?? { contents: [], revision: 0 }
    if (contents.length === 0) return `nobody said ${identity}: ${content}`
    if (!contents.includes(content)) {
      return `${identity} is stored as ${content}, said was ${contents.join(' or ')}`
    }
    if (contents.length === 1) return null
    const conflict = `${identity} ${revision}`
    const before = chosen.get(conflict)
    chosen.set(conflict, { among: contents.length, content })
    if (before === undefined || before.content === content) return null
    // Another content joined the conflict meanwhile, and may have won it.
    return before.among < contents.length
      ? null
      : `${identity} was settled as ${before.content} and is now ${content}`
  }

  return {
    add(samples) {
      for (const { device, end, revision, power_w, util_128 } of samples) {
        const identity = `${device} ${end}`
        const content = `${revision} ${power_w} ${util_128}`
        const known = said.get(identity)
        if (known === undefined || known.revision < revision) {
          said.set(identity, { revision, contents: [content] })
        } else if (known.revision === revision && !known.contents.includes(content)) {
          known.contents.push(content)
        }
      }
    },
    count: () => said.size,
    conflicts: () =>
      [...said].flatMap(([identity, { revision, contents }]) => {
        const stored = chosen.get(`${identity} ${revision}`)?.content
        if (stored === undefined) return []
        const samples = contents.map(content => readRow(`${identity} ${content}`))
        return [{ contents: samples, stored: `${identity} ${stored}` }]
      }),
    differences(rows, max) {
      const found: string[] = []
      const met = new Set<string>()
      for (const row of rows) {
        const [device, end, ...content] = row.split(' ')
        const identity = `${device} ${end}`
        const fault = met.has(identity)
          ? `${identity} is stored twice`
          : judge(identity, content.join(' '))
        met.add(identity)
        if (fault !== null) found.push(fault)
      }
      for (const identity of said.keys()) {
        if (!met.has(identity)) found.push(`${identity} is missing`)
      }
      const cut = found.length - max
      return cut > 0 ? [...found.slice(0, max), `and ${cut} more`] : found
    },
  }
}

function readRow(row: RowText): Sample {
  const [device = '', ...numbers] = row.split(' ')
  const [end = 0, revision = 0, power_w = 0, util_128 = 0] = numbers.map(Number)
  return { device, end, revision, power_w, util_128 }
}
