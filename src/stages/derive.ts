import { allEnded } from '../domain/all-ended.ts'
import type { BuildNumbers } from '../domain/build.ts'
import { chunks } from '../domain/chunks.ts'
import type { DeriveSettings } from '../domain/derive-settings.ts'
import { linkGangs } from '../domain/run/chain.ts'
import type { Gang } from '../domain/run/gang.ts'
import { lineages, type RunHead } from '../domain/run/lineage.ts'
import { buildRuns, type Run } from '../domain/run/run.ts'
import { compareRuns } from '../domain/run/run-change.ts'
import { DAY_MS, floorDay, type Instant, SECOND_MS, toSqlTime } from '../domain/window.ts'
import type { Clock } from '../ports/clock.ts'
import { type StoredExtent, type StoredGang, toExtent } from '../ports/queries/derive.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Store } from '../ports/store.ts'
import { buildGangs } from './derive/gangs.ts'
import { createKeptGangs, type KeptGangs } from './derive/kept-gangs.ts'
import { gangRow, runRow, tombstone } from './derive/rows.ts'

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
  /** Runs that ended before it stand as they were: none of what they rest on was looked at. */
  readonly since: Instant
}

/** Rebuilds the runs of the tenants given, each from the first hour that changed, up to `until`. */
export type Derive = (tenants: ReadonlyMap<string, Instant>, until: Instant) => Promise<Derived>

interface Reading extends DeriveDeps {
  readonly keptGangs: KeptGangs
}

/** Tenants that one statement names: a server takes 128 KiB for each parameter. */
const TENANTS_PER_STATEMENT = 500

export function createDerive(deps: DeriveDeps): Derive {
  const reading = { ...deps, keptGangs: createKeptGangs(deps.store) }
  return async function derive(tenants, until) {
    const batches = batchesOf(tenants)
    for (const batch of batches) await deriveBatch(reading, batch, until)
    const since = Math.min(...batches.map(batch => sinceOf(batch, deps.settings)))
    return { tenants: [...tenants.keys()], since }
  }
}

/** Tenants to rebuild from the same day on; most ticks have one batch. */
export interface Batch {
  readonly tenants: readonly string[]
  readonly from: Instant
}

function batchesOf(tenants: ReadonlyMap<string, Instant>): Batch[] {
  const days = Map.groupBy([...tenants], ([, changed]) => floorDay(changed))
  return [...days].flatMap(([from, found]) => {
    const names = found.map(([tenant]) => tenant)
    return chunks(names, TENANTS_PER_STATEMENT).map(tenants => ({ from, tenants }))
  })
}

/** Runs that had ended before it no gang of the batch can go on from, nor be joined to. */
function sinceOf({ from }: Batch, { chain }: DeriveSettings): Instant {
  return from - chain.stage_gap_s * SECOND_MS
}

/** Links the fresh gangs to what stood before them and writes gangs, runs and lineages. */
async function deriveBatch(deps: Reading, batch: Batch, until: Instant): Promise<void> {
  const { store, settings } = deps
  const tenants = [...batch.tenants]
  const [fresh, { kept, stored }] = await allEnded([
    buildGangs(deps, batch, until),
    readBefore(deps, batch),
  ])
  const build = deps.builds()
  const before = Map.groupBy(kept, gang => gang.tenant_id)
  const runs: Run[] = []
  const gangs: { gang: Gang; run_id: string }[] = []
  for (const tenant of tenants) {
    const found = runsOf(before.get(tenant) ?? [], fresh.get(tenant) ?? [], settings)
    for (const run of found.runs) runs.push(run)
    for (const gang of found.gangs) gangs.push(gang)
  }
  await writeGangs(store, batch, gangs, build)
  await writeRuns(deps, tenants, stored, runs, build)
  await writeLineages(deps, tenants, until, build)
}

/** Runs as they are stored, and their gangs of before the batch, which it may go on from. */
async function readBefore(
  { store, settings, keptGangs }: Reading,
  batch: Batch,
): Promise<{ readonly stored: readonly StoredExtent[]; readonly kept: readonly StoredGang[] }> {
  const { from } = batch
  const of = { tenants: [...batch.tenants], since: sinceOf(batch, settings) }
  const stored = (await store.query('run-extents', of)).map(toExtent)
  const first = stored.reduce((earliest, run) => Math.min(earliest, run.start), from)
  if (first === from) return { stored, kept: [] }
  return { stored, kept: await keptGangs({ ...of, first, before: from }) }
}

