import { allEnded } from './domain/all-ended.ts'
import type { BuildNumbers } from './domain/build.ts'
import type { TickBound } from './domain/tick-choice.ts'
import {
  floorDay,
  floorHour,
  HOUR_MS,
  type Instant,
  toSqlSecond,
  toSqlTime,
} from './domain/window.ts'
import type { Clock } from './ports/clock.ts'
import { type Fence, UNFENCED } from './ports/fence.ts'
import type { Store } from './ports/store.ts'
import type { Attribute, AttributeSummary } from './stages/attribute.ts'
import type { Derive, Derived } from './stages/derive.ts'
import { ALL_TIME, type Changes, createReach, type Reach } from './stages/detect/reach.ts'
import { type Detect, type DetectSummary, NOTHING } from './stages/detect.ts'
import type { Group } from './stages/group.ts'
import type { Link } from './stages/link.ts'
import type { Meter, Metered } from './stages/meter.ts'
import type { Triage, TriageSummary } from './stages/triage.ts'
import { type TakeTurn, type Turn, TurnLost } from './stages/turn.ts'

/**
 * The seven stages, in order. Ingest follows the streams; the others run on a tick over what is
 * dirty. Report packages are built on demand from what the tick leaves behind.
 *
 *   events → ingest    → samples, charges, commitments, identity; quarantine
 *          → meter     → device-hours, usage-hours
 *          → derive    → gangs, runs; control groups
 *          → detect    → outcomes, findings
 *          → attribute → determinations
 *          → triage    → cases
 *          → report    → report packages
 */
export const STAGES = [
  'ingest',
  'meter',
  'derive',
  'detect',
  'attribute',
  'triage',
  'report',
] as const

export interface TickStages {
  readonly meter: Meter
  readonly derive: Derive
  readonly group: Group
  readonly link: Link
  readonly detect: Detect
  readonly attribute: Attribute
  readonly triage: Triage
}

export interface PipelineDeps {
  readonly store: Store
  readonly clock: Clock
  readonly builds: BuildNumbers
  readonly stages: TickStages
  readonly basis: Basis
  /** Name of this process in `turns` and `ticks`. */
  readonly instance: string
  readonly takeTurn: TakeTurn
}

/**
 * Names of what numbers rest on besides the data: reference data and settings of the meter, and
 * settings of derive. When one differs from the last tick's, what it made is made anew.
 */
export interface Basis {
  readonly meter: string
  readonly derive: string
}

export interface TickReport {
  readonly until: Instant
  readonly hours: number
  readonly tenants: readonly string[]
  /** Dirty tenants whose turn comes later, or goes on. */
  readonly waiting: number
  readonly detect: DetectSummary
  readonly attribute: AttributeSummary
  readonly triage: TriageSummary
}

/** Told which stage begins, and how far the rebuilding of hours has come. */
export type TickProgress = (stage: (typeof STAGES)[number], hours: number) => void

/** A tick that was not this instance's to begin, or to go on with, says why. */
export type TickOutcome =
  | ({ readonly done: true } & TickReport)
  | { readonly done: false; readonly why: string }

export interface Pipeline {
  /**
   * Runs the stages up to `until` over everything that changed. `full` looks at every subject,
   * dirty or not: due after a start, after a tick that came to no end, and whenever only time has
   * passed. Two at once over one store are harmless: one stands back, or all is done again. With a
   * bound, tenants of a large fleet take turns, and some may be left to the ticks that follow.
   */
  tick(
    until: Instant,
    full: boolean,
    progress?: TickProgress,
    fence?: Fence,
    bound?: TickBound | null,
  ): Promise<TickOutcome>
}

export function createPipeline(deps: PipelineDeps): Pipeline {
  const reach = createReach()
  return {
    async tick(until, full, progress = () => undefined, fence = UNFENCED, bound = null) {
      const turn = await deps.takeTurn(fence)
      if (typeof turn === 'string') return { done: false, why: turn }
      const begun = { rebuilt: new Set<Instant>(), changes: reach.begin(), waiting: 0 }
      const tick = { deps, until, progress, turn, bound, reach, ...begun }
      try {
        return { done: true, ...(await runStages(tick, full)) }
      } catch (fault) {
        if (!(fault instanceof TurnLost)) throw fault
        await markAgain(tick)
        return { done: false, why: fault.message }
      } finally {
        await turn.end()
      }
    },
  }
}

interface Tick {
  readonly deps: PipelineDeps
  readonly until: Instant
  readonly progress: TickProgress
  readonly turn: Turn
  /** Hours whose marks the tick has seen, settled or not. */
  readonly rebuilt: Set<Instant>
  readonly bound: TickBound | null
  readonly changes: Changes
  readonly reach: Reach
  /** Tenants that were left to the ticks that follow. */
  waiting: number
}

