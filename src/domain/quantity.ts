/**
 * Amounts of compute. An estimate is never a bare number: it is an interval with the tier of the
 * method that made it (invariant 4).
 */

/** Operations (integer or floating point; one multiply-add counts two), with a 90 % interval. */
export interface Operations {
  readonly lo: number
  readonly mid: number
  readonly hi: number
}

/**
 * How good the evidence behind an estimate is, best first. T1 counters or operations measured by
 * the device, T2 tensor gauge and clock, T3 energy, T4 activity only, T5 billing only.
 */
export const TIERS = ['T1', 'T2', 'T3', 'T4', 'T5'] as const
export type Tier = (typeof TIERS)[number]

export const NO_OPERATIONS: Operations = { lo: 0, mid: 0, hi: 0 }

/** Comonotone sum: bounds add up with bounds, the conservative reading for a systematic error. */
export function addOperations(a: Operations, b: Operations): Operations {
  return { lo: a.lo + b.lo, mid: a.mid + b.mid, hi: a.hi + b.hi }
}

/** Decimal text with four significant digits, the form in which operations leave the product. */
export function formatOperations(value: number): string {
  if (value === 0) return '0'
  return value.toExponential(3).replace('e+', 'e')
}
