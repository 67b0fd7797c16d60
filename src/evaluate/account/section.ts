import type { Bar, EvaluationPlot, Figure } from '../../domain/evaluation.ts'
import { createRandom, type Random } from '../../simulate/random.ts'
import { median, quantile, runFigure, shareFigure } from '../figure.ts'
import type { Section } from '../section.ts'
import type { Family } from './job.ts'
import { playJobs, type Trial } from './play.ts'
import { VIEWS, type View } from './telemetry.ts'

/** How far estimates are from what was executed, and how often the interval holds the truth. */

const JOBS = { full: 1000, quick: 60 }

/** Acceptance 1 of the estimate; T4 has a bar on its coverage alone. */
const ERROR_MAX: Partial<Record<View, number>> = { T1: 0.04, T2: 0.1, T3: 0.12, T5: 0.15 }
const COVERAGE: Bar = { kind: 'within', lo: 0.87, hi: 0.93 }

export const accountSection: Section = {
  id: 'account',
  title: 'Operations: estimate against what was executed',
  async evaluate(context) {
    const bench = await context.openBench()
    const trials = await playJobs(
      bench,
      context.seed,
      families(context.quick ? JOBS.quick : JOBS.full),
      context.progress,
    )
    const random = createRandom(context.seed, 'account-bootstrap')
    const training = trials.filter(({ job }) => job.family === 'training')
    const figures = [
      ...VIEWS.flatMap(view => viewFigures(view, training, random)),
      ...(['serving', 'hpc'] as const).flatMap(family => familyFigures(family, trials, random)),
    ]
    return { skipped: null, figures, plots: plotsOf(figures, training), notes: NOTES }
  },
}

/** Eight in ten train; the others show what the same meters make of them. */
function families(count: number): Family[] {
  return Array.from({ length: count }, (_, index) =>
    index % 10 === 8 ? 'serving' : index % 10 === 9 ? 'hpc' : 'training',
  )
}

function viewFigures(view: View, trials: readonly Trial[], random: Random): Figure[] {
  const own = trials.filter(trial => trial.view === view)
  const errors = own.map(trial => Math.abs(errorOf(trial)))
  const limit = ERROR_MAX[view]
  const bar: Bar | null = limit === undefined ? null : { kind: 'at_most', value: limit }
  return [
    runFigure(`${view} median error`, 'dex', errors, median, random, bar),
    runFigure(`${view} P90 error`, 'dex', errors, sorted => quantile(sorted, 0.9), random),
    runFigure(`${view} bias`, 'dex', own.map(errorOf), median, random),
    shareFigure(`${view} coverage of 90 %`, own.filter(covers).length, own.length, COVERAGE),
    shareFigure(
      `${view} truth above hi`,
      own.filter(trial => trial.truth > trial.hi).length,
      own.length,
    ),
  ]
}

function familyFigures(family: Family, trials: readonly Trial[], random: Random): Figure[] {
  return (['T1', 'T2', 'T3'] as const).flatMap(view => {
    const own = trials.filter(trial => trial.job.family === family && trial.view === view)
    return [
      runFigure(`${family} ${view} bias`, 'dex', own.map(errorOf), median, random),
      shareFigure(
        `${family} ${view} truth above hi`,
        own.filter(trial => trial.truth > trial.hi).length,
        own.length,
      ),
    ]
  })
}

/** Decimal logarithm of estimate over truth. */
export function errorOf({ mid, truth }: Trial): number {
  return Math.log10(Math.max(mid, 1) / Math.max(truth, 1))
}

export function covers({ lo, hi, truth }: Trial): boolean {
  return truth >= lo && truth <= hi
}

function plotsOf(figures: readonly Figure[], training: readonly Trial[]): EvaluationPlot[] {
  const marks = (suffix: string) =>
    figures
      .filter(({ name }) => VIEWS.some(view => name === `${view} ${suffix}`))
      .map(({ name, value, uncertainty }, x) => ({
        label: name.slice(0, -suffix.length - 1),
        x,
        y: value,
        ...(uncertainty === null ? {} : { lo: uncertainty.lo, hi: uncertainty.hi }),
      }))
  return [
    {
      title: 'Share of truths inside the 90 % interval',
      kind: 'strip',
      x_label: 'evidence',
      y_label: 'share',
      marks: marks('coverage of 90 %'),
      lines: [
        { label: '0.87', y: 0.87 },
        { label: '0.93', y: 0.93 },
      ],
    },
    {
      title: 'Median error of the estimate',
      kind: 'strip',
      x_label: 'evidence',
      y_label: 'log10',
      marks: marks('median error'),
      lines: Object.entries(ERROR_MAX).map(([view, y]) => ({ label: view, y: y ?? 0 })),
    },
    {
      title: 'T2: estimate over truth by tensor operations in FP8',
      kind: 'scatter',
      x_label: 'share of operations in FP8',
      y_label: 'log10(estimate / truth)',
      marks: training
        .filter(({ view }) => view === 'T2')
        .map(trial => ({
          label: trial.job.id,
          x: trial.job.fp8_share,
          y: errorOf(trial),
          lo: Math.log10(Math.max(trial.lo, 1) / trial.truth),
          hi: Math.log10(trial.hi / trial.truth),
        })),
      lines: [{ label: 'truth', y: 0 }],
    },
  ]
}

const NOTES = [
  'Jobs are drawn from causes (src/evaluate/account): format, efficiency, recomputation, padding, electrical power with a limit that slows the clock, sensors that are off, restarts that reset counters, lost samples and outages. They pass through the intake and the meter like any telemetry.',
  'Sizes of the causes are those of the project note on estimating operations, their shapes are not the lognormal that the estimator assumes. The figures show that the arithmetic of the product keeps its intervals honest; they do not replace a calibration on real chips.',
  'Truth is what was executed, recomputation and padding included, on tensor and vector pipes.',
]