/** Runs of one tenant, and the gangs that are new or have come to another run. */
function runsOf(
  kept: readonly StoredGang[],
  fresh: readonly Gang[],
  { chain, min_devices }: DeriveSettings,
) {
  const linked = linkGangs(
    kept,
    fresh.filter(gang => gang.devices >= min_devices),
    chain,
  )
  const runs = buildRuns([...kept, ...linked], chain)
  const homes = new Map(runs.flatMap(run => run.gang_ids.map(id => [id, run.run_id] as const)))
  const homeOf = (gang: Gang) => homes.get(gang.gang_id) ?? ''
  const small = fresh.filter(gang => gang.devices < min_devices)
  const moved = kept.filter(gang => gang.run_id !== homeOf(gang))
  const gangs = [...small, ...linked, ...moved].map(gang => ({ gang, run_id: homeOf(gang) }))
  return { runs, gangs }
}

/**
 * Writes gangs, and tombstones for those of the days rebuilt that were not found again. Read and not
 * buried by a statement: that would wait for the connection on which usage is priced meanwhile.
 */
async function writeGangs(
  store: Store,
  { tenants, from }: Batch,
  gangs: readonly { readonly gang: Gang; readonly run_id: string }[],
  build: number,
): Promise<void> {
  const stored = await store.query('gang-keys', { tenants: [...tenants], from })
  await store.append(
    'day_gangs',
    gangs.map(({ gang, run_id }) => gangRow(gang, run_id, build)),
  )
  const keyOf = (gang: QueryRow<'gang-keys'>) =>
    [gang.tenant_id, gang.start, gang.gang_id].join('\u0000')
  const found = new Set(gangs.map(({ gang }) => keyOf(gang)))
  await store.append(
    'day_gangs',
    stored
      .filter(gang => !found.has(keyOf(gang)))
      .map(gang => tombstone({ ...gang, start: toSqlTime(gang.start) }, build)),
  )
}

/** Writes runs, and tombstones for those `stored` ones that were not found again. */
async function writeRuns(
  { store, clock }: DeriveDeps,
  tenants: string[],
  stored: readonly StoredExtent[],
  runs: readonly Run[],
  build: number,
): Promise<void> {
  await store.append(
    'runs',
    runs.map(run => runRow(run, build)),
  )
  const found = new Set(runs.map(run => run.run_id))
  await store.append(
    'runs',
    stored
      .filter(run => !found.has(run.run_id))
      .map(({ tenant_id, run_id }) => tombstone({ tenant_id, run_id }, build)),
  )
  const at = toSqlTime(clock.now())
  const before = Map.groupBy(stored, run => run.tenant_id)
  const after = Map.groupBy(runs, run => run.tenant_id)
  await store.append(
    'run_history',
    tenants.flatMap(tenant_id =>
      compareRuns(before.get(tenant_id) ?? [], after.get(tenant_id) ?? []).map(change => ({
        tenant_id,
        at,
        ...change,
      })),
    ),
  )
}

async function writeLineages(
  { store, settings }: DeriveDeps,
  tenants: string[],
  until: Instant,
  build: number,
): Promise<void> {
  const since = until - settings.lineage_days * DAY_MS
  const own = Map.groupBy(await runHeads(store, tenants, since), head => head.tenant_id)
  await store.append(
    'run_lineages',
    [...own].flatMap(([tenant_id, found]) =>
      lineages(found).map(member => ({
        tenant_id,
        ...member,
        build: String(build),
        is_deleted: 0,
      })),
    ),
  )
  await store.execute('run-lineages-bury', { tenants, build })
}

/** Runs with those that they may have come from; most tenants have none that came from another. */
async function runHeads(
  store: Store,
  tenants: string[],
  since: Instant,
): Promise<(RunHead & { readonly tenant_id: string })[]> {
  const heads = await store.query('run-heads', { tenants, since })
  if (heads.every(head => head.previous_gang === '')) return []
  const origins = await store.query('run-origins', { tenants, since })
  const keyOf = (tenant_id: string, gang_id: string) => [tenant_id, gang_id].join('\u0000')
  const homes = new Map(origins.map(row => [keyOf(row.tenant_id, row.gang_id), row.run_id]))
  return heads.map(({ previous_gang, ...head }) => ({
    ...head,
    previous_run: homes.get(keyOf(head.tenant_id, previous_gang)) ?? '',
  }))
}
