import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Precision, UNKNOWN_CHIP } from '../../../src/domain/accelerator.ts'
import { estimateFactors, FACTOR_TIERS, type FactorTier } from '../../../src/domain/estimate.ts'
import { type Estimation, estimationFaults } from '../../../src/domain/estimation.ts'
import { shipped } from '../../support/reference.ts'

const { catalogue, estimation } = shipped
const factors = estimateFactors(catalogue, estimation)

function factorOf(chip: string, tier: FactorTier, precision: Precision | '' = '') {
  const found = factors.find(
    row => row.chip === chip && row.tier === tier && row.precision === precision,
  )
  if (!found) throw new Error(`no factor ${chip} ${tier} ${precision}`)
  return found
}

const H100 = 'nvidia-h100-sxm5-80gb'
const A100 = 'nvidia-a100-sxm4-80gb'

/** Within half a percent: the hand-worked figures are rounded to three digits or more. */
function near(value: number, expected: number) {
  expect(value / expected).toBeGreaterThan(0.995)
  expect(value / expected).toBeLessThan(1.005)
}

describe('hand-worked factors', () => {
  test('T5: 0.35 × 989e12 = 3.4615e14 per billed second; 90 % factor 2.75 on a chip with FP8', () => {
    const { lo, mid, hi } = factorOf(H100, 'T5')
    near(mid, 3.4615e14)
    // sd = √(.10² + .17² + .10² + .15²) = .2672; 10^(1.645 × .2672) = 2.751
    near(mid / lo, 2.751)
    near(hi / mid, 2.751)
  })

  test('T5 on a chip without FP8 has no precision error: √(.10² + .17² + .10²) → factor 2.311', () => {
    const { mid, hi } = factorOf(A100, 'T5')
    near(mid, 1.092e14)
    near(hi / mid, 2.311)
  })

  test('T2: lo BF16, mid 0.7 × 1 + 0.3 × 2, hi FP8, each moved out by the meter', () => {
    // meter sd = √(.05² + .05² + .03² + .03²) = .0825; 10^(1.645 × .0825) = 1.3667
    const { lo, mid, hi } = factorOf(H100, 'T2')
    near(lo, 989e12 / 1.3667)
    near(mid, 989e12 * 1.3)
    near(hi, 1979e12 * 1.3667)
  })

  test('T1 with attested BF16 knows the operations to a factor of 1.23', () => {
    const { lo, mid, hi } = factorOf(H100, 'T1', 'bf16')
    expect(mid).toBe(989e12)
    near(hi / mid, 1.2306)
    near(mid / lo, 1.2306)
  })

  test('T3: 0.4 × 989e12 / 700 W = 5.651e11 FLOP/J on H100, 3.12e11 on A100', () => {
    near(factorOf(H100, 'T3').mid, 5.651e11)
    near(factorOf(A100, 'T3').mid, 3.12e11)
    // √(.10² + .05² + .03² + .15²) = .1895 → 2.05, the table of the compute note
    near(factorOf(H100, 'T3').hi / factorOf(H100, 'T3').mid, 2.05)
  })

  test('T4: 0.30 × peak per active second, factor 2.63', () => {
    near(factorOf(H100, 'T4').mid, 2.967e14)
    near(factorOf(H100, 'T4').hi / factorOf(H100, 'T4').mid, 2.627)
  })

  test('gap: nothing for certain, 0.55 × 1979e12 = 1.088e15 at most', () => {
    const gap = factorOf(H100, 'gap')
    expect(gap.lo).toBe(0)
    near(gap.mid, 3.4615e14)
    near(gap.hi, 1.0885e15)
  })

  test('measured: the device counted, so the factor is 1 within the T1 spread', () => {
    expect(factorOf(H100, 'measured').mid).toBe(1)
    near(factorOf(H100, 'measured').hi, 1.2306)
  })

  test('attested FP8 doubles tensor seconds but gains 1.5 on billed ones', () => {
    near(factorOf(H100, 'T1', 'fp8').mid / factorOf(H100, 'T1', 'bf16').mid, 2.001)
    near(factorOf(H100, 'T5', 'fp8').mid / factorOf(H100, 'T5', 'bf16').mid, 1.5)
  })

  test('an attestation that the chip cannot keep changes nothing', () => {
    const { precision: _, ...none } = factorOf(A100, 'T2')
    const { precision: __, ...fp8 } = factorOf(A100, 'T2', 'fp8')
    expect(fp8).toEqual(none)
  })

  test('peak: BF16, fastest training format and fastest of all', () => {
    const { lo, mid, hi } = factorOf('nvidia-b200-sxm', 'peak')
    expect([lo, mid, hi]).toEqual([2250e12, 4500e12, 9000e12])
  })
})

