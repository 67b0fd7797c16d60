import { type Accelerator, type Precision, referencePeak } from './accelerator.ts'
import { type Fit, fitOf } from './calibration.ts'
import { capacityRate } from './capacity.ts'
import type { Estimation } from './estimation.ts'
import {
  type FormatGain,
  formatGains,
  type Gain,
  tensorPeak,
  trainingPeak,
} from './format-mixture.ts'
import { type Component, mixtureQuantile, normalBelow } from './normal.ts'
import type { Operations, Tier } from './quantity.ts'

/** Operations per unit of one kind of evidence on one chip. `estimate.ts` makes the table of them. */

/**
 * Kinds of factor, with the unit of evidence each multiplies: T1, T2 tensor-active second of one
 * device at its reference clock; T3 net joule; T4 active second; T5 billed device-second; gap device-second that was billed or held but not metered;
 * measured one operation that the device itself counted; fp64, fp32, fp16 active second of that
 * vector pipe at the reference clock; capacity committed device-second; peak device-second at
 * theoretical maximum (lo BF16, mid fastest training format, hi fastest format of all); model
 * the share of executed operations that the model needs; host no operations but the share of a node's
 * energy above idle that its devices drew, and not the host around them.
 */
export const FACTOR_TIERS = [
  'T1',
  'T2',
  'T3',
  'T4',
  'T5',
  'gap',
  'measured',
  'fp64',
  'fp32',
  'fp16',
  'capacity',
  'peak',
  'model',
  'host',
] as const
export type FactorTier = (typeof FACTOR_TIERS)[number]

/** All judgement that goes into a factor. */
export interface FactorBasis {
  readonly priors: Estimation
  readonly fits: readonly Fit[]
  /** The work is known to be training; otherwise `lo` holds whatever it was. */
  readonly is_training?: boolean
}

export function factor(
  chip: Accelerator,
  tier: FactorTier,
  attested: Precision | null,
  basis: FactorBasis,
): Operations {
  const { priors } = basis
  switch (tier) {
    case 'T1':
    case 'T2':
    case 'T4':
    case 'T5':
      return evidenceFactor(chip, tier, attested, basis)
    case 'T3':
      return energyFactor(chip, attested, basis)
    case 'gap':
      return gapFactor(chip, basis)
    case 'measured':
      return around(1, tierSpread('T1', priors), priors)
    case 'fp64':
    case 'fp32':
    case 'fp16':
      return vectorFactor(chip, tier, priors)
    case 'capacity':
      return capacityRate(chip, priors.capacity)
    case 'peak':
      return peakFactor(chip, priors)
    case 'model':
      return priors.model_share.value
    case 'host':
      return deviceShareOfNode(chip, priors)
  }
}

/**
 * T1, T2: peak per active second, a format being worth what it is worth per cycle. T4, T5: share of
 * the BF16 peak per active or billed second, a faster format gaining in matrix time only. The bounds
 * are quantiles over the formats that are possible; mid is the median, so that the chance of having
 * passed a threshold is one half where mid passes it.
 */
function evidenceFactor(
  chip: Accelerator,
  tier: 'T1' | 'T2' | 'T4' | 'T5',
  attested: Precision | null,
  basis: FactorBasis,
): Operations {
  const { priors } = basis
  const fit = fitOf(basis.fits, chip.id, tier)
  const base = referencePeak(chip) * baseShare(tier, priors) * (fit?.ratio ?? 1)
  const sigma = fit?.sd ?? tierSpread(tier, priors)
  if (tier === 'T1' || tier === 'T2') {
    return overFormats(
      trainingWork(base, sigma, formatGains(chip, attested, priors), byActivity),
      priors,
    )
  }
  const training = trainingWork(base, sigma, formatGains(chip, attested, priors), byTime)
  return overWork(training, base, 'per_second', basis)
}

/** Published shares count the model's own operations; what is executed is more. */
function baseShare(tier: 'T1' | 'T2' | 'T4' | 'T5', priors: Estimation): number {
  if (tier === 'T4') return priors.active.peak_share_when_busy.value / priors.model_share.value.mid
  if (tier === 'T5') return priors.billed.peak_share.value / priors.model_share.value.mid
  return priors.issued.values[tier]
}

/**
 * T3. Operations go with the energy above idle: a chip on its way to board power delivers its peak
 * in that proportion, times `peak_share_per_load`.
 */
function energyFactor(
  chip: Accelerator,
  attested: Precision | null,
  basis: FactorBasis,
): Operations {
  const { priors, fits } = basis
  const { peak_share_per_load, assumed_board_power_spread } = priors.energy
  const fit = fitOf(fits, chip.id, 'T3')
  const span_w = Math.max(chip.power.tdp_w - chip.power.idle_w, 1)
  const perJoule = (referencePeak(chip) * peak_share_per_load.value * (fit?.ratio ?? 1)) / span_w
  const board = chip.power.tdp_basis === 'assumed' ? assumed_board_power_spread.value : 0
  const sigma = fit?.sd ?? Math.hypot(tierSpread('T3', priors), board)
  const training = trainingWork(perJoule, sigma, formatGains(chip, attested, priors), byTime)
  return overWork(training, perJoule, 'per_joule', basis)
}

