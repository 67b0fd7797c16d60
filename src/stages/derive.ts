import type { BuildNumbers } from '../domain/build.ts'
import type { DeriveSettings } from '../domain/derive-settings.ts'
import { chainGangs } from '../domain/run/chain.ts'
import { type Gang, joinGangs } from '../domain/run/gang.ts'
import { buildRuns, compareRuns, gangId, type Run } from '../domain/run/run.ts'
import { DAY_MS, type Instant, SECOND_MS, toSqlTime, type Window } from '../domain/window.ts'
import type { Clock } from '../ports/clock.ts'
import type { Row, Store } from '../ports/store.ts'

/**
 * Device-hours → gangs and runs. Only the stretch that a change can reach is rebuilt: from the
 * last instant before it at which the tenant had no gang under way. What comes out depends on the
 * device-hours alone, not on how often or in which steps it was built.
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
    const build = deps.builds()
    for (const [tenant_id, changed] of tenants) {
      const since = await restingInstant(deps, tenant_id, changed)
      const from = await quietInstant(deps, tenant_id, changed, since)
      const fresh = await buildGangs(deps, tenant_id, from, until)
      await writeGangs(deps, tenant_id, fresh, from, build)
      const kept = await deps.store.query('gangs-list', { tenant_id, since, before: from })
      await writeRuns(deps, tenant_id, [...kept, ...fresh], since, build)
    }
    return { tenants: [...tenants.keys()] }
  }
}

/**
 * How far back runs may be re-opened: `lookback_days`, and on to where no run was under way, since
 * a run that is rebuilt from a part of its gangs would be another one.
 */
async function restingInstant(
  { store, settings }: DeriveDeps,
  tenant_id: string,
  changed: Instant,
): Promise<Instant> {
  const before = Math.max(changed - settings.lookback_days * DAY_MS, 0)
  const [row] = await store.query('runs-resting', { tenant_id, before })
  return row?.resting ?? before
}

/**
 * The latest instant at or before `changed` at which nothing was under way: no stored gang spans
 * it, nor ends so shortly before that new samples could join to it.
 */
async function quietInstant(
  { store, settings }: DeriveDeps,
  tenant_id: string,
  changed: Instant,
  since: Instant,
): Promise<Instant> {
  const reach_ms = (settings.idle_gap_s + settings.gang_start_s) * SECOND_MS
  const extents = await store.query('gang-extents', { tenants: [tenant_id], since })
  return reachBack(extents, changed, reach_ms)
}

/** Follows gangs back in time while the next earlier one still reaches into the stretch. */
export function reachBack(gangs: readonly Window[], from: Instant, reach_ms: number): Instant {
  const latestEndFirst = [...gangs].sort((a, b) => b.end - a.end)
  let quiet = from
  for (const gang of latestEndFirst) {
    if (gang.end + reach_ms < quiet) break
    quiet = Math.min(quiet, gang.start)
  }
  return quiet
}

async function buildGangs(
  { store, settings }: DeriveDeps,
  tenant_id: string,
  from: Instant,
  until: Instant,
): Promise<Gang[]> {
  const rows = await store.query('gangs-build', {
    tenants: [tenant_id],
    from,
    until,
    idle_gap_s: settings.idle_gap_s,
    gang_start_s: settings.gang_start_s,
    gang_overlap_min: settings.gang_overlap_min,
  })
  const gangs = rows.map(
    ({ flop_lo, flop_mid, flop_hi, ...row }): Gang => ({
      ...row,
      gang_id: gangId(tenant_id, row.chip, row.fabric_id, String(row.start), row.first_device),
      flop: { lo: flop_lo, mid: flop_mid, hi: flop_hi },
    }),
  )
  return joinGangs(gangs)
}

async function writeGangs(
  { store }: DeriveDeps,
  tenant_id: string,
  gangs: readonly Gang[],
  from: Instant,
  build: number,
): Promise<void> {
  await store.append(
    'gangs',
    gangs.map(gang => gangRow(gang, build)),
  )
  await store.execute('gangs-bury', { tenant_id, from, build })
}

async function writeRuns(
  { store, settings, clock }: DeriveDeps,
  tenant_id: string,
  gangs: readonly Gang[],
  since: Instant,
  build: number,
): Promise<void> {
  const large = gangs.filter(gang => gang.devices >= settings.min_devices)
  const runs = buildRuns(chainGangs(large, settings.chain))
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

function gangRow({ flop, ...gang }: Gang, build: number): Row {
  return {
    ...gang,
    start: toSqlTime(gang.start),
    end: toSqlTime(gang.end),
    flop_lo: flop.lo,
    flop_mid: flop.mid,
    flop_hi: flop.hi,
    build: String(build),
    is_deleted: 0,
  }
}

function runRow({ flop, segments, ...run }: Run, build: number): Row {
  return {
    ...run,
    start: toSqlTime(run.start),
    end: toSqlTime(run.end),
    flop_lo: flop.lo,
    flop_mid: flop.mid,
    flop_hi: flop.hi,
    segments: segments.map(part => [
      toSqlTime(part.start),
      toSqlTime(part.end),
      part.devices,
      part.gang_id,
      part.link_p,
    ]),
    build: String(build),
    is_deleted: 0,
  }
}
