import type { Catalogue } from '../../domain/accelerator.ts'
import { findChip } from '../../domain/accelerator.ts'
import { factor } from '../../domain/estimate-factor.ts'
import type { Estimation } from '../../domain/estimation.ts'
import type { Operations } from '../../domain/quantity.ts'
import { createRandom } from '../../simulate/random.ts'
import { countFigure, median, runFigure, shareFigure } from '../figure.ts'
import { type Section, skipped } from '../section.ts'
import { readPublishedRuns } from './read.ts'

/**
 * Billing alone against what developers published: hours of chips, times the prior, against their
 * operations. Nothing of a run's own efficiency is used. The priors know of these runs, in that
 * their median share is that of published runs; leaving each run out in turn says how much.
 */

export const publishedSection: Section = {
  id: 'published',
  title: 'Published training runs, from billed hours alone',
  async evaluate(context) {
    const text = await context.readData('published_runs.csv')
    if (text === null) return skipped('the folder of published runs is not here (--published)')
    const { catalogue, estimation } = context
    const runs = readPublishedRuns(Buffer.from(text).toString('utf8')).filter(run => run.usable)
    const judged = runs.flatMap(run => {
      const bounds = billedEstimate(run.chip, run.chip_hours, catalogue, estimation)
      return bounds === null ? [] : [{ run, bounds, ratio: bounds.mid / run.operations }]
    })
    const within = (limit: number) =>
      judged.filter(({ ratio }) => ratio <= limit && ratio >= 1 / limit).length
    const covered = judged.filter(
      ({ run, bounds }) => run.operations >= bounds.lo && run.operations <= bounds.hi,
    ).length
    const random = createRandom(context.seed, 'published')
    const errors = judged.map(({ ratio }) => Math.abs(Math.log10(ratio)))
    const n = judged.length
    return {
      skipped: null,
      figures: [
        countFigure('usable runs with a known chip', n, runs.length, null),
        countFigure('within a factor of 2', within(2), n, { kind: 'at_least', value: 15 }),
        countFigure('within a factor of 1.5', within(1.5), n, { kind: 'at_least', value: 13 }),
        countFigure('inside the 90 % interval', covered, n, { kind: 'at_least', value: 15 }),
        shareFigure('coverage of 90 %', covered, n),
        runFigure('median error', 'dex', errors, median, random),
        runFigure('median error, each run left out', 'dex', leftOut(judged), median, random),
      ],
      plots: [
        {
          title: 'Estimate over published operations, with the 90 % interval',
          kind: 'strip',
          x_label: 'run, by ratio',
          y_label: 'log10(estimate / published)',
          marks: [...judged]
            .sort((a, b) => a.ratio - b.ratio)
            .map(({ run, bounds, ratio }, x) => ({
              label: String(x + 1),
              x,
              y: Math.log10(ratio),
              lo: Math.log10(bounds.lo / run.operations),
              hi: Math.log10(bounds.hi / run.operations),
            })),
          lines: [{ label: 'published', y: 0 }],
        },
      ],
      notes: [
        ...[...judged]
          .sort((a, b) => a.ratio - b.ratio)
          .map(({ run, ratio }, index) => `${index + 1} ${run.model}: ${ratio.toFixed(2)}`),
        'Published operations are mostly the model’s own (6ND), so estimates are taken times the share that the model needs of what is executed.',
      ],
    }
  },
}

/** Operations that the model needs, from device-hours on a bill; null for a chip nobody knows. */
function billedEstimate(
  chip: string,
  hours: number,
  catalogue: Catalogue,
  priors: Estimation,
): Operations | null {
  const found = findChip(catalogue, chip) ?? findChip(catalogue, ALIASES[chip] ?? '')
  if (found === null) return null
  // Runs to 2023 stated 16-bit formats.
  const billed = factor(found, 'T5', 'bf16', { priors, fits: [], is_training: true })
  const share = priors.model_share.value.mid * hours * 3600
  return { lo: billed.lo * share, mid: billed.mid * share, hi: billed.hi * share }
}

/** Names of the list that are neither a catalogue id nor a driver's string. */
const ALIASES: Readonly<Record<string, string>> = {
  'TPU v3': 'google-tpu-v3',
  'TPU v4': 'google-tpu-v4',
  Trainium1: 'aws-trainium1',
}

/** Errors when the median of all others takes the place of the prior. */
function leftOut(judged: readonly { readonly ratio: number }[]): number[] {
  return judged.map(({ ratio }, index) => {
    const others = judged.filter((_, other) => other !== index).map(one => Math.log10(one.ratio))
    return Math.abs(Math.log10(ratio) - median(others.sort((a, b) => a - b)))
  })
}
