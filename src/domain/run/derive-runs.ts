import type { DeriveSettings } from '../derive-settings.ts'
import { DAY_MS, type Instant, SECOND_MS } from '../window.ts'
import { linkGangs } from './chain.ts'
import type { Gang } from './gang.ts'
import { carriedFrom, gangsOfDay, type Island } from './island.ts'
import { buildRuns, type Run } from './run.ts'

/**
 * The runs of one tenant from its islands, all at once and without a store: what the derive stage
 * does day by day. `days` come in order of time.
 */
export function deriveRuns(
  days: ReadonlyMap<Instant, readonly Island[]>,
  settings: DeriveSettings,
): { readonly gangs: readonly Gang[]; readonly runs: readonly Run[] } {
  const gangs: Gang[] = []
  let before: { readonly day: Instant; readonly gangs: readonly Gang[] } | null = null
  for (const [day, islands] of days) {
    const since = day - settings.idle_gap_s * SECOND_MS
    const carried = carriedFrom(before?.day === day - DAY_MS ? before.gangs : [], since)
    const fresh = gangsOfDay(islands, carried, { start: day, end: day + DAY_MS }, settings)
    before = { day, gangs: fresh }
    gangs.push(...fresh)
  }
  const linked = linkGangs([], gangs, settings.chain)
  return { gangs: linked, runs: buildRuns(linked, settings.chain) }
}
