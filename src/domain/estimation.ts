import { z } from 'zod'
import { type Catalogue, isCountable, PRECISIONS, referencePeak } from './accelerator.ts'
import { TIERS } from './quantity.ts'

/** What `config/estimation.yaml` may say: the priors that turn evidence into operations. */

/** How a figure came to be. `assumed` figures wait for a calibration to replace them. */
const judgement = {
  unit: z.string().min(1),
  source: z.string().min(1),
  status: z.enum(['published', 'measured', 'derived', 'assumed']),
}

const share = z.strictObject({ ...judgement, value: z.number().min(0).max(1) })
const positive = z.strictObject({ ...judgement, value: z.number().positive() })
/** A figure with the bounds of a range of 90 %. */
const range = (bound: z.ZodNumber) =>
  z.strictObject({
    ...judgement,
    value: z
      .strictObject({ lo: bound, mid: bound, hi: bound })
      .refine(({ lo, mid, hi }) => lo <= mid && mid <= hi, 'lo, mid and hi must not cross'),
  })
const shareRange = range(z.number().min(0).max(1))
/** Standard deviation of the decimal logarithm, by cause. */
const spread = z.strictObject({
  ...judgement,
  values: z.record(z.string(), z.number().min(0).max(1)),
})

const precisionPriors = z.strictObject({
  /** Share of tensor work below 16 bits, by architecture; what is left is BF16 or FP16. */
  shares: z.strictObject({
    ...judgement,
    values: z.record(z.string(), z.partialRecord(z.enum(PRECISIONS), z.number().min(0).max(1))),
  }),
  /** Formats that training is done in; the fastest of a chip bounds `hi`. */
  training: z.strictObject({ ...judgement, values: z.array(z.enum(PRECISIONS)).min(1) }),
  /** Share of a step's time that a faster format shortens; the rest runs on as in BF16. */
  matrix_time_share: share,
  /** Share of a job's tensor operations in the fast format, where it uses one. */
  low_precision_share: shareRange,
  /** Range of what a fast format gains in fixed time; its middle follows from the shares. */
  time_gain_range: range(z.number().min(1)),
})

/** Kinds of work that are not training, as far as energy, activity and bills cannot tell. */
const otherWork = z.strictObject({
  ...judgement,
  values: z
    .record(
      z.string(),
      z.strictObject({
        /** How common, of all busy device time. */
        share: z.number().min(0).max(1),
        /** Operations over those of training, for the same energy and in the same time. */
        per_joule: z.number().positive(),
        per_second: z.number().positive(),
        /** Standard deviation of the decimal logarithm of either. */
        spread: z.number().min(0).max(1),
      }),
    )
    .refine(
      kinds => Object.values(kinds).reduce((sum, { share }) => sum + share, 0) < 1,
      'the shares must leave room for training',
    ),
})

const capacityPriors = z.strictObject({
  utilisation_mid: share,
  utilisation_hi: share,
  availability_mid: share,
  availability_hi: share,
  /** Effective gain over BF16 on chips that compute FP8 faster. */
  fp8_gain_hi: z.strictObject({ ...judgement, value: z.number().min(1) }),
})
export type CapacityPriors = z.output<typeof capacityPriors>

export const estimationFile = z.strictObject({
  /** Standard normal quantile of the interval's bounds: 1.645 for 90 %. */
  interval_quantile: positive,
  /** Causes of error by tier, without precision, added in quadrature. */
  spread: z.record(z.enum(TIERS), spread),
  /** What an active tensor cycle holds of its nominal operations. */
  issued: z.strictObject({
    ...judgement,
    values: z.strictObject({ T1: z.number().positive().max(1), T2: z.number().positive().max(1) }),
  }),
  precision: precisionPriors,
  energy: z.strictObject({
    /** Share of the BF16 peak delivered per share of the span from idle to board power. */
    peak_share_per_load: share,
    /** Further spread where the chip's board power is itself an assumption. */
    assumed_board_power_spread: positive,
    /** What a host draws more at full load, over the draw of an idle one. */
    host_rise: range(z.number().min(0)),
  }),
  other_work: otherWork,
  active: z.strictObject({ peak_share_when_busy: share }),
  billed: z.strictObject({ peak_share: share }),
  gap: z.strictObject({ peak_share_hi: share }),
  /** Operations of an active cycle of a vector pipe over its peak. */
  vector: z.strictObject({ cycle_share: shareRange }),
  /** Of what is executed, the share that the model needs: see `config/estimation.yaml`. */
  model_share: shareRange,
  capacity: capacityPriors,
})
export type Estimation = z.output<typeof estimationFile>

/** What the schema cannot say, because it takes the catalogue to see it. */
export function estimationFaults(priors: Estimation, catalogue: Catalogue): string[] {
  const { shares, training } = priors.precision
  const bad = Object.entries(shares.values).flatMap(([architecture, byFormat]) => {
    const sum = Object.values(byFormat).reduce((total, share) => total + share, 0)
    const stray = Object.keys(byFormat).filter(format => !training.values.some(t => t === format))
    return [
      ...(sum > 1 ? [`precision.shares of ${architecture} add up to ${sum}, more than 1`] : []),
      ...stray.map(format => `precision.shares of ${architecture}: ${format} is not in training`),
    ]
  })
  const silent = catalogue.accelerators.filter(isCountable).filter(chip => {
    const peaks = training.values.map(format => chip.peaks.dense_flop_per_s[format] ?? 0)
    const faster = Math.max(...peaks) > referencePeak(chip)
    return faster && shares.values[chip.architecture] === undefined
  })
  const architectures = new Set(silent.map(chip => chip.architecture))
  return [
    ...bad,
    ...[...architectures].map(name => `precision.shares lacks ${name}`),
    ...capacityFaults(priors.capacity),
  ]
}

/** Bounds that cross would make an interval whose mid lies above its hi. */
function capacityFaults(capacity: CapacityPriors): string[] {
  const mid = capacity.utilisation_mid.value * capacity.availability_mid.value
  const hi = capacity.utilisation_hi.value * capacity.availability_hi.value
  return mid > hi ? ['capacity: utilisation × availability is higher for mid than for hi'] : []
}
