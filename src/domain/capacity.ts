import { type Accelerator, referencePeak } from './accelerator.ts'
import type { CapacityPriors } from './estimation.ts'
import type { Operations } from './quantity.ts'

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
