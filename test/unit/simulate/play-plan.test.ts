import { expect, test } from 'vitest'
import { playPlan } from '../../../src/simulate/play/plan.ts'
import { planFile } from '../../../src/simulate/play/plan-file.ts'

const UNTIL = Date.UTC(2026, 0, 2)
const linesOf = (plan: object, seed = 1) => {
  const { streams, truth } = playPlan(planFile.parse(plan), seed, UNTIL)
  const samples: { time: string; device_id: string; tensor_active: number }[] = []
  for (const line of streams[0]?.lines ?? []) samples.push(JSON.parse(line))
  return { samples, truth, expected: streams[0]?.expected ?? 0 }
}
/** A service of 16 nodes never stops for a day: 16 × 144 samples of ten minutes. */
const service = { interval_s: 600, days: 1, tenants: [{ kind: 'serving', devices: 128 }] }

test('a tenant has the devices that the plan says, each meter a sample per interval, in order', () => {
  const { samples, truth, expected } = linesOf(service)
  expect(samples).toHaveLength(16 * 144)
  expect(expected).toBe(16 * 144)
  expect(truth.runs).toMatchObject([{ kind: 'serving', hide: null, devices: 128 }])
  const times = samples.map(({ time }) => time)
  expect(times).toEqual([...times].sort())
})

test('the same seed gives the same bytes, another one another cloud', () => {
  expect(linesOf(service)).toEqual(linesOf(service))
  expect(linesOf(service, 2).samples).not.toEqual(linesOf(service).samples)
})

test('a tenth is lost, a tenth is doubled, a quarter of the day is silent for everybody', () => {
  const n = 16 * 144
  const lost = linesOf({ ...service, faults: { drop_share: 0.1 } }).samples.length
  expect(Math.abs(lost - 0.9 * n)).toBeLessThan(4 * Math.sqrt(n * 0.09))
  const doubled = linesOf({ ...service, faults: { duplicate_share: 0.1 } }).samples.length
  expect(Math.abs(doubled - 1.1 * n)).toBeLessThan(4 * Math.sqrt(n * 0.09))
  // samples that end at 00:00 of the next day count as hour 0
  const faults = { gap_share: 1, gap_hours: [6, 12] }
  expect(linesOf({ ...service, faults }).samples).toHaveLength(0.75 * n)
})

test('silent zeros read zero on the devices concerned, and never anywhere else', () => {
  const { samples } = linesOf({ ...service, faults: { silent_zero_share: 0.5 } })
  const byDevice = Map.groupBy(samples, sample => sample.device_id)
  const silent = [...byDevice.values()].map(own => own.every(one => one.tensor_active === 0))
  expect(new Set(silent)).toEqual(new Set([true, false]))
})

test('hiding changes how a run looks and not what it executes', () => {
  const run = { kind: 'frontier', devices: 64 }
  const plan = (hide?: string) => ({ interval_s: 600, days: 4, tenants: [{ ...run, hide }] })
  const open = linesOf(plan())
  const halved = linesOf(plan('understated'))
  const total = (samples: typeof open.samples) =>
    samples.reduce((sum, { tensor_active }) => sum + tensor_active, 0)
  expect(total(halved.samples) / total(open.samples)).toBeCloseTo(0.5, 3)
  expect(halved.truth.runs.map(one => one.operations)).toEqual(
    open.truth.runs.map(one => one.operations),
  )
  expect(linesOf(plan('split-linked')).truth.runs[0]?.tenants).toHaveLength(4)
})

test('a tenant that computes nothing in the window ends the stream all the same', () => {
  const { samples } = linesOf({ days: 0.05, tenants: [{ kind: 'batch-embedding' }] })
  expect(samples).toEqual([])
})
