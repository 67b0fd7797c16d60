import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Row } from '../../../../src/ports/store.ts'
import {
  at,
  gap,
  type MeterBench,
  openMeterBench,
  type Scenario,
  sample,
  t1,
  t2,
  t3,
} from '../../../support/meter-bench.ts'

/**
 * Counters: tensor and SM cycles (T1) and energy (T3). Chip alpha runs at 1000 MHz with 100 SMs.
 * A minute at full clock is 6e10 cycles averaged over the SMs and 6e12 summed over them.
 */

const MINUTE_CYCLES = 6e10

/** A reading `minutes` after 05:00 of cycles in minutes at full clock, with the tensor share. */
function reading(
  device: string,
  minutes: number,
  clocked: number,
  active: number,
  more: Row = {},
): Row {
  const cycles = {
    sm_cycles_total: clocked * MINUTE_CYCLES,
    mma_cycles_total: active * MINUTE_CYCLES,
  }
  return sample(device, at(minutes), 60, { ...cycles, ...more })
}

const energy = (device: string, minutes: number, energy_total_j: number, more: Row = {}): Row =>
  sample(device, at(minutes), 60, { energy_total_j, ...more })

const sum = (...parts: Record<string, number>[]): Row => {
  const total: Record<string, number> = {}
  for (const [key, value] of parts.flatMap(part => Object.entries(part))) {
    total[key] = (total[key] ?? 0) + value
  }
  return total
}

