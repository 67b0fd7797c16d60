import {
  type Accelerator,
  type Catalogue,
  isCountable,
  PRECISIONS,
  type Precision,
  referencePeak,
  UNKNOWN_CHIP,
} from './accelerator.ts'
import { capacityRate } from './capacity.ts'
import type { Estimation } from './estimation.ts'
import type { Operations, Tier } from './quantity.ts'

/**
 * Operations per unit of evidence, for every chip, tier and attested precision. All judgement is
 * in the priors; the store multiplies. Bounds are 90 % (`interval_quantile`).
 */

/**
 * Kinds of factor, with the unit of evidence each multiplies: T1, T2 tensor-active second of one
 * device at its reference clock; T3 net joule; T4 active second; T5 billed device-second; gap
 * device-second that was billed or held but not metered; measured one operation that the device
 * itself counted; capacity committed device-second; peak device-second at theoretical maximum
 * (lo BF16, mid fastest training format, hi fastest format of all).
 */
export const FACTOR_TIERS = [
  'T1',
  'T2',
  'T3',
  'T4',
  'T5',
  'gap',
  'measured',
  'capacity',
  'peak',
] as const
export type FactorTier = (typeof FACTOR_TIERS)[number]

export interface EstimateFactor extends Operations {
  readonly chip: string
  readonly tier: FactorTier
  /** '' = not attested. A format that the chip lacks has the factors of ''. */
  readonly precision: Precision | ''
}

/** The whole table: every chip and `unknown`, every tier, every precision and ''. */
export function estimateFactors(catalogue: Catalogue, priors: Estimation): EstimateFactor[] {
  const countable = catalogue.accelerators.filter(isCountable)
  const unknown = unknownFactors(catalogue, countable, priors)
  return [
    ...catalogue.accelerators.flatMap(chip =>
      isCountable(chip)
        ? chipFactors(chip, priors)
        : unknown.map(factor => coverClaim(factor, chip, priors)),
    ),
    ...unknown,
  ]
}

function chipFactors(chip: Accelerator, priors: Estimation): EstimateFactor[] {
  return FACTOR_TIERS.flatMap(tier =>
    (['', ...PRECISIONS] as const).map(precision => ({
      chip: chip.id,
      tier,
      precision,
      ...factor(chip, tier, attestable(chip, precision), priors),
    })),
  )
}

/** An attestation that cannot be true tells nothing: FP8 on a chip without it counts as none. */
function attestable(chip: Accelerator, precision: Precision | ''): Precision | null {
  return precision === '' || tensorPeak(chip, precision) === null ? null : precision
}

function factor(
  chip: Accelerator,
  tier: FactorTier,
  attested: Precision | null,
  priors: Estimation,
): Operations {
  switch (tier) {
    case 'T1':
    case 'T2':
      return activityFactor(chip, tier, attested, priors)
    case 'T3':
      return energyFactor(chip, attested, priors)
    case 'T4':
    case 'T5':
      return timeFactor(chip, tier, attested, priors)
    case 'gap':
      return gapFactor(chip, priors)
    case 'measured':
      return around(1, tierSpread('T1', priors), priors)
    case 'capacity':
      return capacityRate(chip, priors.capacity)
    case 'peak':
      return peakFactor(chip, priors)
  }
}

/**
 * T1, T2. The counters show tensor cycles, not their format, and at a given activity FP8 is worth
 * exactly its peak. So: lo all BF16, mid the expected format, hi the fastest training format, each
 * bound moved outward by the meter's own error.
 */
function activityFactor(
  chip: Accelerator,
  tier: 'T1' | 'T2',
  attested: Precision | null,
  priors: Estimation,
): Operations {
  const sigma = tierSpread(tier, priors)
  if (attested !== null) return around(tensorPeak(chip, attested) ?? 0, sigma, priors)
  const peak = referencePeak(chip)
  return {
    lo: around(peak, sigma, priors).lo,
    mid: peak * expectedMultiplier(chip, priors),
    hi: around(peak * trainingMultiplier(chip, priors), sigma, priors).hi,
  }
}

/**
 * T3. A chip at its board power is taken to deliver 40 % of its BF16 peak, so a net joule is worth
 * 0.4 × peak / TDP operations. hi never passes twice the mid of the fastest possible format.
 */
function energyFactor(
  chip: Accelerator,
  attested: Precision | null,
  priors: Estimation,
): Operations {
  const { peak_share_at_board_power, ceiling, assumed_board_power_spread } = priors.energy
  const perJoule = (peak_share_at_board_power.value * referencePeak(chip)) / chip.power.tdp_w
  const mid = perJoule * effectiveMultiplier(chip, attested, priors)
  const board = chip.power.tdp_basis === 'assumed' ? assumed_board_power_spread.value : 0
  const sigma = Math.hypot(indirectSpread(chip, 'T3', attested, priors), board)
  const interval = around(mid, sigma, priors)
  const fastest =
    attested === null
      ? trainingMultiplier(chip, priors)
      : effectiveMultiplier(chip, attested, priors)
  return { ...interval, hi: Math.min(interval.hi, ceiling.value * perJoule * fastest) }
}

/**
 * T4, T5. Share of the BF16 peak per active (T4) or billed (T5) second. mid has no uplift for
 * lower formats: the medians were taken against the BF16 peak whatever the runs computed in. At
 * fixed time FP8 gains less than its peak, because only matrix time shrinks; the interval covers
 * that symmetrically (compute note 1.6: factors 2.63 and 2.75 on chips with FP8).
 */
