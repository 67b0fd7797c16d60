import { afterAll, beforeAll, expect, test } from 'vitest'
import { toSqlTime } from '../../../../src/domain/window.ts'
import type { Row } from '../../../../src/ports/store.ts'
import {
  at,
  gap,
  HOUR,
  type MeterBench,
  openMeterBench,
  type Scenario,
  sample,
  t2,
  t3,
} from '../../../support/meter-bench.ts'

/** Samples beside each other: overlaps, hour borders, busy stretches, node meters. */

const hour = (minute: number) => toSqlTime(at(minute)).slice(0, 19)
const time = (minute: number, second = 0) => toSqlTime(at(minute, second))
const sum = (...parts: Record<string, number>[]): Row =>
  parts.reduce<Record<string, number>>((total, part) => {
    for (const [key, value] of Object.entries(part)) total[key] = (total[key] ?? 0) + value
    return total
  }, {})

/** Intervals as `0-10 5-15`, minutes after the full hour, of a fully active device. */
function spans(name: string, text: string, covered_s: number): Scenario {
  const samples = text.split(' ').map(span => {
    const [from = 0, to = 0] = span.split('-').map(Number)
    return sample(name, at(to), (to - from) * 60, { tensor_active: 1 })
  })
  return {
    name: `${name}: ${text}`,
    samples,
    rows: [{ covered_s, device_s: covered_s, ...t2(covered_s) }],
  }
}

const busy = (name: string, end: number, more: Row = {}) =>
  sample(name, end, 60, { tensor_active: 0.5, ...more })

function nodeOf(name: string, devices: number, meter: Row, devicesMore: Row = {}): Scenario {
  const place = { node_id: name, site: 's', workload_id: 'device' }
  return {
    name: `a node meter for 8, ${devices} report: ${name}`,
    samples: [
      sample(`${name}-z`, at(10), 60, {
        device_count: 8,
        power_w: 4000,
        power_scope: 'node',
        ...place,
      }),
      ...Array.from({ length: devices }, (_, index) =>
        busy(`${name}-${index}`, at(10), { ...place, ...devicesMore }),
      ),
    ],
    rows: [
      ...Array.from({ length: devices }, () => ({ witness_share: 1, device_s: 60 })),
      // the meter sorts last
      meter,
    ],
  }
}

const NODE = { device_count: 8, power_scope: 'node' }
const NODE_MINUTE = { flop_lo: 3 * 134_400, flop_mid: 6 * 151_200, flop_hi: 12 * 159_600 }

