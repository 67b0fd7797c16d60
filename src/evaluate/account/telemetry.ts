import { formatInstant, type Instant, SECOND_MS } from '../../domain/window.ts'
import type { Random } from '../../simulate/random.ts'
import { normal, uniformFactor } from './draw.ts'
import { INTERVAL_S, INTERVALS, type Job } from './job.ts'
import { run } from './physics.ts'

/** One job as each kind of meter shows it, with what was really executed beside it. */

/**
 * What a provider can read; the tier that the product should reach with it. `T2+T3`: gauges on one
 * device, power on the other. `T2-gaps`: gauges, but three tenths of the time nothing.
 */
export const VIEWS = [
  'T1',
  'T1-unattested',
  'T2',
  'T3',
  'T3-node',
  'T4',
  'T5',
  'T2+T3',
  'T2-gaps',
] as const
export type View = (typeof VIEWS)[number]

export interface Fields {
  readonly [field: string]: string | number | null
}

export interface MeteredJob {
  /** Tensor and vector operations that the devices behind each view executed. */
  readonly executed: Readonly<Record<View, number>>
  readonly samples: Readonly<Record<View, readonly Fields[]>>
  readonly charges: Readonly<Record<View, Fields>>
}

interface State {
  /** Over the interval, averaged over stalls. */
  readonly tensor_active: number
  readonly clock: number
  readonly power_w: number
  readonly fp32_active: number
  readonly fp64_active: number
  readonly sm_active: number
  readonly gpu_util: number
}

export function meterJob(random: Random, job: Job, start: Instant): MeteredJob {
  const samples = Object.fromEntries(VIEWS.map(view => [view, [] as Fields[]])) as {
    [view in View]: Fields[]
  }
  let executed = 0
  for (let device = 0; device < job.devices; device += 1) {
    const meter = createMeter(random, job, device, start)
    for (let index = 0; index < INTERVALS; index += 1) {
      const { state, operations } = advance(random, job, meter.silicon, job.pace[index] ?? 0)
      executed += operations
      for (const [view, sample] of meter.read(state, index)) samples[view].push(sample)
    }
  }
  const charges = Object.fromEntries(
    VIEWS.map(view => [view, charge(random, job, view, start)]),
  ) as {
    [view in View]: Fields
  }
  const truths = Object.fromEntries(
    VIEWS.map(view => [view, (executed / job.slice) * unitsPerDevice(job, view)]),
  ) as { [view in View]: number }
  return { executed: truths, samples, charges }
}

/** Power is metered for whole devices, or for a node of them with like silicon. */
function unitsPerDevice(job: Job, view: View): number {
  if (view === 'T3-node') return NODE_DEVICES
  return WHOLE.includes(view) ? 1 : job.slice
}

/** One interval of one device: the work that was done and the state that meters then read. */
function advance(random: Random, job: Job, silicon: number, pace: number) {
  const { chip, physics, fp8_share } = job
  // Per operation FP8 takes half a cycle, so a mixed job needs fewer than a BF16 one.
  const cycles_per_op = (1 - fp8_share + fp8_share / 2) / physics.tile
  const jitter = pace === 0 ? 0 : pace * (1 + 0.02 * normal(random))
  const electrical = run(chip, physics, {
    tensor: (jitter * job.tensor_ops_per_s * cycles_per_op) / chip.peak_ops_per_s.bf16,
    sm: jitter * job.sm_active,
    dram: jitter * job.dram_active,
    link: jitter * job.link,
    tensor_weight: fp8_share > 0 ? 1.05 : 1,
  })
  const state: State = {
    tensor_active: electrical.tensor_active,
    clock: electrical.clock,
    power_w: chip.idle_w + (electrical.power_w - chip.idle_w) * silicon,
    fp32_active: Math.min(1, jitter * job.fp32_active),
    fp64_active: Math.min(1, jitter * job.fp64_active),
    sm_active: Math.min(1, jitter * job.sm_active),
    gpu_util: Math.min(1, jitter * job.gpu_util),
  }
  const vector =
    state.clock *
    (state.fp32_active * chip.fp32_ops_per_s * FMA_SHARE.fp32 +
      state.fp64_active * chip.fp64_ops_per_s * FMA_SHARE.fp64)
  const tensor = jitter * job.tensor_ops_per_s * electrical.done
  return { state, operations: (tensor + vector) * INTERVAL_S * job.slice }
}

/** An active vector cycle is a multiply-add (two operations) or a single one. */
const FMA_SHARE = { fp32: 0.75, fp64: 0.8 }

