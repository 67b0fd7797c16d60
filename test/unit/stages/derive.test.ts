import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR_MS, toSqlTime } from '../../../src/domain/window.ts'
import type { Row } from '../../../src/ports/store.ts'
import {
  type DeriveBench,
  openDeriveBench,
  type Stretch,
  stretch,
  UNTIL,
} from '../../support/derive-bench.ts'
import { at, HOUR } from '../../support/meter-bench.ts'

/** Device-hours to gangs and runs. Every case is a tenant of its own; times are minutes after 05:00. */

let bench: DeriveBench
beforeAll(async () => {
  bench = await openDeriveBench()
})
afterAll(() => bench.close())

const time = (minute: number, second = 0) => toSqlTime(at(minute, second))

/** Derives the tenant from the hour of a minute on. */
async function derive(tenant: string, fromMinute = 0): Promise<void> {
  const hour = Math.floor(fromMinute / 60)
  await bench.derive(new Map([[tenant, HOUR + hour * HOUR_MS]]), UNTIL)
}

const devices = (
  tenant: string,
  names: string,
  from: number,
  to: number,
  more: Row = {},
): Stretch[] => [...names].map(name => stretch(tenant, name, from, to, more))

describe('gangs', () => {
  test('are devices that start within two minutes of each other', async () => {
    const parts = ['a', 'b', 'c'].map((device, index) => stretch('near', device, index * 2, 120))
    await bench.busy(...parts, stretch('near', 'late', 7, 130))
    await derive('near')
    // 0, 2 and 4 minutes chain; 7 is three minutes after the last and stops ten after the others
    expect(await bench.gangsOf('near')).toMatchObject([
      {
        start: time(0),
        end: time(120),
        devices: 3,
        first_device: 'a',
        chip: 'alpha',
        fabric_id: 'f',
        tier: 'T2',
      },
      { start: time(7), devices: 1 },
    ])
  })

  test('count what their islands hold, hours joined', async () => {
    await bench.busy(...devices('sums', 'ab', 30, 150))
    await derive('sums')
    // 2 devices × 7200 s, 10, 20, 40 operations and 400 J a second
    expect(await bench.gangsOf('sums')).toMatchObject([
      {
        start: time(30),
        end: time(150),
        devices: 2,
        device_s: 14_400,
        energy_j: 5_760_000,
        flop_lo: 144_000,
        flop_mid: 288_000,
        flop_hi: 576_000,
        tensor_mean: 0.5,
        power_mean_w: 400,
      },
    ])
  })

  test('of two jobs that start together and last differently are two', async () => {
    // 60 minutes is less than 0.6 of 120, and two devices are no quarter less than two
    await bench.busy(...devices('lengths', 'ab', 0, 60), ...devices('lengths', 'cd', 1, 121))
    await derive('lengths')
    expect(await bench.gangsOf('lengths')).toMatchObject([
      { start: time(0), end: time(60), devices: 2, first_device: 'a' },
      { start: time(1), end: time(121), devices: 2, first_device: 'c' },
    ])
    expect(await bench.runsOf('lengths')).toHaveLength(2)
  })

  test('keep a device that failed early, being few among many', async () => {
    await bench.busy(...devices('failed', 'abcde', 0, 120), stretch('failed', 'f', 0, 20))
    await derive('failed')
    expect(await bench.gangsOf('failed')).toMatchObject([{ devices: 6, device_s: 5 * 7200 + 1200 }])
  })

  test('close over a pause up to idle_gap_s and part beyond it', async () => {
    await bench.busy(stretch('pause', 'a', 0, 30), stretch('pause', 'b', 0, 30))
    await bench.busy(stretch('pause', 'a', 65, 90), stretch('pause', 'b', 65, 90))
    await bench.busy(stretch('joined', 'a', 0, 58), stretch('joined', 'a', 63, 90))
    await Promise.all([derive('pause'), derive('joined')])
    expect(await bench.gangsOf('pause')).toMatchObject([
      { start: time(0), end: time(30) },
      { start: time(65), end: time(90) },
    ])
    // five minutes are not more than five minutes: 58 + 27 minutes of work
    expect(await bench.gangsOf('joined')).toMatchObject([
      { start: time(0), end: time(90), device_s: 5100 },
    ])
  })

  test('go on over samples that are missing, not over idle ones', async () => {
    // ten-minute samples, of which the one from 20 to 30 never came, or said idle
    const at600 = (covered_s: number, samples: number) => ({ covered_s, samples })
    const hour = (tenant: string, more: Row) => [
      stretch(tenant, 'a', 0, 20, more),
      stretch(tenant, 'a', 30, 60, { ...more, workload_id: 'x', covered_s: 0 }),
    ]
    await bench.busy(...hour('missing', at600(3000, 5)), ...hour('idle', at600(3600, 6)))
    await Promise.all([derive('missing'), derive('idle')])
    expect(await bench.gangsOf('missing')).toMatchObject([{ start: time(0), device_s: 3000 }])
    expect(await bench.gangsOf('idle')).toHaveLength(2)
  })

  test('do not go on over missing samples while the others rested', async () => {
    // ten-minute samples: b and c say that they rested from 20 to 30, of a no sample came
    const at600 = (covered_s: number, samples: number) => ({ covered_s, samples })
    const hour = (name: string, more: Row) => [
      stretch('company', name, 0, 20, more),
      stretch('company', name, 30, 60, { ...more, workload_id: 'x', covered_s: 0 }),
    ]
    const rested = [...hour('b', at600(3600, 6)), ...hour('c', at600(3600, 6))]
    await bench.busy(...hour('a', at600(3000, 5)), ...rested)
    await derive('company')
    expect(await bench.gangsOf('company')).toMatchObject([
      { start: time(0), end: time(20), devices: 3 },
      { start: time(30), end: time(60), devices: 3 },
    ])
    expect(await bench.runsOf('company')).toHaveLength(1)
  })

  test.each([
    ['chips', { chip: 'beta' }],
    ['fabrics', { fabric_id: 'g' }],
  ] as const)('of different %s are different', async (what, more) => {
    await bench.busy(stretch(what, 'a', 0, 60), stretch(what, 'b', 0, 60, more))
    await derive(what)
    expect(await bench.gangsOf(what)).toHaveLength(2)
  })

  test('pay no heed to job ids, but name them', async () => {
    await bench.busy(
      stretch('jobs', 'a', 0, 60, { workload_id: 'j1' }),
      stretch('jobs', 'b', 0, 60, { workload_id: 'j2' }),
    )
    await derive('jobs')
    expect(await bench.gangsOf('jobs')).toMatchObject([{ devices: 2, workloads: ['j1', 'j2'] }])
  })

  test('count a node meter by the devices it stands for', async () => {
    await bench.busy(
      stretch('meter', 'm', 0, 60, { device_count: 8 }),
      stretch('meter', 'a', 0, 60),
    )
    await derive('meter')
    expect(await bench.gangsOf('meter')).toMatchObject([{ devices: 9 }])
  })
})