async function runStages(tick: Tick, full: boolean): Promise<TickReport> {
  const { deps, until, progress, turn, changes, reach } = tick
  const { stages, store, clock } = deps
  const started_at = clock.now()
  const [last] = await store.query('tick-last', {})
  if (last && last.meter_basis !== deps.basis.meter) await rebase(deps)
  const hours = await meterAndDerive(tick)
  if (last) await deriveMoved(tick, last)
  await turn.guard()
  const groups = await stages.group.regroup(until)
  changes.concern(groups.changed, ALL_TIME)
  const links = await stages.link.relink(until)
  changes.concern(links.changed, ALL_TIME)
  const rearranged = (await store.query('tenants-rearranged', {})).map(row => row.tenant_id)
  changes.concern(rearranged, ALL_TIME)
  await turn.guard()
  progress('detect', hours)
  const isRearranged = rearranged.length > 0
  const asked = full ? null : [...changes.tenants]
  const since = full ? ALL_TIME : changes.since()
  // A slice alone leaves nobody to judge, and is not the idle hour in which all that is owed is asked.
  const isAmid = asked?.length === 0 && tick.waiting > 0
  const detect = isAmid
    ? NOTHING
    : await stages.detect.evaluate(until, asked, turn.guard, isRearranged, since)
  if (detect.failed.length > 0) reach.owe(since)
  else if (full) reach.clear()
  await turn.guard()
  progress('attribute', hours)
  const attribute = await stages.attribute.determine(until, turn.guard)
  await turn.guard()
  progress('triage', hours)
  const triage = await stages.triage.triage(until, turn.guard)
  const tenants = [...changes.tenants].sort()
  const report = { until, hours, tenants, waiting: tick.waiting, detect, attribute, triage }
  await recordTick(tick, report, started_at)
  return report
}

/** Passes over dirty hours until none is left; each pass closes its marks once runs are built. */
async function meterAndDerive(tick: Tick): Promise<number> {
  const { deps, until, progress, turn, rebuilt } = tick
  const { stages } = deps
  let hours = 0
  for (let from: Instant | null = 0; from !== null; ) {
    await turn.guard()
    progress('meter', hours)
    const metered: Metered = await stages.meter.measure(until, from, tick.bound)
    tick.waiting = metered.task.waiting
    for (const hour of metered.marks.hours) rebuilt.add(hour)
    hours += metered.hours.length
    await turn.guard()
    progress('derive', hours)
    const [derived] = await allEnded([
      stages.derive(metered.tenants, until),
      stages.meter.price(metered, until),
    ])
    noteChanged(tick, metered, derived)
    // Rows of another instance may have come between ours and their burial: the marks stay.
    if (metered.marks.hours.length > 0 && (await turn.alone())) await stages.meter.settle(metered)
    from = metered.resume
  }
  return hours
}

/** Hours are priced by the day; runs may have changed from further back. */
function noteChanged(
  { changes, reach }: Tick,
  { task, hours, tenants }: Metered,
  { since }: Derived,
): void {
  const first = floorDay(Math.min(...hours))
  const from = Math.min(first, since)
  changes.concern(tenants.keys(), from)
  changes.concern(task.tenants ?? [], hours.length > 0 ? from : ALL_TIME)
  if (task.tenants === null) reach.owe(from)
}

/**
 * A turn that was lost may have written beside its successor, which has perhaps settled the same
 * hours by now: they are rebuilt once more, by whoever ticks next.
 */
async function markAgain({ deps: { store, clock, builds }, rebuilt }: Tick): Promise<void> {
  const mark = { batch_id: `again-${builds()}`, state: 1, at: toSqlTime(clock.now()) }
  const hours = [...rebuilt].map(hour => toSqlSecond(hour))
  await store.append(
    'hour_marks',
    hours.map(hour => ({ hour, ...mark })),
  )
}

/** All hours of history become dirty. The mark is new each time: a closed one would not count. */
async function rebase({ store, clock, builds, basis }: PipelineDeps): Promise<void> {
  await store.execute('hour-marks-rebase', {
    batch_id: `rebase-${basis.meter}-${builds()}`,
    at: clock.now(),
  })
}

/**
 * A tick that looks less far, or further, than the last sees other hours of the same samples: runs
 * of tenants that are active in between are built anew. Under other settings, those of all are.
 */
async function deriveMoved(
  tick: Tick,
  last: { readonly until: Instant; readonly derive_basis: string },
): Promise<void> {
  const { until, changes } = tick
  const { store, stages, basis } = tick.deps
  const same = last.derive_basis === basis.derive
  const [from, to] = [same ? last.until : 0, until].map(ceilHour).sort((a, b) => a - b)
  if (from === undefined || to === undefined || from === to) return
  const active = await store.query('tenants-active', { from, until: to })
  const tenants = new Map(active.map(row => [row.tenant_id, row.first_hour]))
  await stages.derive(tenants, until)
  changes.concern(tenants.keys(), ALL_TIME)
}

function ceilHour(at: Instant): Instant {
  return floorHour(at + HOUR_MS - 1)
}

async function recordTick(
  { deps, turn }: Tick,
  report: TickReport,
  started_at: Instant,
): Promise<void> {
  const { store, clock, builds, basis, instance } = deps
  await store.append('ticks', [
    {
      until: toSqlTime(report.until),
      started_at: toSqlTime(started_at),
      finished_at: toSqlTime(clock.now()),
      build: String(builds()),
      meter_basis: basis.meter,
      derive_basis: basis.derive,
      hours: report.hours,
      tenants: report.tenants.length,
      findings: report.detect.raised + report.detect.restated,
      cases_open: report.triage.open,
      cases_touched: report.triage.touched.length,
      instance,
      generation: turn.generation,
      is_alone: (await turn.alone()) ? 1 : 0,
    },
  ])
}
