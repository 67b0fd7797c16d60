import { chunks } from '../../domain/chunks.ts'
import { Fault } from '../../domain/fault.ts'
import { DAY_MS, type Instant } from '../../domain/window.ts'
import type { StageQueryRow } from '../../ports/queries/stage.ts'
import type { Stage } from '../../ports/stage.ts'
import { type HighWater, UNKNOWN } from './high-water.ts'
import { type Plan, planOf, type StreamDeps } from './plan.ts'
import { type ContestedHour, contest, type Outcome } from './sample-contest.ts'
import { type HourOfDevice, spanTouched } from './sample-hours.ts'
import { noCounts, type SampleCounts, widen } from './sample-settle.ts'
import { type SampleShares, shareOf } from './sample-shares.ts'
import { createTouching } from './touched-hours.ts'

/** Settling a part of samples that lies on a stage. */

export interface SettleDeps extends StreamDeps {
  readonly highWater: HighWater
}

/** The samples of a part on a stage, and what groups they are. */
export interface StagedSamples {
  readonly stage: Stage
  readonly samples: number
  readonly groups: readonly SampleGroup[]
}

/** Looks through the samples on a stage; nothing that is stored plays a part in it. */
export async function groupSamples(stage: Stage, samples: number): Promise<StagedSamples> {
  const groups = groupsOf(await stage.query('staged-groups', {}))
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  if (rows !== samples) {
    throw new Fault('STORE_UNAVAILABLE', 'the store lost samples before they were settled')
  }
  return { stage, samples, groups }
}

/** The plan of a part without samples. */
export function planNothing({ deliveries }: SampleShares): Plan {
  return { ...planOf({}), counts: deliveries.map(noCounts) }
}

/**
 * What is newer than anything stored of its device, and occurs once, is surely new: such hours of
 * devices need no look-up, and only they are most of a live stream. The others are contested.
 */
export async function planSamples(
  deps: SettleDeps,
  shares: SampleShares,
  { stage, samples, groups }: StagedSamples,
): Promise<Plan> {
  const { highWater } = deps
  const devices = groups.map(group => group.device_id)
  const marks = await highWater.load(devices, least(groups.map(group => group.hour)))
  const touching = createTouching()
  const contested: ContestedHour[] = []
  const counts = shares.deliveries.map(noCounts)
  for (const [index, group] of groups.entries()) {
    const { floor, newest, reading } = marks[index] ?? UNKNOWN
    const known = group.hour >= floor
    const of = shareOf(shares, group.first_row)
    const isOne = group.distinct === group.rows && of === shareOf(shares, group.last_row)
    if (known && group.first_end > newest && isOne) {
      const own = counts[of]
      if (own) countNew(own, group)
      touching.add(spanTouched(group, reading), group.tenants, 1)
    } else contested.push({ ...group, reading, newest: known ? newest : Number.POSITIVE_INFINITY })
  }
  const outcome = await contest(deps, shares, stage, { contested, counts })
  touching.join(outcome.hours)
  return {
    counts,
    hours: touching.hours,
    writes: [outcome.losers, { run: () => moveRows(stage, groups, samples, outcome) }],
    announce() {
      for (const group of groups) {
        highWater.raise(group.device_id, group.last_end, group.last_counter_end)
      }
    },
  }
}

function countNew(counts: SampleCounts, { rows, first_end, last_end }: SampleGroup): void {
  counts.accepted += rows
  widen(counts, first_end, last_end)
}

/** The samples of one device that are filed under one hour. */
export interface SampleGroup extends HourOfDevice {
  readonly device_id: string
  readonly tenants: readonly string[]
  /** Of the part; between them lie rows of others. */
  readonly first_row: number
  readonly last_row: number
  readonly rows: number
  /** Different ends of intervals among them. */
  readonly distinct: number
  readonly last_end: Instant
  /** The last that brings counters; null: none does. */
  readonly last_counter_end: Instant | null
}

function groupsOf([found]: readonly StageQueryRow<'staged-groups'>[]): SampleGroup[] {
  if (found === undefined) return []
  return found.devices.map((device_id, index) => ({
    device_id,
    hour: found.hours[index] ?? 0,
    tenants: found.tenants[index] ?? [],
    first_row: found.first_rows[index] ?? 0,
    last_row: found.last_rows[index] ?? 0,
    rows: found.rows[index] ?? 0,
    distinct: found.distinct[index] ?? 0,
    start: found.starts[index] ?? 0,
    first_end: found.first_ends[index] ?? 0,
    last_end: found.last_ends[index] ?? 0,
    counter_end: found.counter_ends[index] ?? null,
    last_counter_end: found.last_counter_ends[index] ?? null,
  }))
}

/** Days that one insert may touch; the store's own bound is 100. */
const DAYS_PER_INSERT = 90

/** Moves what is to be kept from the stage into the store, durably. */
async function moveRows(
  stage: Stage,
  groups: readonly SampleGroup[],
  samples: number,
  { excluded }: Outcome,
): Promise<void> {
  if (excluded === samples) return
  const days = [...new Set(groups.map(group => Math.floor(group.hour / DAY_MS)))]
  if (excluded === 0 && days.length <= DAYS_PER_INSERT) {
    await stage.execute('staged-write', {})
    return
  }
  if (excluded === 0) await stage.execute('excluded-create', {})
  days.sort((a, b) => a - b)
  for (const slice of chunks(days, DAYS_PER_INSERT)) {
    const [from = 0, until = 0] = [slice[0], slice.at(-1)]
    await stage.execute('staged-write-kept', { from: from * DAY_MS, until: (until + 1) * DAY_MS })
  }
}

function least(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}