/** Chips of one model draw up to a tenth more or less for the same work. */
function createMeter(random: Random, job: Job, device: number, start: Instant) {
  const { chip, physics } = job
  const silicon = 1 + 0.04 * normal(random)
  const gain = 10 ** (0.015 * normal(random))
  const host_w = random.between(0.5, 0.75) * chip.host_w
  const summed = random.chance(0.5)
  const restarts = random.chance(0.1) ? random.integer(8, INTERVALS - 8) : -1
  const lossy = random.chance(0.5) ? 0.01 : 0
  const outage = drawOutage(random)
  const total = { mma: 1e15 * random.between(0, 1), sm: 3e15, energy_j: 1e8 }
  const read = (state: State, index: number): readonly (readonly [View, Fields])[] => {
    if (index === restarts) Object.assign(total, { mma: 0, sm: 0, energy_j: 0 })
    const seconds = INTERVAL_S
    const sms = summed ? chip.sm_count * job.slice : 1
    const sm = state.clock * chip.clock_ref_mhz * 1e6 * seconds * sms
    const seen = physics.counter_gain * gain * physics.attribution
    total.sm += sm
    total.mma += sm * Math.min(0.99, state.tensor_active * seen)
    const read_w = state.power_w * physics.power_gain
    total.energy_j += read_w * seconds
    if (random.chance(lossy) || (index >= outage.from && index < outage.to)) return []
    const base = {
      time: formatInstant(start + (index + 1) * seconds * SECOND_MS),
      interval_s: seconds,
    }
    const gauge = {
      tensor_active: round(Math.min(1, state.tensor_active * seen * physics.gauge_gain), 4),
      fp32_active: round(state.fp32_active, 4),
      fp64_active: round(state.fp64_active, 4),
      sm_active: round(state.sm_active, 3),
      sm_clock_mhz: Math.round(state.clock * chip.clock_ref_mhz * physics.clock_gain),
    }
    const counters = {
      mma_cycles_total: Math.round(total.mma),
      sm_cycles_total: Math.round(total.sm),
    }
    const attested = { precision: job.fp8_share > 0 ? 'fp8' : 'bf16', precision_source: 'attested' }
    const busy = { gpu_util: round(state.gpu_util, 2) }
    const energy =
      device % 2 === 0
        ? { energy_total_j: Math.round(total.energy_j) }
        : { power_w: Math.round(read_w) }
    // An idle host of eight H100 draws 205 W for each (MLPerf logs); its fans follow the load.
    const load = (state.power_w - chip.idle_w) / (chip.tdp_w - chip.idle_w)
    const node_w = Math.round(8 * (read_w + host_w * (1 + 0.3 * load)))
    const of = (view: View, fields: Fields): readonly [View, Fields] => [
      view,
      { ...base, ...identity(job, device, view), ...fields },
    ]
    return [
      of('T1', { ...gauge, ...busy, ...counters, ...attested }),
      of('T1-unattested', { ...gauge, ...busy, ...counters }),
      of('T2', { ...gauge, ...busy }),
      of('T3', { ...busy, ...energy }),
      of('T3-node', { device_count: 8, power_scope: 'node', power_w: node_w }),
      of(
        'T4',
        job.physics.leakage > 1.15 ? busy : { sm_active: round(state.sm_active, 3), ...busy },
      ),
      of('T2+T3', { ...busy, ...(device % 2 === 0 ? gauge : energy) }),
      ...(index >= DARK.from && index < DARK.to ? [] : [of('T2-gaps', { ...gauge, ...busy })]),
    ]
  }
  return { silicon, read }
}

/** One device in seven loses its collector for some time. */
function drawOutage(random: Random): { from: number; to: number } {
  if (!random.chance(0.15)) return { from: 0, to: 0 }
  const from = random.integer(0, INTERVALS - 1)
  return { from, to: from + random.integer(2, 12) }
}

const NODE_DEVICES = 8
/** Views with a power meter, which reads no slices. */
const WHOLE: readonly View[] = ['T3', 'T3-node', 'T2+T3']
/** Three tenths of a job, cut out of its middle. */
const DARK = { from: 20, to: 20 + Math.round(0.3 * INTERVALS) }

function identity(job: Job, device: number, view: View): Fields {
  const slice = WHOLE.includes(view) ? {} : { slice: job.slice }
  return {
    device_id: `${job.id}-${view}-${device}`,
    tenant_id: `${job.id}-${view}`,
    accelerator: job.chip.id,
    ...slice,
  }
}

function charge(random: Random, job: Job, view: View, start: Instant): Fields {
  const hours = (INTERVALS * INTERVAL_S) / 3600
  // Bills book hours of other projects on a tenant, or its own elsewhere (note 1.6, T5).
  const booked = view === 'T5' ? uniformFactor(random, 0.06) : 1
  const devices = job.devices * unitsPerDevice(job, view) * booked
  return {
    BillingAccountId: `${job.id}-${view}`,
    SubAccountId: `${job.id}-${view}`,
    x_TenantId: `${job.id}-${view}`,
    ChargePeriodStart: formatInstant(start),
    ChargePeriodEnd: formatInstant(start + hours * 3600 * SECOND_MS),
    ChargeCategory: 'Usage',
    ConsumedQuantity: devices * hours,
    ConsumedUnit: 'Hours',
    SkuId: job.chip.id,
  }
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
