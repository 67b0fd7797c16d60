import { describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../../src/domain/window.ts'
import { type Faults, NO_FAULTS } from '../../../src/simulate/faults.ts'
import { simulate } from '../../../src/simulate/simulate.ts'
import { type Line, samplesOf, UNTIL } from './support.ts'

const OPTIONS = { seed: 9, until: UNTIL, days: 0.125 }
const clean = [...samplesOf(simulate('small', OPTIONS))]

function faulty(faults: Partial<Faults>): Line[] {
  return [...samplesOf(simulate('small', { ...OPTIONS, faults: { ...NO_FAULTS, ...faults } }))]
}

const key = (line: Line): string => `${line.device_id} ${line.time}`

describe('faults on the way', () => {
  // 32 devices x 1,080 intervals; shares are met to within 1 % of all samples.
  test('drop about the share that was asked for, and change nothing else', () => {
    const kept = faulty({ drop_share: 0.1 })
    expect(clean).toHaveLength(34_560)
    expect(Math.abs(kept.length / clean.length - 0.9)).toBeLessThan(0.01)
    const known = new Map(clean.map(line => [key(line), line]))
    for (const line of kept) expect(line).toEqual(known.get(key(line)))
  })

  test('double about the share that was asked for, word for word', () => {
    const sent = faulty({ duplicate_share: 0.2 })
    expect(Math.abs(sent.length / clean.length - 1.2)).toBeLessThan(0.01)
    expect(new Set(sent.map(line => JSON.stringify(line))).size).toBe(clean.length)
  })

  test('shuffle without losing or inventing anything', () => {
    const shuffled = faulty({ reorder_span: 500 })
    expect(shuffled).not.toEqual(clean)
    expect(shuffled.map(key).sort()).toEqual(clean.map(key).sort())
  })
})

describe('faults at the meter', () => {
  test('leave a gap on the devices concerned', () => {
    const start = UNTIL - 2 * HOUR_MS
    const gap = { start, end: start + HOUR_MS, devices_share: 1 }
    // One hour of three is 360 of 1,080 intervals.
    expect(faulty({ gap })).toHaveLength((34_560 * 720) / 1080)
    expect(faulty({ gap: { ...gap, devices_share: 0 } })).toEqual(clean)
  })

  test('set clocks off for good, on some devices only', () => {
    const skewed = faulty({ skew: { devices_share: 0.5, offset_s: 240 } })
    const truths = new Set(clean.map(key))
    const off = new Set(skewed.filter(line => !truths.has(key(line))).map(line => line.device_id))
    expect(off.size).toBeGreaterThan(0)
    expect(off.size).toBeLessThan(32)
  })

  test('start counters again from zero, once, with true steps on both sides', () => {
    const at = UNTIL - HOUR_MS
    const falls = new Map<string, number>()
    const last = new Map<string, Line>()
    for (const line of faulty({ reset: { devices_share: 1, at } })) {
      const before = last.get(line.device_id)
      last.set(line.device_id, line)
      if (before === undefined) continue
      const step = line.energy_total_j - before.energy_total_j
      if (step < 0) {
        falls.set(line.device_id, (falls.get(line.device_id) ?? 0) + 1)
        expect(line.energy_total_j).toBe(line.power_w * line.interval_s)
      } else {
        expect(step).toBe(line.power_w * line.interval_s)
      }
    }
    expect(falls.size).toBe(32)
    expect([...falls.values()].every(count => count === 1)).toBe(true)
  })
})
