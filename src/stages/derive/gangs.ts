import type { Gang } from '../../domain/run/gang.ts'
import { carriedFrom, gangsOfDay } from '../../domain/run/island.ts'
import { DAY_MS, type Instant, SECOND_MS, toSqlSecond } from '../../domain/window.ts'
import { withFlop } from '../../ports/queries/derive.ts'
import type { Batch, DeriveDeps } from '../derive.ts'
import { gangDevicesRow, tombstone } from './rows.ts'
import { type Stretch, stretchesOf } from './stretches.ts'

/** Device-hours → gangs, day after day: each day goes on from the one before it. */

/** Device-hours that one statement reads: what bounds the memory of its answer. */
const HOURS_PER_STATEMENT = 75_000

/** The last day of a tenant that was built, with its gangs. */
interface Carrying {
  readonly day: Instant
  readonly gangs: readonly Pick<Gang, 'gang_id' | 'end' | 'members'>[]
}

/** Gangs by tenant; what devices they held is written, and is not in the answer. */
export async function buildGangs(
  deps: DeriveDeps,
  batch: Batch,
  until: Instant,
): Promise<Map<string, Gang[]>> {
  const { store } = deps
  const { from } = batch
  const build = deps.builds()
  const tenants = [...batch.tenants]
  const stored = await store.query('gang-devices-list', { tenants, from })
  const gone = new Map(stored.filter(row => row.day >= from).map(row => [row.gang_id, row]))
  const kept = Map.groupBy(
    stored.filter(row => row.day < from),
    row => row.tenant_id,
  )
  const before = new Map(
    [...kept].map(([tenant, gangs]): [string, Carrying] => [tenant, { day: from - DAY_MS, gangs }]),
  )
  const gangs = new Map<string, Gang[]>(tenants.map(tenant => [tenant, []]))
  const busy = await store.query('gang-days', { tenants, from, until })
  for (const stretch of stretchesOf(busy, HOURS_PER_STATEMENT)) {
    const fresh = await gangsOfStretch(deps, stretch, until, before)
    await store.append(
      'gang_devices',
      fresh.map(one => gangDevicesRow(one.gang, one.day, build)),
    )
    for (const { gang } of fresh) {
      gone.delete(gang.gang_id)
      gangs.get(gang.tenant_id)?.push({ ...gang, members: [] })
    }
  }
  await store.append(
    'gang_devices',
    [...gone.values()].map(({ tenant_id, day, gang_id }) =>
      tombstone({ tenant_id, day: toSqlSecond(day), gang_id }, build),
    ),
  )
  return gangs
}

async function gangsOfStretch(
  { store, settings }: DeriveDeps,
  { tenants, days }: Stretch,
  until: Instant,
  before: Map<string, Carrying>,
): Promise<{ gang: Gang; day: Instant }[]> {
  const rows = await store.query('device-islands', {
    tenants: [...tenants],
    from: Math.min(...days),
    until: Math.min(Math.max(...days) + DAY_MS, until),
    idle_gap_s: settings.idle_gap_s,
  })
  const found: { gang: Gang; day: Instant }[] = []
  const byDay = [...Map.groupBy(rows.map(withFlop), row => row.day)].sort(([a], [b]) => a - b)
  for (const [day, islands] of byDay) {
    const window = { start: day, end: Math.min(day + DAY_MS, until) }
    for (const [tenant, own] of Map.groupBy(islands, row => row.tenant_id)) {
      const last = before.get(tenant)
      const since = day - settings.idle_gap_s * SECOND_MS
      const carried = carriedFrom(last?.day === day - DAY_MS ? last.gangs : [], since)
      const gangs = gangsOfDay(own, carried, window, settings)
      before.set(tenant, { day, gangs })
      for (const gang of gangs) found.push({ gang, day })
    }
  }
  return found
}
