import { HOUR_MS, type Instant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'

/**
 * Cuts hours into statements that read at most so many samples each. An hour that holds more by
 * itself is cut by its devices: a window of a statement never sees more than it can hold in memory.
 */

/**
 * Devices that one statement rebuilds: those with ids in [first, end), '' being open. Of an hour
 * that is cut, devices beside a node meter are left to a statement of their own, which must see
 * all of a node at once: what the meter stands for depends on who else reports there.
 */
export interface Stretch {
  readonly part: 'all' | 'own' | 'metered'
  readonly first: string
  readonly end: string
}

export interface HourStatement {
  readonly hours: readonly Instant[]
  /** In the order to be run: 'metered' last, since a device may come to be beside a meter meanwhile. */
  readonly stretches: readonly Stretch[]
}

/**
 * Hours or batches that one statement names: a server takes 128 KiB for each parameter. Forty
 * days of hours, so that a list of whole days is cut between days.
 */
export const NAMES_PER_STATEMENT = 960

const WHOLE: readonly Stretch[] = [{ part: 'all', first: '', end: '' }]

/** @param hours sorted */
export async function packHours(
  store: Store,
  hours: readonly Instant[],
  rows_max: number,
): Promise<HourStatement[]> {
  const rowsOf = await countRows(store, hours)
  const statements: { hours: Instant[]; stretches: readonly Stretch[] }[] = []
  let room = 0
  for (const hour of hours) {
    // The hour after is read with it, for intervals that reach back.
    const rows = (rowsOf.get(hour) ?? 0) + (rowsOf.get(hour + HOUR_MS) ?? 0)
    const last = statements.at(-1)
    if (rows > rows_max) {
      statements.push({ hours: [hour], stretches: await cutDevices(store, hour, rows_max) })
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

async function countRows(
  store: Store,
  hours: readonly Instant[],
): Promise<ReadonlyMap<Instant, number>> {
  const rowsOf = new Map<Instant, number>()
  for (const part of chunks(hours, NAMES_PER_STATEMENT)) {
    const counts = await store.query('sample-hour-counts', { hours: part })
    for (const { hour, rows } of counts) rowsOf.set(hour, rows)
  }
  return rowsOf
}

/** Stretches that together hold every id there can be, so that a device that is new is in one. */
async function cutDevices(store: Store, hour: Instant, rows_max: number): Promise<Stretch[]> {
  const cuts = await store.query('sample-device-cuts', {
    hours: [hour, hour + HOUR_MS],
    rows: rows_max,
  })
  const firsts = ['', ...cuts.map(row => row.first_device)]
  const own = firsts.map(
    (first, at): Stretch => ({ part: 'own', first, end: firsts[at + 1] ?? '' }),
  )
  return [...own, { part: 'metered', first: '', end: '' }]
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size))
  return parts
}
