import { describe, expect, test } from 'vitest'
import { barText, reaches } from '../../../src/domain/evaluation.ts'
import { median, quantile, runFigure, shareFigure, wilson } from '../../../src/evaluate/figure.ts'
import { createRandom } from '../../../src/simulate/random.ts'

describe('Wilson interval', () => {
  test('90 of 100 lies between 0.826 and 0.945, as tables have it', () => {
    const { lo, hi } = wilson(90, 100) ?? { lo: 0, hi: 0 }
    expect([lo, hi]).toEqual([expect.closeTo(0.8256, 4), expect.closeTo(0.9448, 4)])
  })

  test('none of 60 bounds the share at 6 %: zero misses prove no perfection', () => {
    // z² / (n + z²) = 3.8415 / 63.8415
    expect(wilson(0, 60)?.hi).toBeCloseTo(0.0602, 4)
    expect(wilson(0, 60)?.lo).toBe(0)
  })

  test('nothing looked at is no share', () => {
    expect(wilson(0, 0)).toBeNull()
    expect(shareFigure('x', 0, 0, { kind: 'at_least', value: 0.9 }).met).toBeNull()
  })
})

test('quantiles interpolate: of 1, 2, 3, 4 the median is 2.5 and P90 is 3.7', () => {
  expect(median([1, 2, 3, 4])).toBe(2.5)
  expect(quantile([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12)
})

test('a bootstrap holds its statistic, and the same seed gives the same interval', () => {
  const values = Array.from({ length: 50 }, (_, index) => index)
  const once = runFigure('x', 'dex', values, median, createRandom(1, 'b'))
  const again = runFigure('x', 'dex', values, median, createRandom(1, 'b'))
  expect(once).toEqual(again)
  expect(once.value).toBe(24.5)
  expect(once.uncertainty?.lo).toBeLessThan(24.5)
  expect(once.uncertainty?.hi).toBeGreaterThan(24.5)
})

test('a bar includes its ends', () => {
  const band = { kind: 'within', lo: 0.87, hi: 0.93 } as const
  expect([0.869, 0.87, 0.93, 0.931].map(value => reaches(value, band))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(barText(band)).toBe('0.87–0.93')
})