type GainOf = (gain: FormatGain) => Gain
const byActivity: GainOf = gain => gain.activity
const byTime: GainOf = gain => gain.time

/** What training would be worth, format by format. Weights add up to 1. */
function trainingWork(
  base: number,
  sigma: number,
  gains: readonly FormatGain[],
  by: GainOf,
): Component[] {
  return gains.map(gain => ({
    weight: gain.weight,
    mean: Math.log10(base * by(gain).factor),
    sd: Math.hypot(sigma, by(gain).sd),
  }))
}

/** Quantiles over the formats that are possible. */
function overFormats(components: readonly Component[], priors: Estimation): Operations {
  const [only] = components
  if (components.length === 1 && only) return around(10 ** only.mean, only.sd, priors)
  const upper = normalBelow(priors.interval_quantile.value)
  const at = (share: number) => 10 ** mixtureQuantile(components, share)
  return { lo: at(1 - upper), mid: at(0.5), hi: at(upper) }
}

/**
 * mid and hi as for training. lo also holds for work of other kinds, which does less for the same
 * energy or in the same time: nobody is told as a fact what may have been something else.
 */
function overWork(
  training: readonly Component[],
  base: number,
  by: 'per_joule' | 'per_second',
  { priors, is_training = false }: FactorBasis,
): Operations {
  const bounds = overFormats(training, priors)
  if (is_training) return bounds
  const others = Object.values(priors.other_work.values).map(kind => ({
    weight: kind.share,
    mean: Math.log10(base * kind[by]),
    sd: kind.spread,
  }))
  const rest = 1 - others.reduce((sum, { weight }) => sum + weight, 0)
  const all = [...training.map(one => ({ ...one, weight: one.weight * rest })), ...others]
  const lowest = 10 ** mixtureQuantile(all, 1 - normalBelow(priors.interval_quantile.value))
  return { ...bounds, lo: Math.min(bounds.lo, lowest) }
}

/**
 * A second that was billed but not metered: lo nothing, mid as if it had only been billed (for
 * tenants without a rate of their own), hi the fastest training format at high utilisation and
 * never below what billing alone would say. What is hidden is bounded higher than what is shown.
 */
function gapFactor(chip: Accelerator, basis: FactorBasis): Operations {
  const billed = evidenceFactor(chip, 'T5', null, basis)
  const ceiling = basis.priors.gap.peak_share_hi.value * trainingPeak(chip, basis.priors)
  return { lo: 0, mid: billed.mid, hi: Math.max(ceiling, billed.hi) }
}

/**
 * An active cycle of a vector pipe is a multiply-add, two operations, or a single one. Where the
 * rate of a pipe is not published, the FP32 rate bounds it: half of it for FP64, twice for FP16.
 */
function vectorFactor(
  chip: Accelerator,
  pipe: 'fp64' | 'fp32' | 'fp16',
  priors: Estimation,
): Operations {
  const fp32 = chip.peaks.dense_flop_per_s.fp32 ?? 0
  const { lo, mid, hi } = priors.vector.cycle_share.value
  const known = pipe === 'fp32' ? fp32 : chip.peaks.vector_flop_per_s[pipe]
  const peak = known ?? fp32 * (pipe === 'fp64' ? 0.5 : 2)
  return { lo: known === undefined ? 0 : peak * lo, mid: peak * mid, hi: peak * hi }
}

function peakFactor(chip: Accelerator, priors: Estimation): Operations {
  const all = Object.values(chip.peaks.dense_flop_per_s)
  const mid = trainingPeak(chip, priors)
  return { lo: referencePeak(chip), mid, hi: Math.max(mid, ...all) }
}

/**
 * A host draws more as its devices do, in proportion, so that a joule above idle counts the same
 * however the work is spread over time: resting must not take operations off.
 */
function deviceShareOfNode(chip: Accelerator, { energy }: Estimation): Operations {
  const { lo, mid, hi } = energy.host_rise.value
  const { tdp_w, idle_w, host_w } = chip.power
  const share = (rise: number) => (tdp_w - idle_w) / (tdp_w - idle_w + host_w * rise)
  return { lo: share(hi), mid: share(mid), hi: share(lo) }
}

/** An attestation that cannot be true tells nothing: FP8 on a chip without it counts as none. */
export function attestable(chip: Accelerator, precision: Precision | ''): Precision | null {
  return precision === '' || tensorPeak(chip, precision) === null ? null : precision
}

function tierSpread(tier: Tier, priors: Estimation): number {
  return Math.hypot(...Object.values(priors.spread[tier].values))
}

/** The interval around a median whose decimal logarithm has standard deviation sigma. */
function around(mid: number, sigma: number, priors: Estimation): Operations {
  const spread = 10 ** (priors.interval_quantile.value * sigma)
  return { lo: mid / spread, mid, hi: mid * spread }
}
