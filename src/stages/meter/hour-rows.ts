import { chunks } from '../../domain/chunks.ts'
import { HOUR_MS, type Instant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import { type HourRows, NAMES_PER_STATEMENT } from './pack-hours.ts'

/** How much the statements of the meter have to read. */

/**
 * Samples of each hour from its tail on, and those of the hour after, whose intervals may reach back.
 * @param tailOf hours, each with its tail
 */
export async function sampleRows(
  store: Store,
  tailOf: ReadonlyMap<Instant, Instant>,
  scope: number,
): Promise<HourRows> {
  const own = new Map<Instant, number>()
  const all = withFollowing([...tailOf.keys()], 1)
  for (const hours of chunks(all, NAMES_PER_STATEMENT)) {
    const tails = hours.map(hour => tailOf.get(hour) ?? hour)
    const counts = await store.query('sample-hour-counts', { hours, tails, scope })
    for (const { hour, rows } of counts) own.set(hour, rows)
  }
  const rowsOf = new Map(
    [...tailOf.keys()].map(hour => [hour, (own.get(hour) ?? 0) + (own.get(hour + HOUR_MS) ?? 0)]),
  )
  return {
    rowsOf,
    async cutDevices(hour, rows) {
      const hours = [hour, hour + HOUR_MS]
      const asked = { counted: 'samples', hours, rows, scope } as const
      const cuts = await store.query('device-cuts', asked)
      return cuts.map(row => row.first_device)
    },
  }
}

/** Blocks of each hour. */
export async function blockRows(
  store: Store,
  hours: readonly Instant[],
  scope: number,
): Promise<HourRows> {
  const rowsOf = new Map<Instant, number>()
  for (const part of chunks(hours, NAMES_PER_STATEMENT)) {
    const counts = await store.query('block-hour-counts', { hours: part, scope })
    for (const { hour, rows } of counts) rowsOf.set(hour, rows)
  }
  return {
    rowsOf,
    async cutDevices(hour, rows) {
      const hours = [hour]
      const asked = { counted: 'device_blocks', hours, rows, scope } as const
      const cuts = await store.query('device-cuts', asked)
      return cuts.map(row => row.first_device)
    },
  }
}

/** The hours and the `count` hours after each, sorted, each once. */
export function withFollowing(hours: readonly Instant[], count: number): Instant[] {
  const all = new Set<Instant>()
  for (const hour of hours) {
    for (let step = 0; step <= count; step++) all.add(hour + step * HOUR_MS)
  }
  return [...all].sort((a, b) => a - b)
}
