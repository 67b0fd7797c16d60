import { describe, expect, test } from 'vitest'
import { fitRatios, type LabelledRatio } from '../../../src/domain/calibration-fit.ts'

const runs = (ratios: readonly number[], chip = 'alpha'): LabelledRatio[] =>
  ratios.map((ratio, index) => ({ run: `r${index}`, chip, tier: 'T2', ratio }))

describe('a fit', () => {
  test('is the median of the ratios: one wrong label of ten times does not move it', () => {
    const { fits } = fitRatios(runs([1.1, 1.1, 1.1, 1.1, 11]))
    expect(fits).toMatchObject([{ chip: 'alpha', tier: 'T2', ratio: 1.1, runs: 5 }])
  })

  test('equal runs leave the floor of the spread and no residual', () => {
    const { fits, residuals } = fitRatios(runs([1.2, 1.2, 1.2]))
    expect(fits).toMatchObject([{ ratio: 1.2, ratio_lo: 1.2, ratio_hi: 1.2, sd: 0.02 }])
    expect(residuals.every(({ residual }) => Math.abs(residual ?? 1) < 1e-9)).toBe(true)
  })

  test('three runs widen their spread by Student’s t of two degrees: 2.92 / 1.645', () => {
    // log10: −.1, 0, .1; sd √(.02 / 2) = .1; × √(4/3) × 1.775 = .205, within 2 % of t
    const [fit] = fitRatios(runs([10 ** -0.1, 1, 10 ** 0.1])).fits
    expect((fit?.sd ?? 0) / 0.205).toBeGreaterThan(0.97)
    expect((fit?.sd ?? 0) / 0.205).toBeLessThan(1.03)
  })

  test('of ten runs the 2nd and 9th hold the median with 97.9 %, the 3rd and 8th with 89.1 % do not', () => {
    const logs = [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09]
    const [fit] = fitRatios(runs(logs.map(log => 10 ** log))).fits
    expect(Math.log10(fit?.ratio_lo ?? 0)).toBeCloseTo(0.01, 5)
    expect(Math.log10(fit?.ratio_hi ?? 0)).toBeCloseTo(0.08, 5)
  })

  test('two runs are no fit, and chips do not mix', () => {
    const { fits, residuals } = fitRatios([...runs([1, 1]), ...runs([2, 2, 2], 'beta')])
    expect(fits.map(({ chip }) => chip)).toEqual(['beta'])
    expect(residuals[0]?.residual).toBeNull()
  })
})
