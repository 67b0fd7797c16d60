import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TickBound } from '../../../../src/domain/tick-choice.ts'
import { HOUR_MS, MINUTE_MS, toSqlSecond } from '../../../../src/domain/window.ts'
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

/** Which tenants of a large fleet a tick takes up, and when a mark is answered for. */

const UNTIL = HOUR + 100 * HOUR_MS
const BOUND: TickBound = { devices_max: 5, near_share: 0.02, limits: [] }

let bench: MeterBench
let agenda: Agenda
beforeAll(async () => {
  bench = await openMeterBench({
    hours: 'select tenant_id, device_id, covered_s from device_hours final order by all',
    usage: 'select distinct tenant_id from usage_hours final order by all',
    open: 'select batch_id from hour_marks final where state < 2 order by all',
  })
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.reset()
  bench.clock.set(HOUR)
  agenda = createAgenda(bench)
})

/** Stores a mark over tenants, with the devices of each. */
function named(
  batch_id: string,
  tenants: Readonly<Record<string, number>>,
  state = 1,
  when = HOUR,
): Row {
  return markOf(tenants, mark(HOUR, batch_id, state, when))
}

const give = (...marks: Row[]) => bench.store.append('hour_marks', marks)
const next = (bound: TickBound | null = BOUND) => agenda.next(UNTIL, 0, bound)

describe('turns', () => {
  test('without a bound, or below it, everybody is taken up', async () => {
    await give(named('one', { ann: 1, bob: 1 }))
    expect(await next(null)).toMatchObject({ tenants: null, marks: { batches: ['one'] } })
    expect(await next()).toMatchObject({ tenants: null, waiting: 0, marks: { batches: ['one'] } })
  })

  test('a mark that names nobody stands for everybody', async () => {
    await give(named('one', { ann: 5, bob: 5 }), named('rebase', {}))
    expect(await next()).toMatchObject({ tenants: null, marks: { batches: ['one', 'rebase'] } })
  })

  test('a mark is answered for when all whom it names had their turn', async () => {
    await give(named('one', { ann: 5, bob: 6 }), named('two', { ann: 7 }))
    const first = await next()
    // 6 devices of bob are fewer than 12 of ann
    expect(first).toMatchObject({ tenants: ['bob'], waiting: 1, marks: { batches: [] } })
    agenda.finish(first)
    const second = await next()
    expect(second).toMatchObject({ tenants: ['ann'], waiting: 0 })
    expect(second.marks.batches).toEqual(['one', 'two'])
  })

  test('what was not finished is asked for again, as after a crash', async () => {
    await give(named('one', { ann: 5, bob: 6 }))
    expect((await next()).tenants).toEqual(['ann'])
    expect((await next()).tenants).toEqual(['ann'])
    agenda.finish(await next())
    expect((await next()).tenants).toEqual(['bob'])
    // another process knows nothing of it
    agenda = createAgenda(bench)
    expect((await next()).tenants).toEqual(['ann'])
  })

  test('who had a turn has another for what was stored after it', async () => {
    await give(named('one', { ann: 5, bob: 6 }))
    agenda.finish(await next())
    await give(named('two', { ann: 1 }))
    const second = await next()
    // bob is a stranger still, and one of the others has its turn
    expect(second.tenants).toEqual(['ann', 'bob'])
    expect(second.marks.batches).toEqual(['one', 'two'])
  })

  test('an open mark is no answer, and waits for its rows', async () => {
    await give(named('slow', { ann: 5, bob: 6 }, 0), named('one', { cy: 9 }))
    const first = await next()
    expect(first).toMatchObject({ tenants: ['cy'], waiting: 0 })
    expect(first.marks.batches).toEqual(['one'])
    await give(named('slow', { ann: 5, bob: 6 }))
    // strangers both, and none of them because of the open mark
    expect((await next()).tenants).toEqual(['ann'])
  })

  test('a batch of which one hour is stored and one is open is not answered for', async () => {
    await give(named('two months', { ann: 5 }), {
      ...named('two months', { ann: 5 }, 0),
      hour: toSqlSecond(HOUR + HOUR_MS),
    })
    const first = await next()
    expect(first).toMatchObject({ tenants: ['ann'], waiting: 0, marks: { batches: [] } })
    agenda.finish(first)
    await give({ ...named('two months', { ann: 5 }), hour: toSqlSecond(HOUR + HOUR_MS) })
    const second = await next()
    expect(second.changed).toMatchObject([{ hour: HOUR + HOUR_MS }])
    expect(second.marks.batches).toEqual(['two months'])
  })

  test('an open mark that stands is looked at every minute, for rows may come under it', async () => {
    await give(named('slow', { ann: 5, bob: 6 }, 0))
    expect(await next()).toMatchObject({ tenants: [], changed: [], waiting: 0 })
    bench.clock.set(HOUR + MINUTE_MS)
    const first = await next()
    expect(first.tenants).toEqual(['ann'])
    agenda.finish(first)
    const second = await next()
    expect(second).toMatchObject({ tenants: ['bob'], marks: { batches: [], opens: ['slow'] } })
    agenda.finish(second)
    expect((await next()).tenants).toEqual([])
    bench.clock.set(HOUR + 2 * MINUTE_MS)
    expect((await next()).tenants).toEqual(['ann'])
  })
})

