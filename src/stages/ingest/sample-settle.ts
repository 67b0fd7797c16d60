import { assert } from '../../domain/fault.ts'
import { rankOf } from '../../domain/records/version.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { DAY_MS, type Instant, toSqlSecond, toSqlTime } from '../../domain/window.ts'
import type { DeliveryContext, TableWrite } from './plan.ts'
import { originOf } from './sample-row.ts'
import { deliveryOf, type SampleShares, shareOf } from './sample-shares.ts'

/** Samples under one identity: which content holds it, and what is said of the others. */

/** A sample of a part beside what is stored under its identity. */
export interface ContestedSample {
  readonly row: number
  readonly device_id: string
  readonly hour: Instant
  readonly end: Instant
  readonly start: Instant
  /** Whether it carries counters, which vouch for the time since the reading before. */
  readonly counters: boolean
  readonly version: bigint
  readonly tenant_id: string
  readonly offset: number
  readonly held: Held | null
}

export interface Held extends Origin {
  readonly version: bigint
  readonly tenant_id: string
}

/** Where a content came from that had been accepted before. */
interface Origin {
  readonly source: string
  readonly offset: number
}

/** What is held under one identity. */
interface Holder {
  readonly version: bigint
  readonly tenant_id: string
  /** null when it came with this part. */
  readonly stored: Origin | null
  readonly row: ContestedSample | null
  /** This part has met it again under its own origin; once more would be a duplicate. */
  readonly isMet?: true
}

export interface Loser {
  readonly row: ContestedSample
  readonly version: bigint
  readonly tenant_id: string
  /** null for one that never was accepted. */
  readonly stored: Origin | null
}

/** What a part is settled against besides what is held. */
export interface Own {
  readonly shares: SampleShares
  /** Contents that were accepted of a partition and replaced since: `acceptedOf` → offset. */
  readonly replaced: ReadonlyMap<string, number>
}

export interface SampleCounts {
  accepted: number
  duplicates: number
  revised: number
  conflicts: number
  time_min: Instant | null
  time_max: Instant | null
}

export function noCounts(): SampleCounts {
  return { accepted: 0, duplicates: 0, revised: 0, conflicts: 0, time_min: null, time_max: null }
}

/** Samples that ended from `first` to `last` are among those that were counted. */
export function widen(counts: SampleCounts, first: Instant, last: Instant): void {
  counts.time_min = Math.min(counts.time_min ?? first, first)
  counts.time_max = Math.max(counts.time_max ?? last, last)
}

/**
 * Record by record, as if each had come alone: the larger version holds the identity. Losers are
 * kept, all of them, which makes that set free of order too. A record that is met again under its
 * own origin was accepted before, and is again.
 */
export function settle(
  rows: readonly ContestedSample[],
  counts: readonly SampleCounts[],
  losers: Loser[],
  own: Own,
): { readonly winners: readonly ContestedSample[]; readonly excluded: readonly number[] } {
  const holders = new Map<string, Holder>()
  const replaced = new Map(own.replaced)
  for (const row of rows) {
    const name = `${row.end} ${row.device_id}`
    const holder = holders.get(name) ?? heldOf(row)
    const mine = counts[shareOf(own.shares, row.row)]
    assert(mine, 'each delivery has its counts')
    widen(mine, row.end, row.end)
    const next = settleOne(row, holder, { counts: mine, losers, own, replaced })
    holders.set(name, next)
  }
  const winners = [...holders.values()].flatMap(({ row }) => (row === null ? [] : [row]))
  const kept = new Set(winners)
  return { winners, excluded: rows.filter(row => !kept.has(row)).map(({ row }) => row) }
}

interface Settling {
  /** Of the delivery that the row came with. */
  readonly counts: SampleCounts
  readonly losers: Loser[]
  readonly own: Own
  /** As `Own.replaced`, without what this part has met. */
  readonly replaced: Map<string, number>
}

function settleOne(
  row: ContestedSample,
  holder: Holder | null,
  { counts, losers, own, replaced }: Settling,
): Holder {
  const { version, tenant_id } = row
  const delivery = deliveryOf(own.shares, row.row)
  if (holder === null) {
    counts.accepted += 1
    return { version, tenant_id, stored: null, row }
  }
  if (holder.version === version) {
    const again = !holder.isMet && isOwn(holder.stored, delivery, row)
    counts[again ? 'accepted' : 'duplicates'] += 1
    return again ? { ...holder, isMet: true } : holder
  }
  if (rankOf(holder.version) === rankOf(version)) counts.conflicts += 1
  if (holder.version > version) {
    const name = acceptedOf(delivery.origin, row)
    const again = replaced.get(name) === row.offset
    if (again) replaced.delete(name)
    counts[again ? 'accepted' : 'duplicates'] += 1
    losers.push({ row, version, tenant_id, stored: null })
    return holder
  }
  counts.accepted += 1
  counts.revised += 1
  const before = holder.row
    ? { source: originOf(deliveryOf(own.shares, holder.row.row)), offset: holder.row.offset }
    : holder.stored
  losers.push({ row, version: holder.version, tenant_id: holder.tenant_id, stored: before })
  return { version, tenant_id, stored: null, row }
}

function heldOf(row: ContestedSample): Holder | null {
  const { held } = row
  return held && { version: held.version, tenant_id: held.tenant_id, stored: held, row: null }
}

function isOwn(
  stored: Origin | null,
  { origin }: DeliveryContext,
  { offset }: ContestedSample,
): boolean {
  return origin !== '' && stored?.source === origin && stored.offset === offset
}

/** A content under its identity, as a partition brought it. */
export function acceptedOf(
  source: string,
  row: { readonly device_id: string; readonly end: Instant; readonly version: bigint },
): string {
  return JSON.stringify([source, row.device_id, row.end, String(row.version)])
}

const LOSER_COLUMNS = [
  'hour',
  'device_id',
  'time',
  'version',
  'revision',
  'tenant_id',
  'batch_id',
  'source',
  'source_offset',
  'was_stored',
]

/**
 * Written before the samples: once a winner has replaced a loser, nobody could name the loser any
 * more. A loser whose winner never arrives is no conflict, because readers want two contents.
 */
export function loserWrite(losers: readonly Loser[], shares: SampleShares): TableWrite {
  const lines = losers.map(({ row, version, tenant_id, stored }) => {
    const { batch_id } = deliveryOf(shares, row.row)
    const cells = [toSqlSecond(row.hour), row.device_id, toSqlTime(row.end)]
    const rest = [Number(rankOf(version)), tenant_id, batch_id]
    const origin = [stored?.source ?? '', stored?.offset ?? 0, stored === null ? 0 : 1]
    return tabLine([...cells, String(version), ...rest, ...origin])
  })
  const partitions = losers.map(({ row }) => Math.floor(row.hour / DAY_MS / 28))
  return { table: 'sample_losers', columns: LOSER_COLUMNS, lines, partitions }
}
