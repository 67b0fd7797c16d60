import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TickBound } from '../../../../src/domain/tick-choice.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../../../../src/domain/window.ts'
import type { Row } from '../../../../src/ports/store.ts'
import { type Agenda, createAgenda } from '../../../../src/stages/meter/agenda.ts'
import {
  at,
  HOUR,
  type MeterBench,
  mark,
  markOf,
  observed,
  openMeterBench,
  sample,
} from '../../../support/meter-bench.ts'

/** Turns of tenants with more devices than a tick should take up: a slice of the devices in each. */

const UNTIL = HOUR + 100 * HOUR_MS
const BOUND: TickBound = { devices_max: 5, near_share: 0.02, limits: [] }

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench({
    devices: 'select tenant_id, device_id, covered_s from device_hours final order by all',
    usage: 'select tenant_id, devices from usage_hours final order by all',
    open: 'select distinct batch_id from hour_marks final where state < 2 order by all',
  })
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.reset()
  bench.clock.set(HOUR)
})

const observe = (tenant_id: string, devices: number): Promise<void> =>
  bench.store.append('observed_hours', [observed(tenant_id, devices)])

/** Stores a mark over tenants, with the devices of each. */
async function give(
  batch_id: string,
  tenants: Readonly<Record<string, number>>,
  { hour = HOUR, state = 1 }: { hour?: Instant; state?: number } = {},
): Promise<void> {
  await bench.store.append('hour_marks', [markOf(tenants, mark(hour, batch_id, state))])
}

describe('turns', () => {
  let agenda: Agenda
  beforeEach(async () => {
    agenda = createAgenda(bench)
    await observe('ann', 10)
    await observe('bob', 2)
  })

  const next = (bound = BOUND, until = UNTIL) => agenda.next(until, 0, bound)
  async function take(bound = BOUND, until = UNTIL) {
    const task = await next(bound, until)
    agenda.finish(task)
    return task
  }

  const slice = (at: number, count = 2) => ({ tenant_id: 'ann', slice: at, count })

  test('marks are answered for after the last slice, and others wait until then', async () => {
    await give('one', { ann: 10, bob: 2 })
    const first = await take()
    expect(first).toMatchObject({ shares: [slice(0)], tenants: [], waiting: 2 })
    expect(first.marks.batches).toEqual([])
    expect(await take()).toMatchObject({ shares: [slice(1)], tenants: ['ann'], waiting: 1 })
    expect(await take()).toMatchObject({
      tenants: ['bob'],
      waiting: 0,
      marks: { batches: ['one'] },
    })
  })

  test('what is stored once the first slice began is left to the next turn', async () => {
    await give('one', { ann: 10 })
    await take()
    await give('two', { ann: 1 })
    await give('elsewhere', { ann: 1 }, { hour: HOUR + HOUR_MS })
    const second = await take()
    expect(second).toMatchObject({ shares: [slice(1)], tenants: ['ann'], waiting: 1 })
    expect(second.changed.map(({ hour }) => hour)).toEqual([HOUR])
    expect(second.marks.batches).toEqual(['one'])
    const third = await take()
    // 10 devices in each of two hours
    expect(third).toMatchObject({ shares: [slice(0, 4)], tenants: [], waiting: 1 })
    expect(third.changed.map(({ hour }) => hour)).toEqual([HOUR, HOUR + HOUR_MS])
  })

  test('a mark that was open when the first slice began is not answered for by the turn', async () => {
    await give('one', { ann: 10 })
    await give('slow', { ann: 10 }, { state: 0 })
    bench.clock.set(HOUR + MINUTE_MS)
    await take()
    await give('slow', { ann: 10 })
    expect((await take()).marks.batches).toEqual(['one'])
    expect(await next()).toMatchObject({ shares: [slice(0)] })
  })

  test('a mark that one of the slices did not see is left to the next turn', async () => {
    await give('one', { ann: 10 })
    await give('later', { ann: 10 }, { hour: HOUR + HOUR_MS })
    const count = 4
    expect((await take()).shares).toEqual([slice(0, count)])
    // a tick that looks less far
    expect((await take(BOUND, HOUR + HOUR_MS)).changed).toMatchObject([{ hour: HOUR }])
    expect((await take()).changed).toMatchObject([{ hour: HOUR }])
    expect(await take()).toMatchObject({ shares: [slice(3, count)], marks: { batches: ['one'] } })
    expect((await take()).changed).toMatchObject([{ hour: HOUR + HOUR_MS }])
  })

  test('the number of slices stays as the fleet grows', async () => {
    await give('one', { ann: 10 })
    await take()
    bench.clock.set(HOUR + 2 * MINUTE_MS)
    await observe('ann', 1000)
    expect((await take()).shares).toEqual([slice(1)])
    await give('two', { ann: 10 })
    expect((await take()).shares).toEqual([slice(0, 200)])
  })

  test('after a slice that came to no end, or a restart, the turn begins again', async () => {
    await give('one', { ann: 10 })
    await take()
    expect((await next()).shares).toEqual([slice(1)])
    // what the failed tick marked as well is seen to from the first slice on
    await give('wider', { ann: 0 })
    expect((await take()).shares).toEqual([slice(0)])
    agenda = createAgenda(bench)
    expect((await take()).shares).toEqual([slice(0)])
    expect((await take()).marks.batches).toEqual(['one', 'wider'])
  })

  test('who comes near a limit amid its slices is taken up whole, with all that is new', async () => {
    await give('one', { ann: 10 })
    await take()
    await give('two', { ann: 1 })
    await bench.store.append('outcomes', [
      {
        detector_id: 'd',
        subject_kind: 'tenant',
        subject_id: 'ann',
        evaluated_at: '2026-01-01 05:00:00.000',
        kind: 'clear',
        measured_hi: 99,
      },
    ])
    bench.clock.set(HOUR + 2 * MINUTE_MS)
    const task = await take({ ...BOUND, limits: [{ detector_id: 'd', operations: 100 }] })
    expect(task).toMatchObject({ shares: [slice(0, 1)], tenants: ['ann'], waiting: 0 })
    expect(task.marks.batches).toEqual(['one', 'two'])
  })

  test('a tick over everybody ends them', async () => {
    await give('one', { ann: 10 })
    await take()
    const all = await agenda.next(UNTIL, 0, null)
    expect(all).toMatchObject({ tenants: null, marks: { batches: ['one'] } })
    agenda.finish(all)
    await bench.store.append('hour_marks', [mark(HOUR, 'one', 2)])
    await give('two', { ann: 10 })
    expect((await next()).shares).toEqual([slice(0)])
  })
})

