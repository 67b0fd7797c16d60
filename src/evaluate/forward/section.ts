import { DAY_MS, type Instant, parseInstant } from '../../domain/window.ts'
import { createRandom, type Random } from '../../simulate/random.ts'
import { median, quantile, runFigure, shareFigure } from '../figure.ts'
import type { Bench, EvaluationContext, Section } from '../section.ts'
import { sendRecords } from '../send.ts'
import { drawCommitments, drawFrontierRun, type FrontierRun, usageRows } from './frontier.ts'
import {
  ACCOUNTS,
  playStructured,
  type SeenStructured,
  type StructuredRun,
  watchStructured,
} from './structured.ts'
import { type Seen, STAGES, watchRun } from './watch.ts'

/** When a run that will pass the threshold is seen to, asked of the shipped detectors. */

const RUNS = { full: 300, quick: 24 }
const STRUCTURED = { full: 120, quick: 12 }
const START: Instant = parseInstant('2025-10-01T00:00:00Z') ?? 0

/** Tenants in a store at once: each question is then about few rows. */
const TENANTS_PER_STORE = 40

export const forwardSection: Section = {
  id: 'forward',
  title: 'Could result: when runs that pass the threshold are seen to',
  async evaluate(context) {
    const size = context.quick ? 'quick' : 'full'
    const alone = await inParts(context, RUNS[size], TENANTS_PER_STORE, [0, 0.7], watchRuns)
    const quarter = TENANTS_PER_STORE / ACCOUNTS
    const split = await inParts(context, STRUCTURED[size], quarter, [0.7, 1], watchSplit)
    const random = createRandom(context.seed, 'forward-bootstrap')
    const figures = [...runFigures(alone, random), ...splitFigures(split)]
    return { skipped: null, figures, plots: [remainingPlot(alone)], notes: NOTES }
  },
}

type Watch<T> = (bench: Bench, context: EvaluationContext, ordinals: number[]) => Promise<T[]>

/** Plays `count` runs in parts, each on a store of its own. */
async function inParts<T>(
  context: EvaluationContext,
  count: number,
  size: number,
  [from, to]: readonly [number, number],
  watch: Watch<T>,
): Promise<T[]> {
  const seen: T[] = []
  while (seen.length < count) {
    const length = Math.min(size, count - seen.length)
    const ordinals = Array.from({ length }, (_, index) => seen.length + index)
    seen.push(...(await watch(await context.openBench(), context, ordinals)))
    context.progress(from + ((to - from) * seen.length) / count)
  }
  return seen
}

const watchRuns: Watch<Seen> = async (bench, context, ordinals) => {
  const runs: FrontierRun[] = []
  for (const ordinal of ordinals) {
    const name = `frontier-${String(ordinal).padStart(4, '0')}`
    const random = createRandom(context.seed, name)
    const run = drawFrontierRun(random, name, START)
    await bench.store.append('usage_hours', usageRows(run, name, 1, context))
    const orders = drawCommitments(random, run, name, 1)
    await sendRecords(bench.intake, 'telemetry.commitment', orders)
    runs.push(run)
  }
  const seen: Seen[] = []
  for (const run of runs) seen.push(await watchRun(bench, run, context))
  return seen
}

const watchSplit: Watch<SeenStructured> = async (bench, context, ordinals) => {
  const runs: StructuredRun[] = []
  for (const ordinal of ordinals) {
    const name = `split-${String(ordinal).padStart(4, '0')}`
    const random = createRandom(context.seed, name)
    runs.push(await playStructured(bench, random, name, { start: START, priors: context }))
  }
  await bench.group.regroup(START + 365 * DAY_MS)
  const seen: SeenStructured[] = []
  for (const run of runs) seen.push(await watchStructured(bench, run))
  return seen
}

