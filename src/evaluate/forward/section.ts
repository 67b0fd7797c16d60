import { DAY_MS, type Instant, parseInstant } from '../../domain/window.ts'
import { appendUsage } from '../../ports/append-usage.ts'
import { createRandom, type Random } from '../../simulate/random.ts'
import { median, quantile, runFigure, shareFigure } from '../figure.ts'
import type { Bench, EvaluationContext, Section } from '../section.ts'
import { sendRecords } from '../send.ts'
import { fitProviders, LABELLED_JOBS } from './calibrated.ts'
import { drawCommitments, drawFrontierRun, type FrontierRun, usageRows } from './frontier.ts'
import {
  ACCOUNTS,
  playStructured,
  type SeenStructured,
  type StructuredRun,
  watchStructured,
} from './structured.ts'
import {
  JUDGED,
  type Presumption,
  type Seen,
  type SeenCalibrated,
  STAGES,
  watchCalibrated,
  watchRun,
} from './watch.ts'

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
    const both = await inParts(context, RUNS[size], TENANTS_PER_STORE, [0, 0.7], watchRuns)
    const alone = both.map(one => one.alone)
    const calibrated = both.map(one => one.calibrated)
    const quarter = TENANTS_PER_STORE / ACCOUNTS
    const split = await inParts(context, STRUCTURED[size], quarter, [0.7, 1], watchSplit)
    const random = createRandom(context.seed, 'forward-bootstrap')
    const figures = [
      ...runFigures(alone, random),
      ...calibratedFigures(calibrated, random),
      ...splitFigures(split),
    ]
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

/** A run with the priors alone, and the same run where its provider has calibrated. */
interface SeenBoth {
  readonly alone: Seen
  readonly calibrated: SeenCalibrated
}

const watchRuns: Watch<SeenBoth> = async (bench, context, ordinals) => {
  const drawn = ordinals.map(ordinal => {
    const name = `frontier-${String(ordinal).padStart(4, '0')}`
    const random = createRandom(context.seed, name)
    return { run: drawFrontierRun(random, name, START), random }
  })
  const runs = drawn.map(({ run }) => run)
  const fits = await fitProviders(bench, context, runs)
  const fitted = ({ name }: FrontierRun) => ({ ...context, fits: fits.get(name) ?? [] })
  for (const { run, random } of drawn) {
    await appendUsage(bench.store, usageRows(run, run.name, 1, context))
    await appendUsage(bench.store, usageRows(run, calibratedName(run), 1, fitted(run)))
    const orders = drawCommitments(random, run, run.name, 1)
    await sendRecords(bench.intake, 'telemetry.commitment', orders)
  }
  const seen: SeenBoth[] = []
  for (const run of runs) {
    const alone = await watchRun(bench, run, context)
    const calibrated = await watchCalibrated(bench, run, calibratedName(run), fitted(run))
    seen.push({ alone, calibrated })
  }
  return seen
}

const calibratedName = ({ name }: FrontierRun): string => `${name}-calibrated`

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
  const by = (stage: (typeof STAGES)[number]) => seen.map(one => one.remaining[at(stage)] ?? 0)
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
      by(JUDGED).filter(near).length,
      n,
      atLeast(0.9),
    ),
    shareFigure(
      'the same, to where the estimate passes',
      seen.filter(one => near(one.remaining_counted[at(JUDGED)] ?? 0)).length,
      n,
      atLeast(0.9),
    ),
    ...STAGES.map(stage =>
      runFigure(`remaining time at ${percent(stage)}`, 'ratio', by(stage), median, random),
    ),
    runFigure('remaining time at 25 %, P10', 'ratio', by(JUDGED), low, random),
    runFigure('remaining time at 25 %, P90', 'ratio', by(JUDGED), high, random),
    ...presumptionFigures(
      '',
      seen.map(one => one.presumption),
    ),
  ]
}

function calibratedFigures(seen: readonly SeenCalibrated[], random: Random) {
  const n = seen.length
  const remaining = seen.map(one => one.remaining)
  const name = 'calibrated: remaining time at 25 %'
  return [
    shareFigure(`${name} within 20 %`, remaining.filter(near).length, n, atLeast(0.9)),
    runFigure(name, 'ratio', remaining, median, random),
    runFigure(`${name}, P10`, 'ratio', remaining, low, random),
    runFigure(`${name}, P90`, 'ratio', remaining, high, random),
    ...presumptionFigures(
      'calibrated: ',
      seen.map(one => one.presumption),
    ),
    shareFigure('calibrated: coverage of 90 %', seen.filter(one => one.held).length, n),
  ]
}

function presumptionFigures(prefix: string, seen: readonly Presumption[]) {
  const inside = seen.filter(({ early, late }) => late && !early).length
  const early = seen.filter(one => one.early).length
  return [
    shareFigure(`${prefix}PRESUME between 0.8 and 1.25 (T1)`, inside, seen.length, atLeast(0.9)),
    shareFigure(`${prefix}PRESUME before 0.8`, early, seen.length),
  ]
}

const near = (ratio: number): boolean => ratio >= 0.8 && ratio <= 1.2

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
  'Runs of 16,000 to 65,520 devices that end at 1.3 to 1.6 times 1e26, with a ramp of up to ten days, interruptions and outages at the published rate, and one in ten with a change of regime; cycle counters with attested format, on large products (tiles lose up to 1.6 %, as measured on an H100). One in three signs for a part of its devices, and for the rest when 15 to 40 % of its time has passed.',
  'Hours are written as the meter leaves them (active seconds times the factor of T1) and the shipped detectors are asked at chosen instants: capacity-could-result, projected-crossing, entity-rolling-ceiling. True progress decides when they are asked.',
  'Remaining time is eta_mid_days of projected-crossing, against the time until the true operations pass. At 25 % an error of the meter is a third more of an error of the time. Against the time until the estimate itself passes, what is left is the forecast. Below 10 % it is late by the ramp; the detector then relies on the faster average, on its margin and on commitments.',
  `Rows without a prefix rest on the priors alone. Calibrated: the provider of each run has fitted its chip by flopwatch calibrate on ${LABELLED_JOBS} training jobs of its own, played through intake and meter. What the jobs share with the run is what a counted cycle holds (0.03 dex from provider to provider, a constant of chip and driver). Drawn anew for each job, and so left over: attribution (0.02 dex), tiles, the share of operations in FP8. Coverage is that of the interval around the run's operations.`,
  'Split runs: four companies with a quarter each, one owner behind them; three in ten of the ownership records are missing, each by itself. From use alone: without their commitments.',
]