const SCENARIOS: readonly Scenario[] = [
  // each second once: the sum is the length of the union
  spans('apart', '0-5 10-15', 600),
  spans('touching', '0-5 5-10', 600),
  spans('overlapping', '0-10 5-15', 900),
  spans('nested', '0-30 10-20', 1800),
  spans('nested, inner last', '0-30 10-30.5', 1830),
  spans('one start', '0-10 0-20 0-30', 1800),
  spans('chain', '0-20 5-25 10-30 40-50', 2400),
  spans('long last', '0-5 1-6 20-25 3-40', 2400),
  {
    // two of eight devices report 0.05 × 60 s each, hi 120; their share of what the meter of their node
    // says at most (480 s × 56) is a quarter: they are lifted to it together
    name: 'devices that claim less than the meter of their node has seen',
    samples: [
      sample('claim-z', at(10), 60, {
        ...{ device_count: 8, power_w: 4000, power_scope: 'node' },
        ...{ node_id: 'claim', site: 'claim' },
      }),
      ...['claim-a', 'claim-b'].map(name =>
        sample(name, at(10), 60, { tensor_active: 0.05, node_id: 'claim', site: 'claim' }),
      ),
    ],
    rows: [
      { ...t2(3), flop_hi: (480 * 56) / 8 },
      { ...t2(3), flop_hi: (480 * 56) / 8 },
      { flop_hi: (12 * 159_600 * 6) / 8 },
    ],
  },
  {
    // an idle node draws 8 × (100 + 50) = 1200 W: (4000 − 1200) W × 60 s = (1480 − 1200) W × 600 s =
    // 168,000 J, of which the devices have 0.8, 0.9 or 0.95
    name: 'a node that works a minute in ten counts as one that works a tenth as hard',
    samples: [
      sample('burst', at(10), 60, { ...NODE, power_w: 4000 }),
      sample('burst', at(19), 540, { ...NODE, power_w: 1200 }),
      sample('burst-not', at(19), 600, { ...NODE, power_w: 1480 }),
    ],
    rows: [NODE_MINUTE, NODE_MINUTE],
  },
  {
    // 0–10 min at 0.2, 5–15 min at 0.8: 300 × 0.2 + 600 × 0.8 = 540
    name: 'of two that overlap, the one that ends last speaks for the common time',
    samples: [
      sample('speaks', at(10), 600, { tensor_active: 0.2 }),
      sample('speaks', at(15), 600, { tensor_active: 0.8 }),
    ],
    rows: [t2(540)],
  },
  {
    // 60 s that end at 06:00:20: 40 s in the old hour, 20 s in the new
    name: 'a sample that crosses the full hour is shared out by time',
    samples: [busy('crossing', at(60, 20))],
    rows: [
      { hour: hour(0), covered_s: 40, last_seen: time(60), ...t2(20) },
      { hour: hour(60), covered_s: 20, first_seen: time(60), ...t2(10) },
    ],
  },
  {
    name: 'one that ends on the full hour belongs to the hour before',
    samples: [busy('border', at(60))],
    rows: [{ hour: hour(0), covered_s: 60, last_seen: time(60) }],
  },
  {
    // 05:30–06:30 in one sample: an hour long, half in each
    name: 'an interval of an hour reaches back a whole hour',
    samples: [sample('long', at(90), 3600, { tensor_active: 0.5 })],
    rows: [
      { hour: hour(0), covered_s: 1800, ...t2(900) },
      { hour: hour(60), covered_s: 1800, ...t2(900) },
    ],
  },
  {
    name: 'a row says when it was seen and busy, where, and with which means',
    samples: [busy('means', at(10), { power_w: 300, node_id: 'n', fabric_id: 'f', region: 'r' })],
    rows: [
      {
        first_seen: time(9),
        last_seen: time(10),
        first_busy: time(9),
        last_busy: time(10),
        tensor_mean: 0.5,
        power_mean_w: 300,
        islands: [[time(9), time(10), 60, 18_000, 300, 600, 1200]],
        node_id: 'n',
        fabric_id: 'f',
        region: 'r',
      },
    ],
  },
  {
    // island_gap_s is 30: 20 s of silence do not part, 40 s do
    name: 'busy stretches close over short pauses, not over long ones',
    samples: [busy('pauses', at(10)), busy('pauses', at(11, 20)), busy('pauses', at(13))],
    rows: [
      {
        islands: [
          [time(9), time(11, 20), 120, 0, 600, 1200, 2400],
          [time(12), time(13), 60, 0, 300, 600, 1200],
        ],
      },
    ],
  },
  {
    name: 'a stretch without evidence joins its busy neighbours and is not busy itself',
    samples: [busy('blank', at(10)), sample('blank', at(11), 60), busy('blank', at(12))],
    rows: [
      {
        busy_device_s: 120,
        // 600 + 0, 1200 + 60 × 14, 2400 + 60 × 56
        islands: [[time(9), time(12), 180, 0, 600, 2040, 5760]],
        ...sum(t2(60), gap(60)),
      },
    ],
  },
  {
    name: 'stretches without evidence alone are no busy stretch',
    samples: [sample('dark', at(10), 60), sample('dark', at(11), 60)],
    rows: [{ busy_device_s: 0, first_busy: null, islands: [], ...gap(120) }],
  },
  {
    name: 'workloads of one device are told apart within the hour',
    samples: [
      busy('jobs', at(10), { workload_id: 'a' }),
      busy('jobs', at(12), { workload_id: 'b' }),
    ],
    rows: [
      { workload_id: 'a', ...t2(30) },
      { workload_id: 'b', ...t2(30) },
    ],
  },
  {
    name: 'a device that changes hands within the hour counts for each by its samples',
    samples: [
      busy('hands', at(10), { tenant_id: 'ann' }),
      busy('hands', at(10, 30), { tenant_id: 'bob' }),
    ],
    // the later sample takes the common half minute
    rows: [
      { tenant_id: 'ann', covered_s: 30, ...t2(15) },
      { tenant_id: 'bob', covered_s: 60, ...t2(30) },
    ],
  },
  // 8 × 60 − 4 × 60 of 8 × 60 device-seconds are left: half of 134,400, 151,200 and
  // 159,600 J, the devices' share of 168,000 J above idle
  nodeOf('half', 4, {
    ...{ witness_share: 0.5, device_s: 240 },
    ...{ flop_lo: 3 * 67_200, flop_mid: 6 * 75_600, flop_hi: 12 * 79_800 },
  }),
  nodeOf('whole', 8, { witness_share: 0, device_s: 0, ...t3(0) }),
  nodeOf('alone', 0, { witness_share: 1, device_s: 480 }),
  // an equal name at another site is another node
  nodeOf('elsewhere', 2, { witness_share: 1, device_s: 480 }, { site: 't' }),
]

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench()
  await bench.send(...SCENARIOS.flatMap(scenario => scenario.samples))
  await bench.rebuild(HOUR * 2)
})
afterAll(() => bench.close())

test.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))(
  '%s',
  async (_, scenario) => {
    const rows = await bench.hoursOf(scenario)
    expect(rows).toMatchObject(scenario.rows)
  },
)
