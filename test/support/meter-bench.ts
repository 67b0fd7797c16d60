import { createBuildNumbers } from '../../src/domain/build.ts'
import { meterSettings } from '../../src/domain/meter-settings.ts'
import { HOUR_MS, type Instant, sampleHour, toSqlTime } from '../../src/domain/window.ts'
import type { Row } from '../../src/ports/store.ts'
import { createMeter, type Meter } from '../../src/stages/meter.ts'
import { fillLookups } from '../../src/stages/reference.ts'
import { openProbeStore, type ProbeStore } from './probe-store.ts'
import { fakeClock } from './store.ts'

/** Reference data with round figures, so that expectations can be worked out in the head. */
export const VERSION = 'test'

/** 2026-01-01T05:00:00Z, the hour that tests play in. */
export const HOUR: Instant = Date.UTC(2026, 0, 1, 5)

/** `at(10)` is 05:10:00, `at(70, 30)` 06:10:30. */
export const at = (minute: number, second = 0): Instant => HOUR + (minute * 60 + second) * 1000

const CHIPS: readonly Row[] = [
  { chip: 'alpha', idle_w: 100, tdp_w: 500, host_w: 50, clock_ref_mhz: 1000, sm_count: 100 },
  { chip: 'beta', idle_w: 100, tdp_w: 500, host_w: 50, clock_ref_mhz: null, sm_count: null },
  { chip: 'unknown', idle_w: 0, tdp_w: 500, host_w: 0, clock_ref_mhz: null, sm_count: null },
]

/** Operations per unit of evidence, lo, mid, hi; the same for every chip. */
export const FACTORS = {
  T1: [1, 2, 4],
  T2: [10, 20, 40],
  T3: [3, 6, 12],
  T4: [5, 10, 20],
  T5: [7, 14, 28],
  gap: [0, 14, 56],
  measured: [0.5, 1, 2],
  fp64: [100, 200, 400],
  fp32: [50, 100, 200],
  // share of the energy above idle of a node that is its devices'
  host: [0.8, 0.9, 0.95],
} as const

const flop = ([lo, mid, hi]: readonly [number, number, number], amount: number) => ({
  flop_lo: lo * amount,
  flop_mid: mid * amount,
  flop_hi: hi * amount,
})
/** Operations of an amount of evidence: tensor-active seconds, net joules, active seconds. */
export const t1 = (active_s: number) => flop(FACTORS.T1, active_s)
export const t2 = (active_s: number) => flop(FACTORS.T2, active_s)
export const t3 = (net_j: number) => flop(FACTORS.T3, net_j)
export const t4 = (active_s: number) => flop(FACTORS.T4, active_s)
/** Seconds without evidence: nothing at least, as if billed, the most the chip can do. */
export const gap = (device_s: number) => flop([0, FACTORS.T5[1], FACTORS.gap[2]], device_s)

export interface MeterBench extends ProbeStore {
  readonly meter: Meter
  readonly clock: ReturnType<typeof fakeClock>
  /** Stores samples and marks the hours that they can change. */
  send(...samples: Row[]): Promise<void>
  /** Rebuilds all that is dirty and closes the marks. */
  rebuild(until?: Instant): Promise<void>
  /** Device-hours of one scenario, of all that `play` metered in one pass. */
  hoursOf(scenario: Scenario): Promise<unknown[]>
  /** Empties what samples and charges leave behind; the reference data stays. */
  reset(): Promise<void>
}

/** Samples of devices that no other scenario uses, and the device-hours they must give. */
export interface Scenario {
  readonly name: string
  readonly samples: readonly Row[]
  /** Parts of the rows, in order of tenant, hour, device and workload. */
  readonly rows: readonly Row[]
}

const HOURS_OF_DEVICES = `
  select * except (build, is_deleted) from device_hours final
  where device_id in {devices:Array(String)}
  order by tenant_id, hour, device_id, workload_id`

const TABLES = [
  'samples',
  'hour_marks',
  'charges',
  'charge_generations',
  'device_blocks',
  'device_hours',
  'observed_hours',
  'usage_hours',
  'usage_days',
  'day_gangs',
  'runs',
  'run_history',
] as const

