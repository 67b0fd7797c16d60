import type { BuildNumbers } from '../domain/build.ts'
import type { DeriveSettings } from '../domain/derive-settings.ts'
import { linkGangs } from '../domain/run/chain.ts'
import type { Gang } from '../domain/run/gang.ts'
import { carriedFrom, gangsOfDay } from '../domain/run/island.ts'
import { lineages } from '../domain/run/lineage.ts'
import { buildRuns, type Run } from '../domain/run/run.ts'
import { compareRuns } from '../domain/run/run-change.ts'
import { DAY_MS, type Instant, SECOND_MS, toSqlTime } from '../domain/window.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { gangDevicesRow, gangRow, runRow } from './derive/rows.ts'

/**
 * Device-hours → gangs, runs and lineages. Gangs are built day by day, each from its device-hours
 * and what the gangs of the day before held, so a change re-opens its own day and later ones, never
 * the history. What comes out depends on the device-hours alone, not on how often or in which steps
 * it was built.
 */

export interface DeriveDeps {
  readonly store: Store
  readonly clock: Clock
  readonly builds: BuildNumbers
  readonly settings: DeriveSettings
}

export interface Derived {
  /** Tenants whose runs were rebuilt. */
  readonly tenants: readonly string[]
}

/** Rebuilds the runs of the tenants given, each from the first hour that changed, up to `until`. */
export type Derive = (tenants: ReadonlyMap<string, Instant>, until: Instant) => Promise<Derived>

export function createDerive(deps: DeriveDeps): Derive {
  return async function derive(tenants, until) {
    const from = new Map([...tenants].map(([tenant, changed]) => [tenant, floorDay(changed)]))
    const gangs = await buildGangs(deps, from, until)
    for (const [tenant_id, since] of from) {
      await writeTenant(deps, tenant_id, gangs.get(tenant_id) ?? [], since, until)
    }
    return { tenants: [...tenants.keys()] }
  }
}

function floorDay(at: Instant): Instant {
  return Math.floor(at / DAY_MS) * DAY_MS
}

/** Gangs by tenant, day after day: each goes on from the day before it. */
async function buildGangs(
  deps: DeriveDeps,
  from: ReadonlyMap<string, Instant>,
  until: Instant,
): Promise<Map<string, Gang[]>> {
  const { store, builds } = deps
  const buried = builds()
  const build = builds()
  const before = new Map<string, Carrying>()
  for (const [tenant_id, since] of from) {
    await store.execute('gang-devices-bury', { tenant_id, from: since, build: buried })
    const day = since - DAY_MS
    const gangs = await store.query('gang-devices-list', { tenant_id, from: day, until: since })
    before.set(tenant_id, { day, gangs })
  }
  const gangs = new Map([...from.keys()].map(tenant => [tenant, [] as Gang[]]))
  for (const stretch of await stretches(deps, from, until)) {
    const fresh = await gangsOfStretch(deps, stretch, from, until, before)
    await store.append(
      'gang_devices',
      fresh.map(({ gang, day }) => gangDevicesRow(gang, day, build)),
    )
    for (const { gang } of fresh) gangs.get(gang.tenant_id)?.push({ ...gang, members: [] })
  }
  return gangs
}

/** The last day of a tenant that was built, with its gangs. */
interface Carrying {
  readonly day: Instant
  readonly gangs: readonly Pick<Gang, 'gang_id' | 'end' | 'members'>[]
}

/** Days that one statement reads, and the tenants to build on them. */
interface Stretch {
  readonly days: readonly Instant[]
  readonly tenants: ReadonlySet<string>
}

/** Device-hours that one statement reads; a day of one batch of tenants is read at once. */
const HOURS_PER_STATEMENT = 200_000

async function stretches(
  { store }: DeriveDeps,
  from: ReadonlyMap<string, Instant>,
  until: Instant,
): Promise<Stretch[]> {
  if (from.size === 0) return []
  const tenants = [...from.keys()]
  const rows = await store.query('gang-days', { tenants, from: Math.min(...from.values()), until })
  const due = rows.filter(row => row.day >= (from.get(row.tenant_id) ?? 0))
  const found: { days: Instant[]; tenants: Set<string>; hours: number }[] = []
  for (const [day, busy] of Map.groupBy(due, row => row.day)) {
    const hours = busy.reduce((sum, row) => sum + row.hours, 0)
    let last = found.at(-1)
    if (!last || last.hours + hours > HOURS_PER_STATEMENT) {
      last = { days: [], tenants: new Set(), hours: 0 }
      found.push(last)
    }
    last.days.push(day)
    last.hours += hours
    for (const row of busy) last.tenants.add(row.tenant_id)
  }
  return found
}

async function gangsOfStretch(
  { store, settings }: DeriveDeps,
  { days, tenants }: Stretch,
  from: ReadonlyMap<string, Instant>,
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
  for (const [day, islands] of Map.groupBy(rows, row => row.day)) {
    const window = { start: day, end: Math.min(day + DAY_MS, until) }
    for (const [tenant, own] of Map.groupBy(islands, row => row.tenant_id)) {
      if (day < (from.get(tenant) ?? 0)) continue
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

/** Links the fresh gangs to what stood before them and writes gangs, runs and lineages. */
async function writeTenant(
  deps: DeriveDeps,
  tenant_id: string,
  fresh: readonly Gang[],
  from: Instant,
  until: Instant,
): Promise<void> {
  const { store, settings } = deps
  const build = deps.builds()
  const since = from - settings.chain.stage_gap_s * SECOND_MS
  const kept = await store.query('gangs-list', { tenant_id, since, before: from })
  const large = fresh.filter(gang => gang.devices >= settings.min_devices)
  const linked = linkGangs(kept, large, settings.chain)
  const runs = buildRuns([...kept, ...linked], settings.chain)
  const homes = new Map(runs.flatMap(run => run.gang_ids.map(id => [id, run.run_id] as const)))
  const homeOf = (gang: Gang) => homes.get(gang.gang_id) ?? ''
  const small = fresh.filter(gang => gang.devices < settings.min_devices)
  const moved = kept.filter(gang => gang.run_id !== homeOf(gang))
  await store.append(
    'gangs',
    [...small, ...linked, ...moved].map(gang => gangRow(gang, homeOf(gang), build)),
  )
  await store.execute('gangs-bury', { tenant_id, from, build })
  await writeRuns(deps, tenant_id, runs, since, build)
  await writeLineages(deps, tenant_id, until, build)
}

async function writeRuns(
  { store, clock }: DeriveDeps,
  tenant_id: string,
  runs: readonly Run[],
  since: Instant,
  build: number,
): Promise<void> {
  const before = await store.query('run-extents', { tenant_id, since })
  await store.append(
    'runs',
    runs.map(run => runRow(run, build)),
  )
  await store.execute('runs-bury', { tenant_id, since, build })
  const at = toSqlTime(clock.now())
  await store.append(
    'run_history',
    compareRuns(before, runs).map(change => ({ tenant_id, at, ...change })),
  )
}

async function writeLineages(
  { store, settings }: DeriveDeps,
  tenant_id: string,
  until: Instant,
  build: number,
): Promise<void> {
  const since = until - settings.lineage_days * DAY_MS
  const heads = await store.query('run-heads', { tenant_id, since })
  await store.append(
    'run_lineages',
    lineages(heads).map(member => ({ tenant_id, ...member, build: String(build), is_deleted: 0 })),
  )
  await store.execute('run-lineages-bury', { tenant_id, build })
}
