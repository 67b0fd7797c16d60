import { type Accelerator, referencePeak } from './accelerator.ts'
import type { CapacityPriors } from './estimation.ts'
import { NO_OPERATIONS, type Operations } from './quantity.ts'

/**
 * What committed accelerators could compute, whether or not anything has run: the basis
 * `potential`. A reserved-capacity estimate has no ramp-up bias, only error in utilisation.
 */

/**
 * Operations per committed device-second. lo 0: nothing need ever run. mid: BF16 peak × utilisation
 * .38 × availability .95. hi: utilisation .55, always available, and 1.5 times BF16 on chips that
 * compute FP8 faster (compute note 5.2).
 */
export function capacityRate(chip: Accelerator, priors: CapacityPriors): Operations {
  const peak = referencePeak(chip)
  const { fp8 } = chip.peaks.dense_flop_per_s
  const gain = fp8 !== undefined && fp8 > peak ? Math.min(fp8 / peak, priors.fp8_gain_hi.value) : 1
  return {
    lo: 0,
    mid: peak * priors.utilisation_mid.value * priors.availability_mid.value,
    hi: peak * gain * priors.utilisation_hi.value * priors.availability_hi.value,
  }
}

export interface CommittedCapacity {
  /** Per device-second, as `capacityRate` gives it or as the factor table holds it. */
  readonly rate: Operations
  readonly accelerators: number
  /** Hours of the commitment inside the horizon that are still to come. */
  readonly hours: number
  readonly status: string
}

/** Accelerators × hours × 3600 × rate, weighted by how firm the commitment is. Operations. */
export function capacityPotential(
  capacity: CommittedCapacity,
  weights: CapacityPriors['weights']['values'],
): Operations {
  const weight = Object.entries(weights).find(([status]) => status === capacity.status)?.[1]
  if (weight === undefined || capacity.hours <= 0) return NO_OPERATIONS
  const device_s = capacity.accelerators * capacity.hours * 3600
  return {
    lo: capacity.rate.lo * device_s * weight.mid,
    mid: capacity.rate.mid * device_s * weight.mid,
    hi: capacity.rate.hi * device_s * weight.hi,
  }
}