export async function openMeterBench(
  probes: Readonly<Record<string, string>> = {},
): Promise<MeterBench> {
  const clock = fakeClock()
  const opened = await openProbeStore({ ...probes, 'hours-of': HOURS_OF_DEVICES }, clock)
  await publishTestReference(opened)
  const builds = createBuildNumbers(clock.now)
  const settings = meterSettings.parse(undefined)
  const meter = createMeter({
    store: opened.store,
    clock,
    builds,
    settings,
    catalogueVersion: VERSION,
  })
  let batch = 0
  return {
    ...opened,
    meter,
    clock,
    async send(...samples) {
      batch += 1
      await opened.store.append('samples', samples)
      await opened.store.append('hour_marks', marksOf(samples, `batch-${batch}`))
    },
    async rebuild(until = HOUR + 1000 * HOUR_MS) {
      await meter.settle(await meter.rebuild(until))
    },
    hoursOf: ({ samples }) =>
      opened.probe('hours-of', { devices: samples.map(row => String(row['device_id'])) }),
    reset: () => opened.clear(...TABLES),
  }
}

async function publishTestReference({ store }: ProbeStore): Promise<void> {
  const version = VERSION
  const names = { alpha: 'alpha', 'nvidia alpha': 'alpha', beta: 'beta' }
  await store.append(
    'chips',
    CHIPS.map(chip => ({ version, scale_out_gbit_per_s: null, ...chip })),
  )
  await store.append(
    'chip_names',
    Object.entries(names).map(([name, chip]) => ({ version, name, chip })),
  )
  const factors = CHIPS.flatMap(({ chip = '' }) =>
    Object.entries(FACTORS).flatMap(([tier, [lo, mid, hi]]) => [
      { version, chip, tier, precision: '', lo, mid, hi },
      { version, chip, tier, precision: 'bf16', lo, mid, hi: hi / 2 },
      { version, chip, tier, precision: 'fp8', lo: lo * 10, mid: mid * 10, hi: hi * 10 },
    ]),
  )
  await store.append('estimate_factors', factors)
  await store.append('skus', [
    { version, sku: 'vm-alpha-2', chip: 'alpha', accelerators: 2 },
    { version, sku: 'vm-beta-1', chip: 'beta', accelerators: 1 },
  ])
  await fillLookups(store, version)
}

const DEFAULTS = {
  tenant_id: 'acme',
  accelerator: 'alpha',
  device_count: 1,
  slice: 1,
  node_id: '',
  fabric_id: '',
  site: '',
  region: '',
  workload_id: '',
  declared_use: '',
  tensor_active: null,
  sm_active: null,
  gpu_util: null,
  fp64_active: null,
  fp32_active: null,
  mma_cycles_total: null,
  sm_cycles_total: null,
  sm_clock_mhz: null,
  power_w: null,
  power_scope: 'device',
  energy_total_j: null,
  memory_used_bytes: null,
  precision: '',
  precision_source: '',
  operations: null,
  revision: 0,
}

/** One row of `samples` that ends at `end`; the version follows the revision alone. */
export function sample(device_id: string, end: Instant, interval_s: number, more: Row = {}): Row {
  const row = { ...DEFAULTS, ...more }
  return {
    ...row,
    device_id,
    hour: toSqlTime(sampleHour(end)).slice(0, 19),
    time: toSqlTime(end),
    interval_s,
    version: String((BigInt(Number(row.revision)) << 64n) | 1n),
  }
}

/** A sample reaches at most an hour back and changes its successor's counters. */
function marksOf(samples: readonly Row[], batch_id: string): Row[] {
  const touched = samples.flatMap(row => {
    const hour = Date.parse(`${String(row['hour']).replace(' ', 'T')}Z`)
    return [hour - HOUR_MS, hour, hour + HOUR_MS]
  })
  return [...new Set(touched)].map(hour => mark(hour, batch_id, 1))
}

export function mark(hour: Instant, batch_id: string, state: number, when = HOUR): Row {
  return { hour: toSqlTime(hour).slice(0, 19), batch_id, state, at: toSqlTime(when) }
}

/** The same over tenants, with the devices of each. */
export function markOf(tenants: Readonly<Record<string, number>>, marked: Row): Row {
  return { ...marked, tenants: Object.keys(tenants), devices: Object.values(tenants) }
}

/** An hour in which a tenant was seen with so many devices. */
export function observed(tenant_id: string, devices: number): Row {
  return { tenant_id, hour: toSqlTime(HOUR).slice(0, 19), chip: 'alpha', devices, build: '1' }
}
