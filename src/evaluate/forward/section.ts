import type { Detector } from '../../domain/detector.ts'
import type { Evaluation } from '../../domain/finding.ts'
import { DAY_MS, HOUR_MS, type Instant, parseInstant } from '../../domain/window.ts'
import { createRandom } from '../../simulate/random.ts'
import { runDetector } from '../../stages/detect.ts'
import { median, quantile, runFigure, shareFigure } from '../figure.ts'
import type { Bench, Section } from '../section.ts'
import { sendRecords } from '../send.ts'
import { drawFrontierRun, type FrontierRun } from './frontier.ts'

/** When a run that will pass the threshold is seen to, asked of the shipped detectors. */

const RUNS = { full: 200, quick: 24 }
const START: Instant = parseInstant('2025-10-01T00:00:00Z') ?? 0
const THRESHOLD = 1e26
/** True progress, as a share of the threshold, at which the detectors are asked. */
const STAGES = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.9] as const

export const forwardSection: Section = {
  id: 'forward',
  title: 'Could result: when runs that pass the threshold are seen to',
  async evaluate(context) {
    const bench = await context.openBench()
    const count = context.quick ? RUNS.quick : RUNS.full
    const runs: FrontierRun[] = []
    for (let index = 0; index < count; index += 1) {
      const tenant = `frontier-${String(index).padStart(4, '0')}`
      const run = drawFrontierRun(createRandom(context.seed, tenant), tenant, START)
      await sendRecords(bench.intake, 'telemetry.accelerator', run.samples)
      await sendRecords(bench.intake, 'telemetry.commitment', [run.commitment])
      // What was sent is in the store; only the truth is needed from here on.
      runs.push({ ...run, samples: [] })
      context.progress((0.4 * index) / count)
    }
    await bench.meter.rebuild(START + 1000 * DAY_MS)
    const seen: Seen[] = []
    for (const run of runs) {
      seen.push(await watch(bench, run))
      context.progress(0.5 + (0.5 * seen.length) / count)
    }
    const random = createRandom(context.seed, 'forward-bootstrap')
    return { skipped: null, ...report(seen, random), notes: NOTES }
  },
}

interface Seen {
  /** By stage: whether capacity, or the rate, raised COULD; predicted over true remaining time. */
  readonly capacity: readonly boolean[]
  readonly rate: readonly boolean[]
  readonly remaining: readonly number[]
  /** Whether the signature alone raised COULD, before the first hour. */
  readonly signed: boolean
  /** True progress when the middle of the estimate passes the threshold. */
  readonly presumed: number
}

async function watch(bench: Bench, run: FrontierRun): Promise<Seen> {
  const capacity = detectorOf(bench, 'capacity-could-result')
  const projected = detectorOf(bench, 'projected-crossing')
  const crossing = hourOf(run, 1)
  const stages = await Promise.all(
    STAGES.map(async stage => {
      const hour = hourOf(run, stage)
      const asOf = run.start + hour * HOUR_MS
      const committed = await ask(bench, capacity, run, asOf)
      const rated = await ask(bench, projected, run, asOf)
      const eta_h = (rated?.measurement.figures['eta_mid_days'] ?? Number.NaN) * 24
      return {
        capacity: isCould(committed),
        rate: isCould(rated),
        remaining: eta_h / (crossing - hour),
      }
    }),
  )
  const signed = await ask(bench, capacity, run, run.start - DAY_MS)
  return {
    capacity: stages.map(stage => stage.capacity),
    rate: stages.map(stage => stage.rate),
    remaining: stages.map(stage => stage.remaining),
    signed: isCould(signed),
    presumed: await presumedAt(bench, run),
  }
}

function detectorOf(bench: Bench, id: string): Detector {
  const found = bench.detectors.find(detector => detector.id === id)
  if (found === undefined) throw new Error(`there is no detector ${id}`)
  return found
}

