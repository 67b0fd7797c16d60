import fc from 'fast-check'
import { MINUTE_MS, toSqlTime } from '../../src/domain/window.ts'
import { HOUR } from './meter-bench.ts'

/**
 * Small fleets at random, as unruly as telemetry gets: gaps, overlaps, counters with resets, node
 * meters, changes of tenant, corrections and contradictions. Shrinks device by device.
 */

/** One record of the contract, as a sender would write it. */
export type SampleRecord = Readonly<Record<string, string | number | null>>

const MODES = ['gauge', 'cycles', 'power', 'energy', 'util', 'silent', 'node'] as const

interface DeviceShape {
  readonly mode: (typeof MODES)[number]
  readonly tenant: 'ann' | 'bob' | null
  readonly node: 'n1' | 'n2'
  readonly start_min: number
  readonly interval_s: number
  readonly steps: readonly StepShape[]
}

interface StepShape {
  /** Intervals that pass before this one; 0 overlaps with the one before. */
  readonly pause: 0 | 1 | 2 | 7
  readonly level: number
  /** The interval said, in intervals that passed: above 1 it reaches into the one before. */
  readonly reach: 1 | 1.5 | 3
  readonly twist: 'none' | 'revised' | 'contradicted' | 'handed over' | 'reset' | 'blank'
}

const step: fc.Arbitrary<StepShape> = fc.record({
  pause: fc.constantFrom(1, 1, 1, 1, 0, 2, 7),
  level: fc.nat(10),
  reach: fc.constantFrom(1, 1, 1, 1.5, 3),
  twist: fc.constantFrom(
    'none',
    'none',
    'none',
    'revised',
    'contradicted',
    'handed over',
    'reset',
    'blank',
  ),
})

const device: fc.Arbitrary<DeviceShape> = fc.record({
  mode: fc.constantFrom(...MODES),
  tenant: fc.constantFrom('ann', 'ann', 'bob', null),
  node: fc.constantFrom('n1', 'n2'),
  start_min: fc.integer({ min: 0, max: 180 }),
  interval_s: fc.constantFrom(60, 240, 600, 1200),
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
})

/** All records of one to six devices over two to five hours, corrections included. */
export const fleet: fc.Arbitrary<SampleRecord[]> = fc
  .array(device, { minLength: 1, maxLength: 6 })
  .map(devices => devices.flatMap((shape, index) => recordsOf(`d${index}`, shape)))

function recordsOf(device_id: string, shape: DeviceShape): SampleRecord[] {
  const records: SampleRecord[] = []
  const counters = { mma: 0, sm: 0, joules: 0 }
  let end = HOUR + shape.start_min * MINUTE_MS
  let tenant: string | null = shape.tenant
  for (const { pause, level, reach, twist } of shape.steps) {
    // An overlap ends a few seconds after the one before instead of an interval later.
    const passed_s = pause === 0 ? 7 : pause * shape.interval_s
    end += passed_s * 1000
    if (twist === 'reset') Object.assign(counters, { mma: 0, sm: 0, joules: 0 })
    counters.sm += passed_s * 1.5e9
    counters.mma += passed_s * 1.5e9 * (level / 10)
    counters.joules += passed_s * (100 + 60 * level)
    if (twist === 'handed over') tenant = tenant === 'bob' ? 'ann' : 'bob'
    const record: SampleRecord = {
      time: `${toSqlTime(end).replace(' ', 'T')}Z`,
      interval_s: Math.min(shape.interval_s * reach, 3600),
      device_id,
      tenant_id: tenant,
      accelerator: 'NVIDIA H100 80GB HBM3',
      node_id: shape.node,
      fabric_id: 'f',
      workload_id: level > 8 ? 'job' : '',
      ...(twist === 'blank' ? {} : readings(shape.mode, level, counters)),
    }
    records.push(record)
    if (twist === 'revised')
      records.push({ ...record, tensor_active: 0.9, tenant_id: 'bob', revision: 1 })
    if (twist === 'contradicted') records.push({ ...record, tensor_active: 0.3, gpu_util: 0.2 })
  }
  return records
}

function readings(
  mode: DeviceShape['mode'],
  level: number,
  counters: { readonly mma: number; readonly sm: number; readonly joules: number },
): SampleRecord {
  switch (mode) {
    case 'gauge':
      return { tensor_active: level / 10, sm_clock_mhz: 1500 }
    case 'cycles':
      return { mma_cycles_total: counters.mma, sm_cycles_total: counters.sm }
    case 'power':
      return { power_w: 100 + 60 * level }
    case 'energy':
      return { energy_total_j: counters.joules, gpu_util: level / 10 }
    case 'util':
      return { gpu_util: level / 10 }
    case 'silent':
      return { tensor_active: 0, sm_active: 0, gpu_util: 1, power_w: 600 }
    case 'node':
      return { device_count: 8, power_scope: 'node', power_w: 8 * (150 + 60 * level) }
  }
}

/** Rows of billing for some of it, in FOCUS columns. */
export const bills: fc.Arbitrary<object[]> = fc.array(
  fc
    .record({
      tenant: fc.constantFrom('ann', 'bob'),
      from_min: fc.nat(180),
      length_min: fc.integer({ min: 10, max: 200 }),
      quantity: fc.integer({ min: 1, max: 40 }),
      correction: fc.boolean(),
    })
    .map(({ tenant, from_min, length_min, quantity, correction }) => ({
      BillingAccountId: tenant,
      ChargePeriodStart: new Date(HOUR + from_min * MINUTE_MS).toISOString(),
      ChargePeriodEnd: new Date(HOUR + (from_min + length_min) * MINUTE_MS).toISOString(),
      ChargeCategory: 'Usage',
      ChargeClass: correction ? 'Correction' : '',
      x_InstanceType: 'p5.48xlarge',
      ConsumedQuantity: correction ? -quantity / 20 : quantity / 10,
      ConsumedUnit: 'Hours',
    })),
  { maxLength: 5 },
)

/** How the records of a fleet come in: copies in batches, with ticks and restarts between. */
export interface Delivery {
  readonly batches: readonly (readonly object[])[]
  readonly bills: readonly (readonly object[])[]
  /** After each batch: nothing, a tick up to some hour, or a restart and a tick over all. */
  readonly after: readonly ('nothing' | 'tick' | 'early tick' | 'restart')[]
}

/** Every record at least once, up to three times, in any order and any batch. */
export function deliveryOf(
  records: readonly object[],
  rows: readonly object[],
): fc.Arbitrary<Delivery> {
  return fc.integer({ min: 1, max: 4 }).chain(count => {
    const spread = (items: readonly object[]) =>
      fc
        .tuple(
          ...items.map(item =>
            fc
              .array(fc.tuple(fc.nat(count - 1), fc.nat()), { minLength: 1, maxLength: 3 })
              .map(places => places.map(place => ({ item, place }))),
          ),
        )
        .map(copies =>
          Array.from({ length: count }, (_, batch) =>
            copies
              .flat()
              .filter(({ place }) => place[0] === batch)
              .sort((a, b) => a.place[1] - b.place[1])
              .map(({ item }) => item),
          ),
        )
    return fc.record({
      batches: spread(records),
      bills: spread(rows),
      after: fc.array(fc.constantFrom('nothing', 'tick', 'early tick', 'restart'), {
        minLength: count,
        maxLength: count,
      }),
    })
  })
}
