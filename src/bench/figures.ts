import { cpus, totalmem } from 'node:os'

/** What a benchmark says: figures with everything that is needed to read them. */

/** Middle value of the rounds with the smallest and the largest. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Figure {
  readonly section: string
  /** What was done, with the shape of rows and messages. */
  readonly what: string
  readonly unit: string
  readonly value: Spread
  readonly rounds: number
  /** Sizes that the figure rests on: rows, bytes of a row, rows of a message, partitions, … */
  readonly basis: Readonly<Record<string, number | string>>
}

export interface SectionResult {
  readonly figures: readonly Figure[]
  /** Why something was left out; null when nothing was. */
  readonly skipped: string | null
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
  }
}

/** The value that a share of all values does not exceed, e.g. 0.99; 0 without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

export interface Machine {
  readonly model: string
  readonly cores: number
  readonly memory_bytes: number
}

export function machine(): Machine {
  const [first] = cpus()
  return { model: first?.model ?? '', cores: cpus().length, memory_bytes: totalmem() }
}
