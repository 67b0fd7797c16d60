import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/window.ts'
import { createInterruptions } from '../../../src/simulate/interruptions.ts'
import { createRandom } from '../../../src/simulate/random.ts'
import { simulate } from '../../../src/simulate/simulate.ts'
import { demandAt } from '../../../src/simulate/workloads/serving.ts'
import { samplesOf, UNTIL } from './support.ts'

describe('randomness', () => {
  test('comes in streams that know nothing of one another', () => {
    const draw = (seed: number, label: string) => {
      const random = createRandom(seed, label)
      return Array.from({ length: 5 }, () => random.between(0, 1))
    }
    expect(draw(1, 'a')).toEqual(draw(1, 'a'))
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'))
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'))
  })

  test('has the means it should, over 20,000 draws', () => {
    const random = createRandom(4, 'means')
    const mean = (draw: () => number) =>
      Array.from({ length: 20_000 }, draw).reduce((sum, value) => sum + value, 0) / 20_000
    // Four standard errors: 1/sqrt(12 * 20000) = 0.002 for uniform, 1/sqrt(20000) = 0.007.
    expect(Math.abs(mean(() => random.between(0, 1)) - 0.5)).toBeLessThan(0.0082)
    expect(Math.abs(mean(() => random.exponential(1)) - 1)).toBeLessThan(0.0283)
    expect(Math.abs(mean(() => (random.chance(0.3) ? 1 : 0)) - 0.3)).toBeLessThan(0.013)
  })
})

describe('interruptions', () => {
  test('come at the published rate and leave over 90 % effective time', () => {
    // 54 days on 16,384 devices: one per 2.8 hours and the time lost, some 430 to 466.
    const shares = [1, 2, 3, 4, 5].map(seed => {
      const interruptions = createInterruptions(createRandom(seed, 'pace'), 16_384, 0)
      let lost_ms = 0
      let begun = 0
      for (let at = 0; at < 54 * DAY_MS; at += MINUTE_MS) {
        const minute = interruptions.advance(at, at + MINUTE_MS)
        lost_ms += minute.lost_share * MINUTE_MS
        begun = minute.begun
      }
      return { begun, effective: 1 - lost_ms / (54 * DAY_MS) }
    })
    for (const { begun, effective } of shares) {
      expect(begun).toBeGreaterThan(370)
      expect(begun).toBeLessThan(510)
      expect(effective).toBeGreaterThan(0.9)
    }
  })

  test('lose the same time at any resolution', () => {
    const lost = (step_ms: number) => {
      const interruptions = createInterruptions(createRandom(6, 'pace'), 16_384, 0)
      let lost_ms = 0
      for (let at = 0; at < 10 * DAY_MS; at += step_ms) {
        lost_ms += interruptions.advance(at, at + step_ms).lost_share * step_ms
      }
      return lost_ms
    }
    expect(lost(HOUR_MS)).toBeCloseTo(lost(10_000), 3)
  })

  test('stop all four parts of a split run in the same hours', () => {
    const hours = new Map<string, Map<string, number[]>>()
    for (const line of samplesOf(simulate('split-four', { seed: 2, until: UNTIL, days: 20 }))) {
      // During the warm-up most racks wait; a quarter of 54 and of 60 is not quite the same.
      if (line.tensor_active === 0) continue
      const hour = hours.get(line.time) ?? new Map<string, number[]>()
      const levels = hour.get(line.tenant_id ?? '') ?? []
      levels.push(line.tensor_active)
      hours.set(line.time, hour.set(line.tenant_id ?? '', levels))
    }
    const means = [...hours.values()].map(hour => [...hour.values()].map(average))
    expect(means.filter(([first = 0]) => first > 0 && first < 0.42).length).toBeGreaterThan(50)
    // A rack spreads by 0.0042 (0.49 x 1.5 % / sqrt 3), the difference of two means of 14 racks by
    // 0.0016; a stall that the others lack would show as 0.05 and more.
    for (const [first = 0, ...others] of means) {
      for (const other of others) expect(Math.abs(other - first)).toBeLessThan(0.01)
    }
  })
})

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

describe('a training run', () => {
  test('changes its job id with every restart and writes checkpoints of one size', () => {
    const lines = [...samplesOf(simulate('foreign-shell', { seed: 1, until: UNTIL }))]
    const jobs = new Set(lines.map(line => line.workload_id ?? ''))
    expect(jobs.size).toBeGreaterThan(300)
    const rack = lines.filter(line => line.node_id === 'oh1-lk-000')
    const writes = rack.map(line => line.storage_write_bytes ?? 0).filter(bytes => bytes > 0)
    // 900e9 parameters x 14 bytes / 240 racks, at most one checkpoint an hour
    expect(new Set(writes)).toEqual(new Set([(900e9 * 14) / 240]))
  })

  test('moves as one: racks differ by less than 2 % within an hour', () => {
    const hour = [...samplesOf(simulate('domestic-trainer', { seed: 1, until: UNTIL, days: 20 }))]
      .filter(({ time }) => time === '2026-10-20T12:00:00.000Z')
      .map(({ tensor_active }) => tensor_active)
    expect(hour).toHaveLength(192)
    const middle = hour.reduce((sum, value) => sum + value, 0) / hour.length
    for (const value of hour) expect(Math.abs(value / middle - 1)).toBeLessThan(0.02)
  })
})

describe('serving', () => {
  const options = {
    service: 's',
    tensor_active_min: 0.02,
    tensor_active_max: 0.14,
    peak_hour: 19,
  }

  test('follows the day and rests at the weekend', () => {
    // 28 October 2026 is a Wednesday, 31 October a Saturday.
    const wednesday = UNTIL - 3 * DAY_MS
    expect(demandAt(options, wednesday + 19 * HOUR_MS)).toBeCloseTo(1, 9)
    expect(demandAt(options, wednesday + 7 * HOUR_MS)).toBeCloseTo(0, 9)
    expect(demandAt(options, UNTIL + 19 * HOUR_MS)).toBeCloseTo(0.8, 9)
  })

  test('is never idle', () => {
    const lines = [...samplesOf(simulate('inference', { seed: 1, until: UNTIL, days: 7 }))]
    expect(lines.every(({ tensor_active }) => tensor_active > 0 && tensor_active < 0.2)).toBe(true)
  })
})
