import { expect, test } from 'vitest'
import {
  bounds,
  compute,
  count,
  deviceHours,
  duration,
  energy,
  exact,
  moment,
  percent,
  untilDue,
} from '../../../src/console/format.ts'
import { at } from '../../support/case-world.ts'

test('operations have two digits', () => {
  expect([0, 1e26, 1.26e26, 9.96e25].map(compute)).toEqual(['0', '1.0e26', '1.3e26', '1.0e26'])
  expect([1e26, 3 * 2e25, 0.25, 300].map(exact)).toEqual(['1e26', '6e25', '0.25', '300'])
  expect(bounds({ lo: 9.2e25, mid: 1e26, hi: 2e26 })).toBe('9.2e25 – 2.0e26')
  expect(bounds({ lo: 1, mid: 1, hi: 1 })).toBe('exact')
})

test('numbers have their unit', () => {
  expect(deviceHours(3600 * 12_345)).toBe('12,345 device-h')
  expect(count(0.12345)).toBe('0.123')
  expect([0.05, 0.00001, 0, 1].map(percent)).toEqual(['5 %', '< 0.1 %', '0 %', '100 %'])
  // 1 GWh = 3.6e12 J
  expect([7.2e12, 3.6e9, 3.6e6, 5, 0].map(energy)).toEqual([
    '2 GWh',
    '1 MWh',
    '1 kWh',
    '5 J',
    'not measured',
  ])
  expect([90_000, 3 * 3_600_000, 3 * 86_400_000].map(duration)).toEqual([
    '1.5 min',
    '3 h',
    '3 days',
  ])
})

test('times show seconds only where there are any', () => {
  expect(moment(at('2026-01-31T05:00:00Z'))).toBe('2026-01-31 05:00 UTC')
  expect(moment(at('2026-01-31T05:00:07Z'))).toBe('2026-01-31 05:00:07 UTC')
})

test('a deadline is told from today', () => {
  const now = at('2026-03-05T12:00:00Z')
  const due = (text: string) => untilDue(at(text), now)
  expect(due('2026-03-05T23:59:59Z')).toBe('within a day')
  expect(due('2026-03-06T23:59:59Z')).toBe('in 1 day')
  expect(due('2026-03-17T23:59:59Z')).toBe('in 12 days')
  expect(due('2026-03-05T11:59:59Z')).toBe('overdue by a day')
  expect(due('2026-02-28T23:59:59Z')).toBe('overdue by 5 days')
})
