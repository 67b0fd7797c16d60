import type { Instant } from '../../domain/window.ts'

/**
 * Cuts hours into statements that read at most so many rows each. An hour that holds more by
 * itself is cut by its devices: a window of a statement never sees more than it can hold in memory.
 */

/** Devices that one statement rebuilds: those with ids in [first, end), '' being open. */
export interface Stretch {
  readonly first: string
  readonly end: string
}

export interface HourStatement {
  readonly hours: readonly Instant[]
  readonly stretches: readonly Stretch[]
}

/** What statements about an hour read. */
export interface HourRows {
  /** Rows that are read for each hour alone; hours that hold none may be missing. */
  readonly rowsOf: ReadonlyMap<Instant, number>
  /** First ids of devices at which an hour falls into stretches of about so many rows. */
  cutDevices(hour: Instant, rows: number): Promise<readonly string[]>
}

/**
 * Hours or batches that one statement names: a server takes 128 KiB for each parameter. Forty
 * days of hours, so that a list of whole days is cut between days.
 */
export const NAMES_PER_STATEMENT = 960

const WHOLE: readonly Stretch[] = [{ first: '', end: '' }]

/** @param hours sorted */
export async function packHours(
  hours: readonly Instant[],
  { rowsOf, cutDevices }: HourRows,
  rows_max: number,
): Promise<HourStatement[]> {
  const statements: { hours: Instant[]; stretches: readonly Stretch[] }[] = []
  let room = 0
  for (const hour of hours) {
    const rows = rowsOf.get(hour) ?? 0
    const last = statements.at(-1)
    if (rows > rows_max) {
      const stretches = stretchesAt(await cutDevices(hour, rows_max))
      statements.push({ hours: [hour], stretches })
      room = 0
    } else if (!last || rows > room || last.hours.length === NAMES_PER_STATEMENT) {
      statements.push({ hours: [hour], stretches: WHOLE })
      room = rows_max - rows
    } else {
      last.hours.push(hour)
      room -= rows
    }
  }
  return statements
}

/** Stretches that together hold every id there can be, so that a device that is new is in one. */
function stretchesAt(cuts: readonly string[]): Stretch[] {
  const firsts = ['', ...cuts]
  return firsts.map((first, at) => ({ first, end: firsts[at + 1] ?? '' }))
}