describe('urgency', () => {
  test('who was never observed comes before the others', async () => {
    await bench.store.append('observed_hours', [observed('ann', 5), observed('bob', 5)])
    await give(named('one', { ann: 5, bob: 5 }), named('late', { new: 5 }, 1, HOUR + 1000))
    expect((await next()).tenants).toEqual(['ann', 'new'])
  })

  test('who lies just below a limit comes before the others, however its answers are called', async () => {
    await bench.store.append(
      'observed_hours',
      ['ann', 'bob', 'cy', 'di'].map(id => observed(id, 5)),
    )
    const answer = { detector_id: 'd', evaluated_at: '2026-01-01 05:00:00.000', kind: 'clear' }
    await bench.store.append('outcomes', [
      { ...answer, subject_kind: 'tenant', subject_id: 'bob', measured_hi: 97 },
      { ...answer, subject_kind: 'tenant', subject_id: 'cy', measured_hi: 101 },
      { ...answer, subject_kind: 'run', subject_id: 'r', measured_hi: 99 },
    ])
    await bench.store.append('runs', [{ tenant_id: 'di', run_id: 'r', build: '1' }])
    await give(named('one', { ann: 5, bob: 5, cy: 5, di: 5 }))
    const limits = [{ detector_id: 'd', operations: 100 }]
    // of a run 99 is within 2 % below 100; 97 is not, and 101 is past it
    expect((await next({ ...BOUND, limits })).tenants).toEqual(['ann', 'di'])
  })
})

test('only those who have their turn are rebuilt, and the neighbours of a meter with them', async () => {
  const gauge = { tensor_active: 0.5, node_id: 'n' }
  const meter = {
    device_count: 8,
    power_scope: 'node',
    power_w: 4000,
    tenant_id: 'own',
    node_id: 'n',
  }
  await bench.store.append('samples', [
    sample('a', at(10), 60, { ...gauge, tenant_id: 'ann' }),
    sample('b', at(10), 60, { ...gauge, tenant_id: 'bob', node_id: 'elsewhere' }),
    sample('m', at(10), 60, meter),
  ])
  await give(named('one', { own: 1, ann: 2, bob: 3 }))
  const took = async () => {
    const metered = await bench.meter.measure(UNTIL, 0, { ...BOUND, devices_max: 1 })
    await bench.meter.price(metered, UNTIL)
    await bench.meter.settle(metered)
    return metered
  }
  expect((await took()).tenants).toEqual(new Map([['own', HOUR]]))
  expect(await bench.probe('hours')).toEqual([{ tenant_id: 'own', device_id: 'm', covered_s: 60 }])
  // the meter of ann's node stands for less now
  expect([...(await took()).tenants.keys()]).toEqual(['ann', 'own'])
  expect(await bench.probe('open')).toEqual([{ batch_id: 'one' }])
  expect((await took()).tenants).toEqual(new Map([['bob', HOUR]]))
  expect(await bench.probe('usage')).toEqual(
    ['ann', 'bob', 'own'].map(tenant_id => ({ tenant_id })),
  )
  expect(await bench.probe('open')).toEqual([])
})
