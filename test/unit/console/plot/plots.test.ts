import { describe, expect, test } from 'vitest'
import { toText } from '../../../../src/console/html.ts'
import { cumulate, cumulativePlot } from '../../../../src/console/plot/cumulative.ts'
import { intervalRow, intervalScale } from '../../../../src/console/plot/interval-bar.ts'
import { decades, linearScale, logScale, roundTicks } from '../../../../src/console/plot/scale.ts'
import { timeTicks } from '../../../../src/console/plot/time-axis.ts'
import { packLanes } from '../../../../src/console/plot/timeline.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/domain/window.ts'
import { at } from '../../../support/case-world.ts'

describe('scales', () => {
  test('place values, and cut what lies outside', () => {
    const x = linearScale(0, 10, 100, 200)
    expect([0, 5, 10, -3, 99].map(x)).toEqual([100, 150, 200, 100, 200])
    const log = logScale(1e20, 1e26, 0, 60)
    expect([1e20, 1e23, 1e26, 0].map(log)).toEqual([0, 30, 60, 0])
    expect(linearScale(5, 5, 0, 10)(5)).toBe(0)
  })

  test('ticks are round', () => {
    expect(decades(3e20, 2e24)).toEqual([1e21, 1e22, 1e23, 1e24])
    expect(roundTicks(9.3, 5)).toEqual([0, 2, 4, 6, 8])
    expect(roundTicks(0)).toEqual([0])
    const days = timeTicks({ start: at('2026-01-01'), end: at('2026-01-04') }, 8)
    expect(days.map(tick => tick.label)).toEqual([
      '01-01 00:00',
      '01-01 12:00',
      '01-02 00:00',
      '01-02 12:00',
      '01-03 00:00',
      '01-03 12:00',
    ])
  })
})

test('operations add up over time, evenly within a stretch, and where stretches overlap', () => {
  const one = { lo: 1, mid: 2, hi: 4 }
  const points = cumulate([
    { start: 0, end: 10, operations: one },
    { start: 5, end: 15, operations: one },
  ])
  // At 5 half of the first; at 10 all of it and half of the second.
  expect(points.map(({ at: time, total }) => [time, total.lo, total.mid, total.hi])).toEqual([
    [0, 0, 0, 0],
    [5, 0.5, 1, 2],
    [10, 1.5, 3, 6],
    [15, 2, 4, 8],
  ])
})

test('a threshold far above the curve is told in words, a near one is drawn', () => {
  const points = cumulate([
    { start: 0, end: DAY_MS, operations: { lo: 1e22, mid: 2e22, hi: 4e22 } },
  ])
  const window = { start: 0, end: DAY_MS }
  const far = toText(cumulativePlot(points, window, 1e26))
  // 1e26 / 4e22 = 2,500
  expect(far).toContain('2,500 times the upper estimate')
  expect(far).not.toContain('class="threshold"')
  const near = toText(cumulativePlot(points, window, 1e23))
  expect(near).toContain('class="threshold"')
  expect(toText(cumulativePlot([], window, null))).toContain('<svg')
})

test('a bar reaches from lo to hi, with its mark at mid', () => {
  const bar = { measured: { lo: 1e24, mid: 1e25, hi: 1e26 }, potential: null }
  const x = intervalScale([bar], 1e26)
  const drawn = toText(intervalRow(bar, x, 1e26, 'someone'))
  expect(drawn).toContain(`x="${x(1e24)}"`)
  expect(drawn).toContain(`x1="${x(1e25)}"`)
  expect(x(1e26)).toBeLessThan(460)
})

test('runs that overlap lie side by side; beyond the last lane they share it', () => {
  const run = (start: number, end: number) => ({ start: start * HOUR_MS, end: end * HOUR_MS })
  expect(packLanes([run(0, 2), run(1, 3), run(2, 4)]).map(lane => lane.length)).toEqual([2, 1])
  const crowd = Array.from({ length: 30 }, () => run(0, 1))
  const lanes = packLanes(crowd)
  expect(lanes).toHaveLength(12)
  expect(lanes.flat()).toHaveLength(30)
})
