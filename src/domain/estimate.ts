import {
  type Accelerator,
  type Catalogue,
  isCountable,
  PRECISIONS,
  type Precision,
  UNKNOWN_CHIP,
} from './accelerator.ts'
import type { Fit } from './calibration.ts'
import {
  attestable,
  FACTOR_TIERS,
  type FactorBasis,
  type FactorTier,
  factor,
} from './estimate-factor.ts'
import type { Estimation } from './estimation.ts'
import type { Operations } from './quantity.ts'

/**
 * Operations per unit of evidence, for every chip, tier and attested precision. All judgement is
 * in the priors; the store multiplies. Bounds are 90 % (`interval_quantile`).
 */

export interface EstimateFactor extends Operations {
  readonly chip: string
  readonly tier: FactorTier
  /** '' = not attested. A format that the chip lacks has the factors of ''. */
  readonly precision: Precision | ''
}

/** The whole table: every chip and `unknown`, every tier, every precision and ''. */
export function estimateFactors(
  catalogue: Catalogue,
  priors: Estimation,
  fits: readonly Fit[] = [],
): EstimateFactor[] {
  const basis = { priors, fits }
  const countable = catalogue.accelerators.filter(isCountable)
  const unknown = unknownFactors(catalogue, countable, basis)
  return [
    ...catalogue.accelerators.flatMap(chip =>
      isCountable(chip)
        ? chipFactors(chip, basis)
        : unknown.map(row => coverClaim(row, chip, basis)),
    ),
    ...unknown,
  ]
}

function chipFactors(chip: Accelerator, basis: FactorBasis): EstimateFactor[] {
  return FACTOR_TIERS.flatMap(tier => {
    const unattested = factor(chip, tier, null, basis)
    return (['', ...PRECISIONS] as const).map(precision => {
      const attested = attestable(chip, precision)
      const bounds = attested === null ? unattested : factor(chip, tier, attested, basis)
      return { chip: chip.id, tier, precision, ...bounds }
    })
  })
}

/** Kinds that do not depend on the chip, so that nobody needs to know it. */
const CHIPLESS: readonly FactorTier[] = ['measured', 'model']

/**
 * Nobody knows the chip: nothing is certain, the stand-in is expected, the fastest is possible.
 * What a device counted itself needs no catalogue.
 */
function unknownFactors(
  catalogue: Catalogue,
  countable: readonly Accelerator[],
  basis: FactorBasis,
): EstimateFactor[] {
  // A provider's calibration of its own chips says nothing about one that it cannot name.
  const rows = countable.flatMap(chip => chipFactors(chip, { ...basis, fits: [] }))
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
      lo: CHIPLESS.includes(row.tier) ? row.lo : 0,
      hi: highest.get(key(row)) ?? row.hi,
    }))
}

/** A chip whose peak nobody vouches for counts as unknown, but hi covers what is claimed of it. */
function coverClaim(unknown: EstimateFactor, chip: Accelerator, basis: FactorBasis) {
  const attested = attestable(chip, unknown.precision)
  const claimed = factor(chip, unknown.tier, attested, basis)
  return { ...unknown, chip: chip.id, hi: Math.max(unknown.hi, claimed.hi) }
}
