import { z } from 'zod'
import type { Catalogue } from './accelerator.ts'
import { TIERS, type Tier } from './quantity.ts'

/**
 * A provider's own constants, fitted from runs whose operations are known (`flopwatch calibrate`).
 * A fit takes the place of the prior of its chip and tier; what the runs computed in is known, so
 * a fit says nothing about formats and the mixture over them stays as it is.
 */

const fit = z.strictObject({
  /** A chip of the catalogue. */
  chip: z.string().min(1),
  tier: z.enum(TIERS),
  /** Median of true operations over those that the priors estimate. */
  ratio: z.number().positive().max(10).min(0.1),
  /** 90 % interval of that median, by bootstrap over runs. */
  ratio_lo: z.number().positive(),
  ratio_hi: z.number().positive(),
  /** Spread of a single run around the fit and of the fit itself, as sd of log10. */
  sd: z.number().min(0.01).max(1),
  /** Labelled runs behind the fit. */
  runs: z.int().min(3),
})
export type Fit = z.output<typeof fit>

export const calibrationFile = z.strictObject({
  fits: z.array(fit),
  /** What the fits rest on, for people; null while there are none. */
  source: z.string().min(1).nullable(),
})
export type Calibration = z.output<typeof calibrationFile>

export const NO_CALIBRATION: Calibration = { fits: [], source: null }

/** What the schema cannot say: chips that exist, each fitted once, intervals around their ratio. */
export function calibrationFaults({ fits, source }: Calibration, catalogue: Catalogue): string[] {
  const keys = fits.map(({ chip, tier }) => `${chip} ${tier}`)
  return [
    ...fits
      .filter(({ chip }) => !catalogue.accelerators.some(({ id }) => id === chip))
      .map(({ chip }) => `fits name ${chip}, which is no chip of the catalogue`),
    ...keys
      .filter((key, index) => keys.indexOf(key) !== index)
      .map(key => `${key} is fitted twice`),
    ...fits
      .filter(({ ratio, ratio_lo, ratio_hi }) => ratio < ratio_lo || ratio > ratio_hi)
      .map(({ chip, tier }) => `${chip} ${tier}: the ratio lies outside its own interval`),
    ...(fits.length > 0 && source === null ? ['source: fits must say what they rest on'] : []),
  ]
}

export function fitOf(fits: readonly Fit[], chip: string, tier: Tier): Fit | null {
  return fits.find(fit => fit.chip === chip && fit.tier === tier) ?? null
}