function timeFactor(
  chip: Accelerator,
  tier: 'T4' | 'T5',
  attested: Precision | null,
  priors: Estimation,
): Operations {
  const share = tier === 'T4' ? priors.active.peak_share_when_busy : priors.billed.peak_share
  const mid = share.value * referencePeak(chip) * effectiveMultiplier(chip, attested, priors)
  return around(mid, indirectSpread(chip, tier, attested, priors), priors)
}

/**
 * A second that was billed but not metered: lo nothing, mid as if it had only been billed (for
 * tenants without a rate of their own), hi the fastest training format at high utilisation and
 * never below what billing alone would say. What is hidden is bounded higher than what is shown.
 */
function gapFactor(chip: Accelerator, priors: Estimation): Operations {
  const billed = timeFactor(chip, 'T5', null, priors)
  const ceiling = priors.gap.peak_share_hi.value * trainingPeak(chip, priors)
  return { lo: 0, mid: billed.mid, hi: Math.max(ceiling, billed.hi) }
}

function peakFactor(chip: Accelerator, priors: Estimation): Operations {
  const all = Object.values(chip.peaks.dense_flop_per_s)
  const mid = trainingPeak(chip, priors)
  return { lo: referencePeak(chip), mid, hi: Math.max(mid, ...all) }
}

/**
 * Nobody knows the chip: nothing is certain, the stand-in is expected, the fastest is possible.
 * What a device counted itself needs no catalogue.
 */
function unknownFactors(
  catalogue: Catalogue,
  countable: readonly Accelerator[],
  priors: Estimation,
): EstimateFactor[] {
  const rows = countable.flatMap(chip => chipFactors(chip, priors))
  const key = (row: EstimateFactor) => `${row.tier} ${row.precision}`
  const highest = new Map<string, number>()
  for (const row of rows) {
    highest.set(key(row), Math.max(row.hi, highest.get(key(row)) ?? 0))
  }
  return rows
    .filter(row => row.chip === catalogue.unknown_chip.stand_in)
    .map(row => ({
      ...row,
      chip: UNKNOWN_CHIP,
      lo: row.tier === 'measured' ? row.lo : 0,
      hi: highest.get(key(row)) ?? row.hi,
    }))
}

/** A chip whose peak nobody vouches for counts as unknown, but hi covers what is claimed of it. */
function coverClaim(unknown: EstimateFactor, chip: Accelerator, priors: Estimation) {
  const attested = attestable(chip, unknown.precision)
  const claimed = factor(chip, unknown.tier, attested, priors)
  return { ...unknown, chip: chip.id, hi: Math.max(unknown.hi, claimed.hi) }
}

/** Dense peak of the tensor units in a format, or null. They run FP32 work as TF32, or not at all. */
function tensorPeak(chip: Accelerator, precision: Precision): number | null {
  return chip.peaks.dense_flop_per_s[precision === 'fp32' ? 'tf32' : precision] ?? null
}

/** FLOP/s of the fastest format that training is done in, at least the reference peak. */
export function trainingPeak(chip: Accelerator, priors: Estimation): number {
  const peaks = priors.precision.training.values.map(precision => tensorPeak(chip, precision) ?? 0)
  return Math.max(referencePeak(chip), ...peaks)
}

function trainingMultiplier(chip: Accelerator, priors: Estimation): number {
  return trainingPeak(chip, priors) / referencePeak(chip)
}

/** Σ share × peak / reference peak; formats that the chip lacks count as the reference. */
function expectedMultiplier(chip: Accelerator, priors: Estimation): number {
  const shares = Object.entries(priors.precision.shares.values[chip.architecture] ?? {})
  return shares.reduce((sum, [precision, share]) => {
    const peak = chip.peaks.dense_flop_per_s[precision as Precision] ?? referencePeak(chip)
    return sum + (share ?? 0) * (peak / referencePeak(chip) - 1)
  }, 1)
}

/**
 * Gain of a format at fixed time or energy: 1 / ((1 − g) + g / m) with g the matrix share of the
 * time and m the peak multiplier (Amdahl). With g = 2/3, FP8 at twice the peak gains 1.5.
 */
function effectiveMultiplier(
  chip: Accelerator,
  attested: Precision | null,
  priors: Estimation,
): number {
  const peak = attested === null ? null : tensorPeak(chip, attested)
  if (peak === null) return 1
  const share = priors.precision.matrix_time_share.value
  return 1 / (1 - share + (share * referencePeak(chip)) / peak)
}

function tierSpread(tier: Tier, priors: Estimation): number {
  return Math.hypot(...Object.values(priors.spread[tier].values))
}

/** A format that is known, or that cannot be faster than BF16, adds no spread. */
function indirectSpread(
  chip: Accelerator,
  tier: Tier,
  attested: Precision | null,
  priors: Estimation,
): number {
  const open = attested === null && trainingMultiplier(chip, priors) > 1
  return Math.hypot(tierSpread(tier, priors), open ? priors.precision.spread.value : 0)
}

/** The interval around a median whose decimal logarithm has standard deviation sigma. */
function around(mid: number, sigma: number, priors: Estimation): Operations {
  const spread = 10 ** (priors.interval_quantile.value * sigma)
  return { lo: mid / spread, mid, hi: mid * spread }
}
