import { expect, test } from 'vitest'
import { findChip } from '../../../src/domain/accelerator.ts'
import { capacityRate } from '../../../src/domain/capacity.ts'
import { shipped } from '../../support/reference.ts'

const { capacity } = shipped.estimation

function rateOf(name: string) {
  const chip = findChip(shipped.catalogue, name)
  if (!chip) throw new Error(`no chip ${name}`)
  return capacityRate(chip, capacity)
}

const YEAR_H = 8760

test('3,884 H100 reserved for a year reach 1e26 at the high reading, with FP8 counted', () => {
  // 3884 × 8760 × 3600 × 1.5 × 989e12 × 0.55 = 9.994e25
  const { lo, mid, hi } = rateOf('nvidia-h100-sxm5-80gb')
  const device_s = 3884 * YEAR_H * 3600
  expect((hi * device_s) / 1e26).toBeCloseTo(0.9994, 3)
  // × 0.38 × 0.95 instead of 1.5 × 0.55: 4.373e25
  expect((mid * device_s) / 1e25).toBeCloseTo(4.373, 2)
  expect(lo).toBe(0)
})

test('a chip without FP8 gains nothing at the high reading: 312e12 × 0.55', () => {
  expect(rateOf('nvidia-a100-sxm4-80gb').hi / 1e14).toBeCloseTo(1.716, 6)
  // Gaudi 3 computes FP8 no faster than BF16: 1677e12 × 0.55 = 9.2235e14
  expect(rateOf('intel-gaudi3').hi / 1e14).toBeCloseTo(9.2235, 6)
})
