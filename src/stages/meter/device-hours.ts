import { chunks } from '../../domain/chunks.ts'
import type { MeterSettings } from '../../domain/meter-settings.ts'
import type { Share } from '../../domain/tick-choice.ts'
import {
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  SECOND_MS,
  toSqlSecond,
  toSqlTime,
} from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { blockRows, sampleRows, withFollowing } from './hour-rows.ts'
import { NAMES_PER_STATEMENT, packHours } from './pack-hours.ts'
import { scopeOf, widenScope } from './scope.ts'

/**
 * Samples → blocks → device-hours. An hour that goes on is stored in blocks and rebuilt from the
 * block in which it changed, its *tail*, so that a tick costs as much at the end of an hour as at
 * its beginning; one that comes as a whole is a single block. Pieces of a sample add up to the same
 * wherever it is cut, so the length of blocks shows in no number.
 */

/** Shorter blocks: less to rebuild, more to put together. At most 12 make an hour. */
const BLOCK_MS = 5 * MINUTE_MS
/** A block takes as much memory as so many samples: it holds wide integers and arrays. */
const SAMPLES_PER_BLOCK = 3

export interface DeviceHourDeps {
  readonly store: Store
  readonly clock: Clock
  readonly settings: MeterSettings
  readonly catalogueVersion: string
}

/** An hour, and the earliest instant in it that may have changed. */
export interface ChangedHour {
  readonly hour: Instant
  readonly since: Instant
}

/** An hour, from where on it is rebuilt, and in blocks of which length. */
interface Tail {
  readonly hour: Instant
  readonly tail: Instant
  readonly block_ms: number
  /** There are blocks that a rebuild may find no more. */
  readonly isStored: boolean
}

/** What is rebuilt: hours, sorted, each once; of shares of some tenants, or of everybody (null). */
export interface Rebuilding {
  readonly changed: readonly ChangedHour[]
  readonly shares: readonly Share[] | null
  readonly build: number
}

/**
 * Rebuilds device-hours.
 * @returns marks that were set on the way: they are closed with those that led here
 */
export async function rebuildDeviceHours(
  deps: DeviceHourDeps,
  rebuilding: Rebuilding,
): Promise<readonly string[]> {
  const { changed, build } = rebuilding
  const scope = await scopeOf(deps.store, rebuilding)
  const tails = await findTails(deps, changed, scope)
  const marks = await markWider(deps, rebuilding, tails)
  for (const block_ms of [BLOCK_MS, HOUR_MS]) {
    const own = tails.filter(tail => tail.block_ms === block_ms)
    await rebuildBlocks(deps, own, scope, build)
  }
  const hours = changed.map(({ hour }) => hour)
  await widenScope(deps.store, scope, hours)
  await combine(deps, hours, scope, build)
  return marks
}

/** An hour goes on where it changed behind its beginning, or is stored in blocks already. */
async function findTails(
  { store }: DeviceHourDeps,
  changed: readonly ChangedHour[],
  scope: number,
): Promise<Tail[]> {
  const tails: Tail[] = []
  for (const part of chunks(changed, NAMES_PER_STATEMENT)) {
    const hours = part.map(({ hour }) => hour)
    const sinces = part.map(({ since }) => since)
    const rows = await store.query('device-block-tails', { hours, sinces, scope })
    const stored = new Map(rows.map(row => [row.hour, row]))
    for (const { hour, since } of part) {
      const found = stored.get(hour)
      const goesOn = since >= hour + BLOCK_MS || (found?.blocks ?? 0) > 1
      const tail = Math.max(hour, found?.tail ?? hour)
      const block_ms = goesOn ? BLOCK_MS : HOUR_MS
      tails.push({ hour, tail, block_ms, isStored: found !== undefined })
    }
  }
  return tails
}

/**
 * Where more is rebuilt than changed, because the hour is not stored in such blocks, it must stay
 * dirty that far back until all of it is done: a crash leaves a part of the new blocks, which does
 * not show.
 */
async function markWider(
  { store, clock }: DeviceHourDeps,
  { changed, shares, build }: Rebuilding,
  tails: readonly Tail[],
): Promise<readonly string[]> {
  const sinces = new Map(changed.map(({ hour, since }) => [hour, since]))
  const wider = tails.filter(({ hour, tail }) => tail + BLOCK_MS <= (sinces.get(hour) ?? hour))
  if (wider.length === 0) return []
  const batch_id = `wider-${build}`
  const at = toSqlTime(clock.now())
  const tenants = (shares ?? []).map(share => share.tenant_id)
  const named = { tenants, devices: tenants.map(() => 0) }
  await store.append(
    'hour_marks',
    wider.map(({ hour, tail }) => {
      const name = toSqlSecond(hour)
      return { hour: name, batch_id, state: 1, at, since: toSqlTime(tail), ...named }
    }),
  )
  return [batch_id]
}

async function rebuildBlocks(
  deps: DeviceHourDeps,
  tails: readonly Tail[],
  scope: number,
  build: number,
): Promise<void> {
  const { store, settings } = deps
  const tailOf = new Map(tails.map(({ hour, tail }) => [hour, tail]))
  const block_s = (tails[0]?.block_ms ?? BLOCK_MS) / SECOND_MS
  const rows = await sampleRows(store, tailOf, scope)
  const named = (hours: readonly Instant[]) => ({
    hours: [...hours],
    tails: hours.map(hour => tailOf.get(hour) ?? hour),
  })
  // The hour after a live one is empty: it is not worth a statement.
  const filled = [...tailOf.keys()].filter(hour => (rows.rowsOf.get(hour) ?? 0) > 0)
  for (const { hours, stretches } of await packHours(filled, rows, settings.rows_per_statement)) {
    for (const stretch of stretches) {
      await store.execute('device-blocks-rebuild', {
        ...named(hours),
        keys: withFollowing(hours, 1),
        before: hours.map(hour => hour - HOUR_MS),
        ...stretch,
        scope,
        block_s,
        version: deps.catalogueVersion,
        build,
        island_gap_s: settings.island_gap_s,
        busy_tensor_min: settings.busy_tensor_min,
        busy_power_share_min: settings.busy_power_share_min,
        power_bounds_hi: settings.node_power_bounds_hi ? 1 : 0,
        attestations_trusted: settings.attestations_trusted,
      })
    }
  }
  const stored = tails.filter(({ isStored }) => isStored).map(({ hour }) => hour)
  for (const hours of chunks(stored, NAMES_PER_STATEMENT)) {
    await store.execute('device-blocks-bury', { ...named(hours), scope, build })
  }
}

async function combine(
  { store, settings }: DeviceHourDeps,
  hours: readonly Instant[],
  scope: number,
  build: number,
): Promise<void> {
  const { rows_per_statement, island_gap_s } = settings
  const blocks_max = Math.ceil(rows_per_statement / SAMPLES_PER_BLOCK)
  const rows = await blockRows(store, hours, scope)
  for (const packed of await packHours(hours, rows, blocks_max)) {
    for (const stretch of packed.stretches) {
      const named = { hours: [...packed.hours], ...stretch, scope }
      await store.execute('device-hours-combine', { ...named, build, island_gap_s })
    }
    await store.execute('device-hours-bury', { hours: [...packed.hours], scope, build })
  }
}