function runFigures(seen: readonly Seen[], random: Random) {
  const n = seen.length
  const at = (stage: (typeof STAGES)[number]) => STAGES.indexOf(stage)
  const early = at(0.01)
  const near = (value: number) => value >= 0.8 && value <= 1.2
  const by = (stage: (typeof STAGES)[number]) => seen.map(one => one.remaining[at(stage)] ?? 0)
  const presumed = seen.filter(one => one.presumed && !one.presumed_early).length
  return [
    shareFigure('COULD from the signature', seen.filter(one => one.signed).length, n),
    shareFigure(
      'COULD by 1 % with commitments',
      seen.filter(one => one.signed || one.capacity || one.rate[early]).length,
      n,
      atLeast(0.95),
    ),
    ...STAGES.map(stage =>
      shareFigure(
        `COULD by ${percent(stage)} from the rate alone`,
        seen.filter(one => one.rate.slice(0, at(stage) + 1).some(Boolean)).length,
        n,
      ),
    ),
    shareFigure(
      'remaining time at 25 % within 20 %',
      by(0.25).filter(near).length,
      n,
      atLeast(0.9),
    ),
    shareFigure(
      'the same, to where the estimate passes',
      seen.filter(one => near(one.remaining_counted[at(0.25)] ?? 0)).length,
      n,
      atLeast(0.9),
    ),
    ...STAGES.map(stage =>
      runFigure(`remaining time at ${percent(stage)}`, 'ratio', by(stage), median, random),
    ),
    runFigure('remaining time at 25 %, P10', 'ratio', by(0.25), low, random),
    runFigure('remaining time at 25 %, P90', 'ratio', by(0.25), high, random),
    shareFigure('PRESUME between 0.8 and 1.25 (T1)', presumed, n, atLeast(0.9)),
    shareFigure('PRESUME before 0.8', seen.filter(one => one.presumed_early).length, n),
  ]
}

function splitFigures(seen: readonly SeenStructured[]) {
  const n = seen.length
  const half = (of: (one: SeenStructured) => number) => seen.filter(one => of(one) < 0.5).length
  return [
    shareFigure(
      'split over 4: COULD before 50 %',
      half(one => one.with_commitments),
      n,
      atLeast(0.95),
    ),
    shareFigure(
      'split over 4: COULD before 50 %, from use alone',
      half(one => one.from_use),
      n,
    ),
  ]
}

const atLeast = (value: number) => ({ kind: 'at_least', value }) as const
const percent = (stage: number) => `${Math.round(stage * 100)} %`

const low = (sorted: readonly number[]): number => quantile(sorted, 0.1)
const high = (sorted: readonly number[]): number => quantile(sorted, 0.9)

function remainingPlot(seen: readonly Seen[]) {
  const marks = STAGES.map((stage, x) => {
    const sorted = seen.map(one => one.remaining[x] ?? 0).sort((a, b) => a - b)
    return { label: percent(stage), x, y: median(sorted), lo: low(sorted), hi: high(sorted) }
  })
  return {
    title: 'Predicted over true remaining time, median with P10 to P90',
    kind: 'strip' as const,
    x_label: 'true progress',
    y_label: 'ratio',
    marks: marks.filter(({ hi }) => Number.isFinite(hi) && hi < 20),
    lines: [
      { label: '0.8', y: 0.8 },
      { label: '1.2', y: 1.2 },
    ],
  }
}

const NOTES = [
  'Runs of 16,000 to 65,520 devices that end at 1.3 to 1.6 times 1e26, with a ramp of up to ten days, interruptions and outages at the published rate, and one in ten with a change of regime; cycle counters with attested format. One in three signs for a part of its devices, and for the rest when 15 to 40 % of its time has passed.',
  'Hours are written as the meter leaves them (active seconds times the factor of T1) and the shipped detectors are asked at chosen instants: capacity-could-result, projected-crossing, entity-rolling-ceiling. True progress decides when they are asked.',
  'Remaining time is eta_mid_days of projected-crossing, against the time until the true operations pass. At 25 % an error of the meter is a third more of an error of the time, so that T1 alone spreads it by 0.077 (log10), and 0.079 is 20 %; against the time until the estimate itself passes, what is left is the forecast. Below 10 % it is late by the ramp; the detector then relies on the faster average, on its margin and on commitments.',
  'Split runs: four companies with a quarter each, one owner behind them; three in ten of the ownership records are missing, each by itself. From use alone: without their commitments.',
]
