import { expect, test } from 'vitest'
import { findChip } from '../../../src/domain/accelerator.ts'
import { capacityPotential, capacityRate } from '../../../src/domain/capacity.ts'
import { shipped } from '../../support/reference.ts'

const { capacity } = shipped.estimation
const weights = capacity.weights.values

function rateOf(name: string) {
  const chip = findChip(shipped.catalogue, name)
  if (!chip) throw new Error(`no chip ${name}`)
  return capacityRate(chip, capacity)
}

const YEAR_H = 8760

test('3,884 H100 reserved for a year reach 1e26 at the high reading, with FP8 counted', () => {
  // 3884 × 8760 × 3600 × 1.5 × 989e12 × 0.55 = 9.994e25
  const rate = rateOf('nvidia-h100-sxm5-80gb')
  const { lo, mid, hi } = capacityPotential(
    { rate, accelerators: 3884, hours: YEAR_H, status: 'signed' },
    weights,
  )
  expect(hi / 1e26).toBeCloseTo(0.9994, 3)
  // × 0.38 × 0.95 instead of 1.5 × 0.55: 4.373e25
  expect(mid / 1e25).toBeCloseTo(4.373, 2)
  expect(lo).toBe(0)
})

test('a chip without FP8 gains nothing at the high reading: 312e12 × 0.55', () => {
  expect(rateOf('nvidia-a100-sxm4-80gb').hi / 1e14).toBeCloseTo(1.716, 6)
  // Gaudi 3 computes FP8 no faster than BF16: 1677e12 × 0.55 = 9.2235e14
  expect(rateOf('intel-gaudi3').hi / 1e14).toBeCloseTo(9.2235, 6)
})

test.each([
  ['signed', 1, 1],
  ['option', 0.5, 1],
  ['quoted', 0.2, 0.5],
  ['cancelled', 0, 0],
  ['a word that is no status', 0, 0],
])('a commitment that is %s counts %d in mid and %d in hi', (status, mid, hi) => {
  const rate = { lo: 0, mid: 10, hi: 20 }
  // 2 accelerators × 1 hour × 3600 s = 7200 device-seconds
  expect(capacityPotential({ rate, accelerators: 2, hours: 1, status }, weights)).toEqual({
    lo: 0,
    mid: 72_000 * mid,
    hi: 144_000 * hi,
  })
})

test('a commitment that is over has no potential left', () => {
  const rate = { lo: 0, mid: 10, hi: 20 }
  const over = { rate, accelerators: 2, hours: -5, status: 'active' }
  expect(capacityPotential(over, weights)).toEqual({ lo: 0, mid: 0, hi: 0 })
})
