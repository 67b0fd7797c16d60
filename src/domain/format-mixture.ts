import { type Accelerator, type Precision, referencePeak } from './accelerator.ts'
import type { Estimation } from './estimation.ts'

/**
 * The number format of a job as a latent cause. Meters do not show it; what is known is how often
 * each format is used on a generation of chips, and what it would be worth.
 */

/** One possible format, and how many operations it makes of the evidence, over BF16. */
export interface FormatGain {
  /** How likely; 1 where the format is attested. */
  readonly weight: number
  /** At the same tensor activity. */
  readonly activity: Gain
  /** In the same time or for the same energy, where only matrix work becomes faster. */
  readonly time: Gain
}

/** A factor with the standard deviation of its decimal logarithm. */
export interface Gain {
  readonly factor: number
  readonly sd: number
}

/** What the job may compute in: one format when it is attested, otherwise each by its share. */
export function formatGains(
  chip: Accelerator,
  attested: Precision | null,
  priors: Estimation,
): FormatGain[] {
  if (attested !== null) return [gainOf(chip, attested, 1, priors)]
  const shares = Object.entries(priors.precision.shares.values[chip.architecture] ?? {})
  const faster = shares.flatMap(([name, share]) =>
    tensorPeak(chip, name as Precision) === null || share === undefined
      ? []
      : [gainOf(chip, name as Precision, share, priors)],
  )
  const rest = 1 - faster.reduce((sum, { weight }) => sum + weight, 0)
  return [{ weight: rest, activity: PLAIN, time: PLAIN }, ...faster]
}

const PLAIN: Gain = { factor: 1, sd: 0 }

/**
 * A format faster than BF16 is never used throughout: a share f of the operations runs at m times
 * the rate, so a cycle is worth 1 / (1 − f + f / m). In fixed time only the matrix share g of a
 * step shrinks: 1 / ((1 − g) + g / gain).
 */
function gainOf(
  chip: Accelerator,
  format: Precision,
  weight: number,
  priors: Estimation,
): FormatGain {
  const { low_precision_share, matrix_time_share } = priors.precision
  const ratio = (tensorPeak(chip, format) ?? 0) / referencePeak(chip)
  const matrix = matrix_time_share.value
  const overTime = (gain: number) => 1 / (1 - matrix + matrix / gain)
  if (ratio <= 1) {
    return { weight, activity: { factor: ratio, sd: 0 }, time: { factor: overTime(ratio), sd: 0 } }
  }
  const { lo, mid, hi } = low_precision_share.value
  const overCycle = (share: number) => 1 / (1 - share + share / ratio)
  // The range is read as one of 90 %.
  const sd = Math.log10(overCycle(hi) / overCycle(lo)) / (2 * priors.interval_quantile.value)
  const activity = { factor: overCycle(mid), sd }
  const { lo: least, hi: most } = priors.precision.time_gain_range.value
  const time_sd = Math.log10(most / least) / (2 * priors.interval_quantile.value)
  return { weight, activity, time: { factor: overTime(activity.factor), sd: time_sd } }
}

/** Dense peak of the tensor units in a format, or null. They run FP32 work as TF32, or not at all. */
export function tensorPeak(chip: Accelerator, precision: Precision): number | null {
  return chip.peaks.dense_flop_per_s[precision === 'fp32' ? 'tf32' : precision] ?? null
}

/** FLOP/s of the fastest format that training is done in, at least the reference peak. */
export function trainingPeak(chip: Accelerator, priors: Estimation): number {
  const peaks = priors.precision.training.values.map(format => tensorPeak(chip, format) ?? 0)
  return Math.max(referencePeak(chip), ...peaks)
}