describe('rebuilding', () => {
  const DEVICES = Array.from({ length: 8 }, (_, index) => `d${index}`)
  const own = (device: string, minute: number, more: Row = {}) =>
    sample(device, at(minute), 60, { tenant_id: 'ann', gpu_util: 0.5, ...more })
  /** The meter remembers for a minute what tenants had. */
  let minutes = 0
  beforeEach(() => {
    minutes += 2
    bench.clock.set(HOUR + minutes * MINUTE_MS)
  })

  async function take() {
    const metered = await bench.meter.measure(UNTIL, 0, { ...BOUND, devices_max: 4 })
    await bench.meter.price(metered, UNTIL)
    await bench.meter.settle(metered)
    return metered
  }

  test('each slice is rebuilt in its tick, and the tenant is priced and judged with the last', async () => {
    await observe('ann', 8)
    await bench.store.append(
      'samples',
      DEVICES.map(device => own(device, 10)),
    )
    await give('all', { ann: 8 })
    const first = await take()
    expect(first.tenants).toEqual(new Map())
    const some = await bench.probe('devices')
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThan(8)
    expect(await bench.probe('usage')).toEqual([])
    expect((await take()).tenants).toEqual(new Map([['ann', HOUR]]))
    expect(await bench.probe('devices')).toHaveLength(8)
    expect(await bench.probe('usage')).toMatchObject([{ tenant_id: 'ann', devices: 8 }])
    expect(await bench.probe('open')).toEqual([])
  })

  test('another tenant whose hours a slice changes is judged in the same tick', async () => {
    await observe('ann', 8)
    const shared = DEVICES.map(device => own(device, 20, { tenant_id: 'bob' }))
    await bench.store.append('samples', [...DEVICES.map(device => own(device, 10)), ...shared])
    await give('shared', { ann: 8 })
    expect((await take()).tenants).toEqual(new Map([['bob', HOUR]]))
    expect(await bench.probe('usage')).toMatchObject([{ tenant_id: 'bob' }])
    expect((await take()).tenants).toEqual(
      new Map([
        ['ann', HOUR],
        ['bob', HOUR],
      ]),
    )
  })

  test('hours that no mark of its own tells of do not wait for the last slice', async () => {
    await observe('ann', 8)
    await observe('bob', 1)
    const early = DEVICES.map(device => own(device, 10))
    const late = DEVICES.map(device => own(device, 130))
    await bench.store.append('samples', [...early, ...late])
    await give('own', { ann: 8 }, { hour: HOUR + 2 * HOUR_MS })
    await give('other', { new: 1 })
    // the same devices are rebuilt in the hour of the new tenant too
    const first = await take()
    expect(first.task.shares).toMatchObject([{ tenant_id: 'new' }, { slice: 0, count: 2 }])
    expect(first.tenants).toEqual(
      new Map([
        ['ann', HOUR],
        ['new', HOUR],
      ]),
    )
  })

  test('what was buried before a crash is judged by the tick over everybody after it', async () => {
    await bench.send(own('d0', 10))
    await bench.rebuild()
    await bench.send(own('d0', 10, { tenant_id: 'bob', revision: 1 }))
    const crashed = await bench.meter.measure(UNTIL)
    expect([...crashed.tenants.keys()]).toEqual(['ann', 'bob'])
    const after = await bench.meter.measure(UNTIL)
    expect([...after.tenants.keys()]).toEqual(['ann', 'bob'])
  })
})
