import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Precision, UNKNOWN_CHIP } from '../../../src/domain/accelerator.ts'
import { calibrationFaults } from '../../../src/domain/calibration.ts'
import { estimateFactors } from '../../../src/domain/estimate.ts'
import { FACTOR_TIERS, type FactorTier, factor } from '../../../src/domain/estimate-factor.ts'
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

/** The same where the work is known to be training. */
function training(chip: string, tier: FactorTier, precision: Precision | null = null) {
  const found = catalogue.accelerators.find(({ id }) => id === chip)
  if (!found) throw new Error(`no chip ${chip}`)
  return factor(found, tier, precision, { priors: estimation, fits: [], is_training: true })
}

const H100 = 'nvidia-h100-sxm5-80gb'
const A100 = 'nvidia-a100-sxm4-80gb'

/** Within half a percent: the hand-worked figures are rounded to three digits or more. */
function near(value: number, expected: number) {
  expect(value / expected).toBeGreaterThan(0.995)
  expect(value / expected).toBeLessThan(1.005)
}

describe('hand-worked factors', () => {
  test('T5 on a chip without FP8: 0.35 / 0.88 × 312e12 = 1.2409e14 per billed second, factor 1.85', () => {
    const { lo, mid, hi } = training(A100, 'T5')
    near(mid, 1.2409e14)
    // sd = √(.04² + .145² + .06²) = .1619; 10^(1.645 × .1619) = 1.8463
    near(hi / mid, 1.8463)
    near(mid / lo, 1.8463)
  })

  test('bills and energy do not say what the work was: lo holds for simulation, mid and hi for training', () => {
    // a tenth of all work is simulation, and half of that lies below its middle: the low 5 %
    near(factorOf(A100, 'T5').lo, 0.045 * 1.2409e14)
    near(factorOf(A100, 'T4').lo, 0.045 * 1.2409e14)
    near(factorOf(H100, 'T3', 'bf16').lo, 0.085 * 8.163e11)
    for (const tier of ['T3', 'T4', 'T5'] as const) {
      const { mid, hi } = training(H100, tier)
      expect(factorOf(H100, tier)).toMatchObject({ mid, hi })
    }
  })

  test('host: of 630 W that an H100 draws above idle, a node has 100, 104 or 110 W more', () => {
    const { lo, mid, hi } = factorOf(H100, 'host')
    near(lo, 630 / 740)
    near(mid, 630 / 734)
    near(hi, 630 / 730)
  })

  test('attested formats: BF16 0.985 of its peak; FP8 1 / (1 − .87 + .87/2) = 1.770 of that per cycle', () => {
    near(factorOf(H100, 'T1', 'bf16').mid, 0.985 * 989e12)
    near(factorOf(H100, 'T1', 'fp8').mid, 1.77 * 0.985 * 989e12)
    // in fixed time only two thirds of a step shrink: 1 / (1/3 + 2/3 / 1.77) = 1.409
    near(factorOf(H100, 'T5', 'fp8').mid / factorOf(H100, 'T5', 'bf16').mid, 1.409)
  })

  test('T1 with attested BF16 knows the operations to a factor of 1.1808', () => {
    const { lo, mid, hi } = factorOf(H100, 'T1', 'bf16')
    near(mid, 0.985 * 989e12)
    // √(.03² + .025² + .02²) = .04387; 10^(1.645 × .04387) = 1.1808
    near(hi / mid, 1.1808)
    near(mid / lo, 1.1808)
  })

  test('T2 without attestation is the median of .7 BF16 and .3 FP8, not their mean', () => {
    const { lo, mid, hi } = factorOf(H100, 'T2')
    // sd BF16 √(.045² + .025² + .02²) = .05523. Half of the mass lies below the quantile .5/.7 = .714
    // of BF16, z = .5653: 10^(.5653 × .05523) = 1.0745
    near(mid, 1.0745 * 0.93 * 989e12)
    // .05/.7 of BF16, z = −1.465: 10^(−1.465 × .05523) = .8300
    near(lo, 0.83 * 0.93 * 989e12)
    // Above lie .05/.3 of FP8, z = .967 with its own spread: √(.05523² + .0262²) = .0611
    near(hi, 0.93 * 989e12 * 1.77 * 10 ** (0.967 * 0.0611))
  })

  test('silence about the format never lowers the upper bound below that of BF16', () => {
    const lower = factors.filter(
      row => row.precision === 'bf16' && row.hi > factorOf(row.chip, row.tier).hi * (1 + 1e-9),
    )
    expect(lower).toEqual([])
  })

  test('T3: 0.52 × 989e12 / 630 W above idle', () => {
    const { lo, mid, hi } = training(H100, 'T3', 'bf16')
    near(mid, 8.163e11)
    // √(.09² + .05²) = .1030 → 1.4770; .52 × 1.4770 = .768, below the .80 of a matmul
    near(mid / lo, 1.477)
    near(hi / mid, 1.477)
  })

  test('T4: 0.35 / 0.88 × peak per active second', () => {
    near(factorOf(A100, 'T4').mid, (0.35 / 0.88) * 312e12)
  })

  test('gap: nothing for certain; at most what billing alone says, or 0.55 of the fastest format', () => {
    const gap = factorOf(H100, 'gap')
    expect(gap.lo).toBe(0)
    expect(gap.mid).toBe(factorOf(H100, 'T5').mid)
    near(gap.hi, Math.max(0.55 * 1979e12, factorOf(H100, 'T5').hi))
  })

  test('measured: the device counted, so the factor is 1 within the T1 spread', () => {
    expect(factorOf(H100, 'measured').mid).toBe(1)
    near(factorOf(H100, 'measured').hi, 1.1808)
  })

  test('vector pipes: 0.45 to all of the peak, 0.8 expected; where nobody states it, lo is 0', () => {
    const { lo, mid, hi } = factorOf(H100, 'fp64')
    expect([lo, mid, hi]).toEqual([15.3e12, 27.2e12, 34e12])
    expect(factorOf('nvidia-h20', 'fp64').lo).toBe(0)
    expect(factorOf('google-tpu-v4', 'fp64').hi).toBe(0)
  })

  test('model: 0.88 of what is executed, between 0.6 and all of it', () => {
    const { lo, mid, hi } = factorOf(H100, 'model')
    expect([lo, mid, hi]).toEqual([0.6, 0.88, 1])
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

describe('a provider that calibrated', () => {
  const fit = {
    chip: A100,
    tier: 'T2',
    ratio: 1.1,
    ratio_lo: 1.05,
    ratio_hi: 1.15,
    sd: 0.03,
    runs: 8,
  }
  const fitted = estimateFactors(catalogue, estimation, [{ ...fit, tier: 'T2' }])
  const of = (chip: string, tier: FactorTier) =>
    fitted.find(row => row.chip === chip && row.tier === tier && row.precision === '')

  test('the fit scales its chip and tier and takes the place of their spread', () => {
    const { mid = 0, hi = 0 } = of(A100, 'T2') ?? {}
    near(mid, 1.1 * 0.93 * 312e12)
    near(hi / mid, 10 ** (1.645 * 0.03))
  })

  test('no other chip or tier moves, the unknown chip least of all', () => {
    const moved = fitted.filter((row, index) => row.mid !== factors[index]?.mid)
    expect(new Set(moved.map(({ chip, tier }) => `${chip} ${tier}`))).toEqual(
      new Set([`${A100} T2`]),
    )
  })

  test('fits of chips that do not exist, or twice the same, are faults', () => {
    const bad = { ...fit, tier: 'T2' as const, ratio: 2 }
    expect(
      calibrationFaults({ fits: [bad, bad, { ...bad, chip: 'x' }], source: null }, catalogue),
    ).toEqual([
      'fits name x, which is no chip of the catalogue',
      `${A100} T2 is fitted twice`,
      `${A100} T2: the ratio lies outside its own interval`,
      `${A100} T2: the ratio lies outside its own interval`,
      'x T2: the ratio lies outside its own interval',
      'source: fits must say what they rest on',
    ])
  })
})

describe('published runs: chip-hours × 3600 × T5 × the model’s share against what was published', () => {
  test.each([
    // hours, operations, hand-worked ratio; 1.2409e14 × .88 is the published share of .35 again
    ['BLOOM-176B', A100, 1_082_990, 3.87e23, 1.1], // × 3600 × 1.092e14 = 4.257e23
    ['Llama 2 70B', A100, 1_720_320, 8.4e23, 0.805], // 6.763e23
    ['Gopher 280B', 'google-tpu-v3', 3_768_320, 6.31e23, 0.926], // × 3600 × 4.305e13 = 5.840e23
    ['PaLM 540B', 'google-tpu-v4', 8_404_992, 2.5272e24, 1.152], // × 3600 × 9.625e13 = 2.912e24
    ['nekomata-14b', 'aws-trainium1', 43_008, 5.62e21, 1.832], // × 3600 × 6.65e13 = 1.030e22
  ])('%s', (_, chip, hours, published, ratio) => {
    const { lo, mid, hi } = factorOf(chip, 'T5')
    const model_s = hours * 3600 * factorOf(chip, 'model').mid
    near((model_s * mid) / published, ratio)
    expect(model_s * lo).toBeLessThan(published)
    expect(model_s * hi).toBeGreaterThan(published)
  })
})

describe('chips that cannot be counted with', () => {
  const known = factors.filter(row => row.tier === 'T5' && row.precision === '')

  test('an unknown chip: lo 0, mid of the stand-in, hi of the highest countable chip', () => {
    const { lo, mid, hi } = factorOf(UNKNOWN_CHIP, 'T5')
    expect(lo).toBe(0)
    expect(mid).toBe(factorOf(H100, 'T5').mid)
    // GB200, GB300 and MI355X, half of their work in FP8
    expect(hi).toBe(factorOf('nvidia-gb200', 'T5').hi)
  })

  test('what a device counted itself needs no catalogue', () => {
    const { chip: _, ...unknown } = factorOf(UNKNOWN_CHIP, 'measured')
    const { chip: __, ...of } = factorOf(H100, 'measured')
    expect(unknown).toEqual(of)
  })

  test('an unverified peak never enters mid; its claim only raises hi', () => {
    const wafer = factorOf('cerebras-wse-3', 'T5')
    expect([wafer.lo, wafer.mid]).toEqual([0, factorOf(H100, 'T5').mid])
    near(wafer.hi, (0.35 / 0.88) * 125_000e12 * 1.8463)
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
    fc.property(sd, sd, fc.double({ min: 0, max: 0.85, noNaN: true }), (first, second, share) => {
      const [narrow, wide] = [withPriors(first, share), withPriors(first + second, share)]
      const wider = estimateFactors(catalogue, wide)
      estimateFactors(catalogue, narrow).forEach((row, index) => {
        const other = wider[index] ?? row
        expect(row.lo).toBeLessThanOrEqual(row.mid)
        expect(row.mid).toBeLessThanOrEqual(row.hi)
        // quantiles are found by halving, to about 1e-10
        expect(other.lo).toBeLessThanOrEqual(row.lo * (1 + 1e-9))
        expect(other.hi).toBeGreaterThanOrEqual(row.hi * (1 - 1e-9))
      })
    }),
    { numRuns: 10 },
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
