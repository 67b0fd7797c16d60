import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Row } from '../../../../src/ports/store.ts'
import {
  at,
  gap,
  type MeterBench,
  openMeterBench,
  sample,
  t2,
  t3,
  t4,
} from '../../../support/meter-bench.ts'

/**
 * What one minute up to 05:10 is worth, tier by tier. Chip alpha: idle 100 W, board 500 W, host
 * 50 W, reference clock 1000 MHz; t2, t3, t4 and gap multiply an amount with the test factors.
 */

const node = { device_count: 8, power_w: 4000, power_scope: 'node' }
const mystery = { accelerator: 'Mystery 9000', tensor_active: 0.5 }
const slow = { tensor_active: 0.5, sm_clock_mhz: 900 }

/** Name, what the sample says, its operations, and what else its row holds. */
const CASES: readonly (readonly [string, Row, Row, Row])[] = [
  // 0.5 active × 900/1000 MHz × 60 s
  ['T2 with its clock', slow, t2(27), { t2_s: 60 }],
  ['T2 without a clock', { tensor_active: 0.5 }, t2(30), { t2_s: 60 }],
  ['T2 on a chip without reference clock', { ...slow, accelerator: 'beta' }, t2(30), { t2_s: 60 }],
  // the attested format has factors of its own, here ten times larger
  ['attested precision', { tensor_active: 0.5, precision: 'fp8' }, t2(300), { t2_s: 60 }],
  // what an attestation lowers, here hi by half, it lowers only where somebody else vouches for it
  [
    'a format that the provider attests',
    { tensor_active: 0.5, precision: 'bf16', precision_source: 'provider' },
    { ...t2(30), flop_hi: 600 },
    { t2_s: 60 },
  ],
  [
    'a format that the customer states',
    { tensor_active: 0.5, precision: 'bf16', precision_source: 'customer-attestation' },
    t2(30),
    { t2_s: 60 },
  ],
  ['a precision the chip lacks', { tensor_active: 0.5, precision: 'fp4' }, t2(30), { t2_s: 60 }],
  // (400 − 100) W × 60 s
  ['T3 from power', { power_w: 400 }, t3(18_000), { t3_s: 60, energy_j: 24_000 }],
  // below idle, but not below a quarter of it: nothing was computed
  ['T3 below idle', { power_w: 60 }, t3(0), { t3_s: 60, energy_j: 3600 }],
  ['T4 from utilisation', { gpu_util: 0.5 }, t4(30), { t4_s: 60 }],
  // the larger activity counts: 0.8 × 60
  ['T4 from SM activity', { gpu_util: 0.5, sm_active: 0.8 }, t4(48), { t4_s: 60 }],
  ['no evidence', { memory_used_bytes: 1e9 }, gap(60), { unmetered_s: 60, busy_device_s: 0 }],
  // a stuck tensor field where 400 W say otherwise: energy speaks
  ['silent zero with power', { tensor_active: 0, power_w: 400 }, t3(18_000), { silent_zero_s: 60 }],
  // the same without a power meter: 0.9 × 60
  ['silent zero without power', { tensor_active: 0, gpu_util: 0.9 }, t4(54), { silent_zero_s: 60 }],
  // idle by every meter is idle
  ['honest zero', { tensor_active: 0, gpu_util: 0.1 }, t2(0), { t2_s: 60, silent_zero_s: 0 }],
  // an SM that works without its tensor units is no stuck field
  ['no tensor work', { tensor_active: 0, sm_active: 0.9, power_w: 400 }, t2(0), { t2_s: 60 }],
  // 20 W < 100 / 4: the meter is broken; its joules stand as read, but prove nothing
  ['broken power meter', { power_w: 20 }, gap(60), { unmetered_s: 60, energy_j: 1200 }],
  ['broken meter, utilisation known', { power_w: 0, gpu_util: 0.5 }, t4(30), { t4_s: 60 }],
  // a quarter of a device: 0.25 × 0.5 × 60
  ['a slice by its gauge', { slice: 0.25, tensor_active: 0.5 }, t2(7.5), { device_s: 15 }],
  // its idle share is 25 W: (100 − 25) × 60
  ['a slice by its power', { slice: 0.25, power_w: 100 }, t3(4500), { device_s: 15 }],
  // above idle (4000 − 8 × 100 − 8 × 50) × 60 = 168,000 J, of which the devices have 0.8, 0.9 or 0.95
  [
    'a node meter',
    node,
    { flop_lo: 3 * 134_400, flop_mid: 6 * 151_200, flop_hi: 12 * 159_600 },
    { device_s: 480 },
  ],
  // gauges of the guest beside it: 0.1 × 480 s of tensor work. Power alone says 168,000 J ×
  // 0.95 × 12, but no more than a dark device is taken to do, 480 s × 56
  [
    'a node meter beside low gauges',
    { ...node, tensor_active: 0.1 },
    { ...t2(48), flop_hi: 480 * 56 },
    { t2_s: 480 },
  ],
  // high ones stand beside power that only idle devices and their host draw
  [
    'a node meter near idle beside gauges',
    { ...node, power_w: 1200, tensor_active: 0.9 },
    t2(432),
    { t2_s: 480 },
  ],
  // FP64 pipe half active at 900/1000 MHz for 60 s = 27 s, at 100, 200, 400 a second; busy although
  // its tensor units rest
  [
    'vector pipes',
    { tensor_active: 0, sm_active: 0.6, fp64_active: 0.5, sm_clock_mhz: 900 },
    { flop_lo: 2700, flop_mid: 5400, flop_hi: 10_800 },
    { t2_s: 60, busy_device_s: 60 },
  ],
  // beside tensor work they add up: T2 30 s, and FP32 6 s at 50, 100, 200 a second
  [
    'vector pipes beside tensor work',
    { tensor_active: 0.5, fp32_active: 0.1 },
    { flop_lo: 300 + 300, flop_mid: 600 + 600, flop_hi: 1200 + 1200 },
    { t2_s: 60 },
  ],
  // energy has seen all that the device did: nothing is added
  ['vector pipes under T3', { power_w: 400, fp64_active: 0.5 }, t3(18_000), { t3_s: 60 }],
  // working vector pipes prove that the profiling fields are alive
  [
    'no silent zero beside vector work',
    { tensor_active: 0, fp64_active: 0.5, gpu_util: 0.9 },
    { flop_mid: 6000 },
    { silent_zero_s: 0 },
  ],
  ['a model nobody knows', mystery, t2(30), { chip: 'unknown', accelerator: 'Mystery 9000' }],
  [
    'odd spelling',
    { accelerator: ' NVIDIA \t Alpha ', tensor_active: 0.5 },
    t2(30),
    { chip: 'alpha' },
  ],
  ['a device of nobody', { tenant_id: '', tensor_active: 0.5 }, t2(30), { tenant_id: '' }],
  // 1000 operations that the device counted × 0.5, 1, 2
  [
    'measured operations',
    { operations: 1000, tensor_active: 0.5 },
    { flop_lo: 500, flop_mid: 1000, flop_hi: 2000 },
    { t1_s: 60, t2_s: 0, busy_device_s: 60 },
  ],
]

let bench: MeterBench
let rows: readonly unknown[]
beforeAll(async () => {
  bench = await openMeterBench()
  const samples = CASES.map(([name, fields]) => sample(name, at(10), 60, fields))
  await bench.send(...samples)
  await bench.rebuild()
  rows = await bench.hoursOf({ name: 'all', samples, rows: [] })
})
afterAll(() => bench.close())

test.each(CASES)('%s', (name, _, operations, more) => {
  const found = rows.filter(row =>
    expect.objectContaining({ device_id: name }).asymmetricMatch(row),
  )
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ covered_s: 60, samples: 1, ...operations, ...more })
})