const SCENARIOS: readonly Scenario[] = [
  {
    // the first reading is evidence of nothing; then 0.25 × 60 s = 15 at full clock
    name: 'a difference of two readings counts, the first alone does not',
    samples: [reading('two', 10, 7, 3), reading('two', 11, 8, 3.25)],
    rows: [
      { covered_s: 120, t1_s: 60, unmetered_s: 60, tensor_mean: 0.125, ...sum(gap(60), t1(15)) },
    ],
  },
  {
    // half the cycles in the same minute: half the clock, so 0.5 active × 0.5 clock × 60 = 15
    name: 'the cycles themselves say at which clock',
    samples: [reading('clock', 10, 0, 0), reading('clock', 11, 0.5, 0.25)],
    rows: [sum(gap(60), t1(15))],
  },
  {
    // 100 SMs: 0.25 × 60 again
    name: 'cycles summed over all SMs mean the same',
    samples: [reading('summed', 10, 0, 0), reading('summed', 11, 100, 25)],
    rows: [sum(gap(60), t1(15))],
  },
  {
    // half of the device has 50 SMs: at full clock 0.5 active × 0.5 of it × 60 s = 15
    name: 'cycles summed over the SMs of a slice are of that slice',
    samples: [
      reading('slice', 10, 0, 0, { slice: 0.5 }),
      reading('slice', 11, 50, 25, { slice: 0.5 }),
    ],
    rows: [sum(gap(30), t1(15))],
  },
  {
    // 8 devices have 800 SMs: 0.5 × 8 × 60 s = 240
    name: 'cycles summed over all devices of a meter are of those devices',
    samples: [
      reading('tray', 10, 0, 0, { device_count: 8 }),
      reading('tray', 11, 800, 400, { device_count: 8 }),
    ],
    rows: [sum(gap(480), t1(240))],
  },
  {
    // readings at 10, 11 and 14: the last covers 180 s, 0.5 × 180 = 90
    name: 'a lost sample is bridged by the counter',
    samples: [
      reading('lost', 10, 0, 0),
      reading('lost', 11, 1, 0.25),
      reading('lost', 14, 4, 1.75),
    ],
    rows: [{ covered_s: 300, t1_s: 240, ...sum(gap(60), t1(15), t1(90)) }],
  },
  {
    // 05:50 to 06:10 is 600 s in each hour at 0.5: 300 each
    name: 'a bridge crosses the full hour',
    samples: [reading('bridge', 50, 0, 0), reading('bridge', 70, 20, 10)],
    rows: [
      { covered_s: 660, ...sum(gap(60), t1(300)) },
      { covered_s: 600, ...t1(300) },
    ],
  },
  {
    // 61 minutes apart: each stands alone
    name: 'a counter vouches for an hour at most',
    samples: [reading('far', 10, 0, 0), reading('far', 71, 61, 30)],
    rows: [
      { covered_s: 60, t1_s: 0, ...gap(60) },
      { covered_s: 60, t1_s: 0, ...gap(60) },
    ],
  },
  {
    name: 'a reset counts once and the gauge speaks for that minute',
    samples: [
      reading('reset', 10, 100, 50),
      reading('reset', 11, 0.5, 0.1, { tensor_active: 0.2 }),
      reading('reset', 12, 1.5, 0.6),
    ],
    // gap, then 0.2 × 60 by the gauge, then 0.5 × 60 by the counter
    rows: [{ counter_resets: 1, t1_s: 60, t2_s: 60, ...sum(gap(60), t2(12), t1(30)) }],
  },
  {
    // more tensor cycles than cycles: the pair proves nothing
    name: 'impossible counters are no evidence',
    samples: [reading('broken', 10, 0, 0), reading('broken', 11, 1, 2, { tensor_active: 0.5 })],
    rows: [{ t1_s: 0, t2_s: 60, ...sum(gap(60), t2(30)) }],
  },
  {
    // standing still for a minute is an honest zero by the counter
    name: 'a tensor counter that stands still says zero',
    samples: [reading('still', 10, 0, 0), reading('still', 11, 1, 0)],
    rows: [{ t1_s: 60, busy_device_s: 0, ...sum(gap(60), t1(0)) }],
  },
  {
    // 10 → 12 spans the sample between, which has no counter: 120 s at 0.5
    name: 'samples without counters do not part two readings',
    samples: [
      reading('between', 10, 0, 0),
      sample('between', at(11), 60),
      reading('between', 12, 2, 1),
    ],
    rows: [{ covered_s: 180, t1_s: 120, samples: 2, ...sum(gap(60), t1(60)) }],
  },
  {
    // bob's first reading is compared with ann's last, but the time between is nobody's
    name: 'a bridge never takes time from before a change of hands',
    samples: [
      reading('hands', 10, 0, 0, { tenant_id: 'ann' }),
      reading('hands', 20, 10, 5, { tenant_id: 'bob' }),
    ],
    rows: [
      { tenant_id: 'ann', covered_s: 60, ...gap(60) },
      { tenant_id: 'bob', covered_s: 60, ...t1(30) },
    ],
  },
  {
    // 24,000 J in a minute: (24,000 − 100 × 60) = 18,000 J net; the first minute by its power
    name: 'energy comes from its counter, not from the spot reading beside it',
    samples: [
      energy('joules', 10, 1000, { power_w: 400 }),
      energy('joules', 11, 25_000, { power_w: 90 }),
    ],
    rows: [{ energy_j: 48_000, t3_s: 120, ...sum(t3(18_000), t3(18_000)) }],
  },
  {
    // 40 kJ over two minutes of which one was lost; energy prices the own minute only: 20 kJ
    name: 'energy over a lost sample is shared out by time, and does not bridge it',
    samples: [energy('shared', 10, 0), energy('shared', 12, 40_000)],
    rows: [{ covered_s: 120, energy_j: 20_000, ...sum(gap(60), t3(14_000)) }],
  },
  {
    name: 'an energy counter that falls is a reset, and power speaks',
    samples: [energy('fell', 10, 9e6), energy('fell', 11, 500, { power_w: 400 })],
    rows: [{ counter_resets: 1, energy_j: 24_000, ...sum(gap(60), t3(18_000)) }],
  },
]

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench()
  await bench.send(...SCENARIOS.flatMap(scenario => scenario.samples))
  await bench.rebuild()
})
afterAll(() => bench.close())

test.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))(
  '%s',
  async (_, scenario) => {
    expect(await bench.hoursOf(scenario)).toMatchObject(scenario.rows)
  },
)