describe('runs', () => {
  test('go on over an interruption, with every stretch listed', async () => {
    await bench.busy(...devices('resumed', 'ab', 0, 60), ...devices('resumed', 'ab', 80, 200))
    await derive('resumed')
    expect(await bench.runsOf('resumed')).toMatchObject([
      {
        start: time(0),
        end: time(200),
        devices_max: 2,
        device_s: 2 * (3600 + 7200),
        segments: [
          [time(0), time(60), 2, expect.stringMatching(/^gang-/), 1],
          // after twenty minutes: -1.4 - 0.5 (an hour is short) + nodes 1.5 + size 0.5 + signature 3
          [time(80), time(200), 2, expect.stringMatching(/^gang-/), expect.closeTo(0.9569, 4)],
        ],
      },
    ])
  })

  test('at once on the devices of one node keep apart, each with its id', async () => {
    const node = { node_id: 'n' }
    await bench.busy(
      ...devices('shared', 'ab', 0, 200, node),
      ...devices('shared', 'cd', 20, 100, node),
    )
    await derive('shared')
    const runs = await bench.runsOf('shared')
    expect(runs).toMatchObject([{ start: time(0) }, { start: time(20) }])
  })

  test('that late data joins are one, and history says so', async () => {
    await bench.busy(...devices('merged', 'ab', 0, 600), ...devices('merged', 'ab', 1900, 2500))
    await derive('merged')
    const [first, second] = await bench.runsOf('merged')
    await bench.busy(...devices('merged', 'ab', 620, 1880))
    await derive('merged', 620)
    const runs = await bench.runsOf('merged')
    expect(runs).toMatchObject([{ start: time(0), end: time(2500), segments: { length: 3 } }])
    expect(await bench.probe('history', { tenant: 'merged' })).toEqual([
      { change: 'merged', run_id: idOf(second), successor: idOf(first) },
    ])
    expect(idOf(runs[0])).toBe(idOf(first))
  })

  test('that an early outage parted are one once the work has gone on for days', async () => {
    // five hours after ten: -5.2 + 1.3 ln(10/20) + 5; joined when two days have followed, parted again when they are taken back
    const more = (from: number, to: number) => devices('outage', 'ab', from, to)
    await bench.busy(...more(0, 600), ...more(900, 1980))
    await derive('outage')
    const [first, second] = await bench.runsOf('outage')
    expect(second).toMatchObject({ start: time(900), previous_p: expect.closeTo(0.2495, 4) })
    await bench.busy(...more(1980, 3800))
    await derive('outage', 1980)
    const runs = await bench.runsOf('outage')
    expect(runs).toMatchObject([{ start: time(0), end: time(3800), segments: { length: 2 } }])
    expect(idOf(runs[0])).toBe(idOf(first))
    const joined = { change: 'merged', run_id: idOf(second), successor: idOf(first) }
    expect(await bench.probe('history', { tenant: 'outage' })).toEqual([joined])
    await bench.erase('outage', HOUR + 40 * HOUR_MS)
    await derive('outage', 2400)
    expect(await bench.runsOf('outage')).toMatchObject([{ start: time(0) }, { start: time(900) }])
    expect(await bench.probe('history', { tenant: 'outage' })).toEqual([
      joined,
      { change: 'split', run_id: idOf(first), successor: idOf(second) },
    ])
  })

  test('whose hours are corrected away are gone, and history says so', async () => {
    await bench.busy(stretch('gone', 'a', 0, 30), stretch('gone', 'a', 3000, 3030))
    await derive('gone')
    const [, second] = await bench.runsOf('gone')
    await bench.erase('gone', HOUR + 50 * HOUR_MS)
    await derive('gone', 3000)
    expect(await bench.gangsOf('gone')).toHaveLength(1)
    expect(await bench.runsOf('gone')).toMatchObject([{ start: time(0) }])
    expect(await bench.probe('history', { tenant: 'gone' })).toEqual([
      { change: 'gone', run_id: idOf(second), successor: '' },
    ])
  })

  test('that began before the horizon of corrections are left whole', async () => {
    // a run of 20 days; 410 days later its first half lies beyond the 400 days
    const days = (count: number) => count * 24 * 60
    const parts = Array.from({ length: 20 }, (_, day) =>
      stretch('old', 'a', days(day), days(day) + 1430),
    )
    await bench.busy(...parts)
    await derive('old')
    const before = await bench.runsOf('old')
    expect(before).toMatchObject([{ segments: { length: 20 } }])
    await bench.busy(stretch('old', 'a', days(410), days(410) + 60))
    await derive('old', days(410))
    const after = await bench.runsOf('old')
    expect(after).toHaveLength(2)
    expect(after[0]).toEqual(before[0])
  })
})

function idOf(run: unknown): unknown {
  return run !== null && typeof run === 'object' && 'run_id' in run ? run.run_id : null
}