async function ask(
  bench: Bench,
  detector: Detector,
  run: FrontierRun,
  asOf: Instant,
): Promise<Evaluation | null> {
  const scope = { asOf, tenants: [run.tenant], catalogue: bench.catalogueVersion }
  const [answer = null] = await runDetector(bench.store, detector, scope)
  return answer
}

function isCould(answer: Evaluation | null): boolean {
  return answer?.outcome.kind === 'finding' && answer.outcome.state === 'could'
}

/** The first hour at whose end the run has truly done that share of the threshold. */
function hourOf({ hours }: FrontierRun, share: number): number {
  let done = 0
  const index = hours.findIndex(executed => {
    done += executed
    return done >= share * THRESHOLD
  })
  return index < 0 ? hours.length : index + 1
}

async function presumedAt(bench: Bench, run: FrontierRun): Promise<number> {
  const until = run.start + 1000 * DAY_MS
  const window = { from: run.start, until, limit: 24_000 }
  const curve = await bench.store.query('usage-curve', { tenants: [run.tenant], ...window })
  let estimated = 0
  const passed = curve.find(({ mid }) => {
    estimated += mid
    return estimated > THRESHOLD
  })
  if (passed === undefined) return Number.POSITIVE_INFINITY
  const until_hour = (passed.hour - run.start) / HOUR_MS + 1
  return run.hours.slice(0, until_hour).reduce((sum, executed) => sum + executed, 0) / THRESHOLD
}

function report(seen: readonly Seen[], random: ReturnType<typeof createRandom>) {
  const n = seen.length
  const at = (stage: (typeof STAGES)[number]) => STAGES.indexOf(stage)
  const early = at(0.01)
  const near = (value: number) => value >= 0.8 && value <= 1.2
  const by = (stage: (typeof STAGES)[number]) => seen.map(one => one.remaining[at(stage)] ?? 0)
  const presumed = seen.filter(one => one.presumed >= 0.8 && one.presumed <= 1.25).length
  const goal = (value: number) => ({ kind: 'at_least', value }) as const
  const percent = (stage: number) => `${stage * 100} %`
  const figures = [
    shareFigure('COULD from the signature', seen.filter(one => one.signed).length, n),
    shareFigure(
      'COULD by 1 % with commitments',
      seen.filter(one => one.signed || one.capacity[early] || one.rate[early]).length,
      n,
      goal(0.95),
    ),
    ...STAGES.map(stage =>
      shareFigure(
        `COULD by ${percent(stage)} from the rate alone`,
        seen.filter(one => one.rate.slice(0, at(stage) + 1).some(Boolean)).length,
        n,
      ),
    ),
    shareFigure('remaining time at 25 % within 20 %', by(0.25).filter(near).length, n, goal(0.9)),
    ...STAGES.map(stage =>
      runFigure(`remaining time at ${percent(stage)}`, 'ratio', by(stage), median, random),
    ),
    runFigure('remaining time at 25 %, P10', 'ratio', by(0.25), low, random),
    runFigure('remaining time at 25 %, P90', 'ratio', by(0.25), high, random),
    shareFigure('PRESUME between 0.8 and 1.25 (T1)', presumed, n, goal(0.9)),
  ]
  return { figures, plots: [remainingPlot(seen)] }
}

const low = (sorted: readonly number[]): number => quantile(sorted, 0.1)
const high = (sorted: readonly number[]): number => quantile(sorted, 0.9)

function remainingPlot(seen: readonly Seen[]) {
  const marks = STAGES.map((stage, x) => {
    const sorted = seen.map(one => one.remaining[x] ?? 0).sort((a, b) => a - b)
    return { label: `${stage * 100} %`, x, y: median(sorted), lo: low(sorted), hi: high(sorted) }
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
  'Runs of 24,000 to 65,520 devices that end at 1.2 to 1.6 times 1e26, with a ramp of up to ten days, interruptions and outages at the published rate, and one in ten with a change of regime; cycle counters, BF16 attested, one meter for the fleet.',
  'Remaining time is that of the 48-hour average (eta_mid_days of projected-crossing). Below 10 % it is late by the ramp; the detector then relies on the faster average, on its margin and on commitments.',
]
