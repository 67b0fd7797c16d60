import { tabLine } from '../../domain/tab-line.ts'
import type { Instant } from '../../domain/window.ts'
import type { Stage } from '../../ports/stage.ts'
import { type DeliveryContext, inSlices, type StreamDeps, type TableWrite } from './plan.ts'
import { hoursTouched } from './sample-hours.ts'
import {
  contentOf,
  type Disputed,
  type Loser,
  loserWrite,
  type SampleCounts,
  settle,
} from './sample-settle.ts'

/** Samples that may be stored already, or that repeat: what becomes of each. */

/** An hour of a device whose samples must be looked at. */
export interface ContestedHour {
  readonly device_id: string
  readonly hour: Instant
  /** The newest sample known before; Infinity where nothing is known. */
  readonly newest: Instant
}

export interface Outcome {
  readonly counts: SampleCounts
  readonly hours: ReadonlySet<Instant>
  readonly losers: TableWrite
  /** Rows that are not to be written. */
  readonly excluded: number
}

export async function contest(
  deps: StreamDeps,
  delivery: DeliveryContext,
  stage: Stage,
  contested: readonly ContestedHour[],
): Promise<Outcome> {
  const counts = { accepted: 0, duplicates: 0, revised: 0, conflicts: 0 }
  const hours = new Set<Instant>()
  const losers: Loser[] = []
  const outcome = { counts, hours }
  if (contested.length === 0)
    return { ...outcome, losers: loserWrite(losers, delivery), excluded: 0 }
  await meet(stage, contested)
  const newest = new Map(contested.map(group => [nameOf(group), group.newest]))
  for (const clear of await stage.query('contest-clear', {})) {
    counts.accepted += clear.rows
    const before = clear.is_new ? (newest.get(nameOf(clear)) ?? null) : null
    for (const hour of hoursTouched(clear, before)) hours.add(hour)
  }
  const [again] = await stage.query('contest-again', { source: delivery.origin })
  counts.accepted += again?.own ?? 0
  counts.duplicates += (again?.rows.length ?? 0) - (again?.own ?? 0)
  const disputed = await stage.query('contest-disputed', {})
  const replaced = await loadReplaced(deps, delivery, disputed)
  const settled = settle(disputed, counts, losers, { delivery, replaced })
  for (const row of settled.winners) {
    const before = row.is_new ? (newest.get(nameOf(row)) ?? null) : null
    const counter_end = row.counters ? row.first_end : null
    for (const hour of hoursTouched({ ...row, counter_end }, before)) hours.add(hour)
  }
  const excluded = [...(again?.rows ?? []), ...settled.excluded]
  if (excluded.length > 0) await exclude(stage, excluded)
  return { ...outcome, losers: loserWrite(losers, delivery), excluded: excluded.length }
}

/** Beyond any instant; the store reads no word for it. */
const NEVER = 1e300

async function meet(stage: Stage, contested: readonly ContestedHour[]): Promise<void> {
  await stage.execute('contested-create', {})
  const lines = contested.map(({ device_id, hour, newest }) =>
    tabLine([device_id, hour / 1000, Math.min(NEVER, Math.max(-NEVER, newest))]),
  )
  await stage.appendLines('contested', ['device_id', 'hour', 'newest'], lines)
  await stage.execute('contest-meet', {})
}

async function exclude(stage: Stage, rows: readonly number[]): Promise<void> {
  await stage.execute('excluded-create', {})
  const lines = rows.map(row => tabLine([row]))
  await stage.appendLines('excluded', ['row'], lines)
}

function nameOf({ device_id, hour }: Pick<ContestedHour, 'device_id' | 'hour'>): string {
  return `${hour} ${device_id}`
}

const DEVICES_PER_LOOK = 2000

/** Only where a partition is read again can a record be one that was accepted and replaced since. */
async function loadReplaced(
  deps: StreamDeps,
  { origin }: DeliveryContext,
  rows: readonly Disputed[],
): Promise<ReadonlyMap<string, number>> {
  const outdone = rows.filter(row => row.is_held && row.held_version > row.version)
  if (origin === '' || outdone.length === 0) return new Map()
  const devices = [...new Set(outdone.map(row => row.device_id))]
  const found = await inSlices(devices, DEVICES_PER_LOOK, slice =>
    deps.store.query('sample-losers', {
      source: origin,
      hours: [...new Set(outdone.map(row => row.hour))],
      devices: [...slice],
    }),
  )
  return new Map(
    found.map(row => [contentOf({ ...row, first_end: row.time }), row.source_offset] as const),
  )
}