describe('published runs: chip-hours × 3600 × T5 against what was published', () => {
  test.each([
    // hours, operations, hand-worked ratio
    ['BLOOM-176B', A100, 1_082_990, 3.87e23, 1.1], // × 3600 × 1.092e14 = 4.257e23
    ['Llama 2 70B', A100, 1_720_320, 8.4e23, 0.805], // 6.763e23
    ['Gopher 280B', 'google-tpu-v3', 3_768_320, 6.31e23, 0.926], // × 3600 × 4.305e13 = 5.840e23
    ['PaLM 540B', 'google-tpu-v4', 8_404_992, 2.5272e24, 1.152], // × 3600 × 9.625e13 = 2.912e24
    ['Llama 3 405B', H100, 30_840_000, 3.8e25, 1.011], // × 3600 × 3.4615e14 = 3.843e25
    ['nekomata-14b', 'aws-trainium1', 43_008, 5.62e21, 1.832], // × 3600 × 6.65e13 = 1.030e22
  ])('%s', (_, chip, hours, published, ratio) => {
    const { lo, mid, hi } = factorOf(chip, 'T5')
    const device_s = hours * 3600
    near((device_s * mid) / published, ratio)
    expect(device_s * lo).toBeLessThan(published)
    expect(device_s * hi).toBeGreaterThan(published)
  })
})

describe('chips that cannot be counted with', () => {
  const known = factors.filter(row => row.tier === 'T5' && row.precision === '')

  test('an unknown chip: lo 0, mid of the stand-in, hi of the highest countable chip', () => {
    const { lo, mid, hi } = factorOf(UNKNOWN_CHIP, 'T5')
    expect(lo).toBe(0)
    expect(mid).toBe(factorOf(H100, 'T5').mid)
    // GB200, GB300 and MI355X: 0.35 × 2500e12 × 2.751 = 2.407e15
    near(hi, 2.407e15)
  })

  test('what a device counted itself needs no catalogue', () => {
    const { chip: _, ...unknown } = factorOf(UNKNOWN_CHIP, 'measured')
    const { chip: __, ...of } = factorOf(H100, 'measured')
    expect(unknown).toEqual(of)
  })

  test('an unverified peak never enters mid; its claim only raises hi', () => {
    const wafer = factorOf('cerebras-wse-3', 'T5')
    expect([wafer.lo, wafer.mid]).toEqual([0, factorOf(H100, 'T5').mid])
    near(wafer.hi, 0.35 * 125_000e12 * 2.311)
    const nvl = factorOf('nvidia-h100-nvl-94gb', 'T5')
    expect(nvl.hi).toBe(factorOf(UNKNOWN_CHIP, 'T5').hi)
    expect(known.every(row => row.chip === 'cerebras-wse-3' || row.hi <= nvl.hi)).toBe(true)
  })
})

test('every chip and the unknown one have every tier in every precision, in order', () => {
  const chips = catalogue.accelerators.length + 1
  expect(factors).toHaveLength(chips * FACTOR_TIERS.length * 8)
  expect(new Set(factors.map(row => `${row.chip} ${row.tier} ${row.precision}`)).size).toBe(
    factors.length,
  )
  const crossed = factors.filter(row => !(0 <= row.lo && row.lo <= row.mid && row.mid <= row.hi))
  expect(crossed).toEqual([])
})

test('a dark second is never bounded below a billed one', () => {
  const lower = factors
    .filter(row => row.tier === 'gap')
    .filter(row => row.hi < factorOf(row.chip, 'T5').hi)
  expect(lower).toEqual([])
})

test('whatever the priors, bounds do not cross and wider errors never narrow an interval', () => {
  const sd = fc.double({ min: 0, max: 0.5, noNaN: true })
  fc.assert(
    fc.property(sd, sd, fc.double({ min: 0, max: 1, noNaN: true }), (first, second, share) => {
      const [narrow, wide] = [withPriors(first, share), withPriors(first + second, share)]
      const wider = estimateFactors(catalogue, wide)
      estimateFactors(catalogue, narrow).forEach((row, index) => {
        const other = wider[index] ?? row
        expect(row.lo).toBeLessThanOrEqual(row.mid)
        expect(row.mid).toBeLessThanOrEqual(row.hi)
        expect(other.lo).toBeLessThanOrEqual(row.lo)
        expect(other.hi).toBeGreaterThanOrEqual(row.hi)
      })
    }),
    { numRuns: 15 },
  )
})

function withPriors(sd: number, share: number): Estimation {
  const all = { ...estimation.spread.T1, values: { all: sd } }
  const { shares } = estimation.precision
  const values = Object.fromEntries(Object.keys(shares.values).map(key => [key, { fp8: share }]))
  return {
    ...estimation,
    spread: { T1: all, T2: all, T3: all, T4: all, T5: all },
    precision: { ...estimation.precision, shares: { ...shares, values } },
  }
}

test('priors that do not fit the catalogue or each other are faults', () => {
  const { precision, capacity } = estimation
  const values = { blackwell: { fp8: 0.7, fp4: 0.5 } }
  const spoiled: Estimation = {
    ...estimation,
    precision: { ...precision, shares: { ...precision.shares, values } },
    capacity: { ...capacity, utilisation_mid: { ...capacity.utilisation_mid, value: 0.9 } },
  }
  expect(estimationFaults(estimation, catalogue)).toEqual([])
  expect(estimationFaults(spoiled, catalogue)).toEqual([
    'precision.shares of blackwell add up to 1.2, more than 1',
    'precision.shares of blackwell: fp4 is not in training',
    ...['hopper', 'ada', 'cdna3', 'cdna4', 'tpu-v7x', 'trainium2', 'trainium3', 'gaudi2'].map(
      name => `precision.shares lacks ${name}`,
    ),
    'capacity: utilisation × availability is higher for mid than for hi',
  ])
})
