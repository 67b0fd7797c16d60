import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, toSqlTime } from '../../../../src/domain/window.ts'
import {
  at,
  HOUR,
  type MeterBench,
  mark,
  openMeterBench,
  sample,
} from '../../../support/meter-bench.ts'

/** Which hours are rebuilt, when they are ticked off, and what a rebuild removes. */

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench({
    tenants: 'select tenant_id, covered_s from device_hours final order by tenant_id, hour',
    rows: 'select count() as n from device_hours where is_deleted = 1',
    marks: 'select state, count() as n from hour_marks final group by state order by state',
  })
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

const UNTIL = HOUR + 100 * HOUR_MS

async function dirtyHours(): Promise<number[]> {
  const metered = await bench.meter.rebuild(UNTIL)
  return metered.marks.hours.map(hour => (hour - HOUR) / HOUR_MS)
}

describe('marks', () => {
  test('a pass leaves nothing dirty behind, and says whom it touched', async () => {
    await bench.send(sample('d', at(10), 60, { tensor_active: 0.5 }))
    const metered = await bench.meter.rebuild(UNTIL)
    expect(metered.tenants).toEqual(new Map([['acme', HOUR]]))
    expect(metered.resume).toBeNull()
    await bench.meter.settle(metered)
    expect(await dirtyHours()).toEqual([])
  })

  test('hours at or after the horizon wait', async () => {
    await bench.send(sample('d', at(190), 60, { tensor_active: 0.5 }))
    await bench.rebuild(HOUR + 3 * HOUR_MS)
    // the sample's hour is 3, its marks 2, 3 and 4; only 2 lies before the horizon
    expect(await dirtyHours()).toEqual([3, 4])
  })

  test('a mark that is open during a pass stays dirty, even if stored before the pass ends', async () => {
    const row = sample('d', at(10), 60, { tensor_active: 0.5 })
    await bench.store.append('hour_marks', [mark(HOUR, 'slow', 0)])
    const early = await bench.meter.rebuild(UNTIL)
    expect(early.tenants.size).toBe(0)
    await bench.store.append('samples', [row])
    await bench.store.append('hour_marks', [mark(HOUR, 'slow', 1)])
    await bench.meter.settle(early)
    expect(await dirtyHours()).toEqual([0])
    await bench.rebuild(UNTIL)
    expect(await bench.probe('tenants')).toEqual([{ tenant_id: 'acme', covered_s: 60 }])
    expect(await dirtyHours()).toEqual([])
  })

  test('rows whose writer died are metered all the same; its mark goes once it is surely gone', async () => {
    await bench.store.append('hour_marks', [mark(HOUR, 'dead', 0, HOUR)])
    await bench.store.append('samples', [sample('d', at(10), 60, { tensor_active: 0.5 })])
    bench.clock.set(HOUR + 30 * MINUTE_MS)
    await bench.rebuild(UNTIL)
    expect(await bench.probe('tenants')).toEqual([{ tenant_id: 'acme', covered_s: 60 }])
    expect(await dirtyHours()).toEqual([0])
    bench.clock.set(HOUR + 61 * MINUTE_MS)
    await bench.rebuild(UNTIL)
    expect(await dirtyHours()).toEqual([])
  })

  test('more hours than one pass takes are taken by the next, open ones included', async () => {
    const hours = Array.from({ length: 4001 }, (_, index) => HOUR + index * HOUR_MS)
    await bench.store.append(
      'hour_marks',
      hours.map(hour => mark(hour, 'wide', 0)),
    )
    const far = HOUR + 9000 * HOUR_MS
    const first = await bench.meter.rebuild(far)
    expect(first.marks.hours).toHaveLength(4000)
    expect(first.resume).toBe(HOUR + 4000 * HOUR_MS)
    const second = await bench.meter.rebuild(far, first.resume ?? 0)
    expect(second.marks.hours).toEqual([HOUR + 4000 * HOUR_MS])
    expect(second.resume).toBeNull()
  })
})

describe('a rebuild', () => {
  test('buries what a correction moves to another tenant', async () => {
    const wrong = sample('d', at(10), 60, { tensor_active: 0.5, tenant_id: 'wrong' })
    const right = sample('d', at(10), 60, { tensor_active: 0.5, tenant_id: 'right', revision: 1 })
    await bench.send(wrong)
    await bench.rebuild()
    await bench.send(right)
    await bench.rebuild()
    expect(await bench.probe('tenants')).toEqual([{ tenant_id: 'right', covered_s: 60 }])
    // the older revision again changes nothing
    await bench.send(wrong)
    await bench.rebuild()
    expect(await bench.probe('tenants')).toEqual([{ tenant_id: 'right', covered_s: 60 }])
  })

  test('takes a late sample in as if it had never been late', async () => {
    const samples = [10, 11, 12].map(minute => sample('d', at(minute), 90, { tensor_active: 0.5 }))
    const [first, second, third] = samples
    if (!first || !second || !third) throw new Error('three samples')
    await bench.send(first, third)
    await bench.rebuild()
    // 05:08:30 to 05:10 and 05:10:30 to 05:12
    expect(await bench.probe('tenants')).toEqual([{ tenant_id: 'acme', covered_s: 180 }])
    await bench.send(second)
    await bench.rebuild()
    expect(await bench.probe('tenants')).toEqual([{ tenant_id: 'acme', covered_s: 210 }])
  })

  test('of an hour that came out the same leaves no tombstones', async () => {
    await bench.send(sample('d', at(10), 60, { tensor_active: 0.5 }))
    for (const _ of [1, 2]) {
      await bench.store.append('hour_marks', [mark(HOUR, `again-${_}`, 1)])
      await bench.rebuild()
    }
    expect(await bench.probe('rows')).toEqual([{ n: '0' }])
    expect(toSqlTime(HOUR)).toBe('2026-01-01 05:00:00.000')
  })
})
