/**
 * One accelerator sample and its line. Lines are built by hand: a run of the demo writes about a
 * million, and an object for JSON.stringify would cost more than the simulation itself.
 */
import { formatInstant, type Instant } from '../domain/window.ts'

/** What stays the same from sample to sample of one meter. */
export interface Meter {
  readonly device_id: string
  /** The unchanging fields as JSON members, each followed by a comma. */
  readonly json: string
}

/** Names as in the contract (AcceleratorSample); null means that the meter has no such reading. */
export interface Sample {
  readonly meter: Meter
  /** End of the interval. */
  readonly time: Instant
  readonly interval_s: number
  readonly workload_id: string
  readonly tensor_active: number
  readonly sm_active: number
  readonly dram_active: number
  readonly gpu_util: number
  readonly fp64_active: number
  readonly sm_clock_mhz: number
  readonly power_w: number
  readonly energy_total_j: number
  readonly memory_used_bytes: number
  /** Each way. */
  readonly nvlink_bytes: number | null
  readonly net_tx_bytes: number
  readonly net_rx_bytes: number
  readonly storage_read_bytes: number
  readonly storage_write_bytes: number
  readonly cycles: Cycles | null
}

/** Counters over all SMs of the meter's devices since the driver was loaded. */
export interface Cycles {
  readonly mma_cycles_total: number
  readonly sm_cycles_total: number
}

export interface MeterFields {
  readonly device_id: string
  readonly tenant_id: string | null
  readonly accelerator: string
  readonly device_count: number
  readonly node_id: string
  readonly fabric_id: string
  readonly site: string
  readonly region: string
  readonly declared_use: string | null
  readonly precision: string | null
  readonly precision_source: string | null
}

export function createMeter(fields: MeterFields): Meter {
  const present = Object.entries(fields).filter(
    ([name, value]) => name === 'tenant_id' || value !== null,
  )
  const scope = fields.device_count > 1 ? 'node' : 'device'
  const json = JSON.stringify({ ...Object.fromEntries(present), power_scope: scope })
  return { device_id: fields.device_id, json: `${json.slice(1, -1)},` }
}

/** Renders samples; keeps the text of the last instant, which whole fleets share. */
export function createSampleRenderer(): (sample: Sample) => string {
  let time: Instant | null = null
  let text = ''
  return sample => {
    if (sample.time !== time) {
      time = sample.time
      text = formatInstant(time)
    }
    return renderSample(sample, text)
  }
}

function renderSample(sample: Sample, time: string): string {
  const { workload_id, cycles } = sample
  const workload = workload_id === '' ? '' : `"workload_id":"${workload_id}",`
  const fp64 = sample.fp64_active > 0 ? `"fp64_active":${sample.fp64_active},` : ''
  const counters =
    cycles === null
      ? ''
      : `"mma_cycles_total":${cycles.mma_cycles_total},"sm_cycles_total":${cycles.sm_cycles_total},`
  return (
    `{"time":"${time}","interval_s":${sample.interval_s},${sample.meter.json}${workload}` +
    `"tensor_active":${sample.tensor_active},"sm_active":${sample.sm_active},` +
    `"dram_active":${sample.dram_active},"gpu_util":${sample.gpu_util},${fp64}${counters}` +
    `"sm_clock_mhz":${sample.sm_clock_mhz},"power_w":${sample.power_w},` +
    `"energy_total_j":${sample.energy_total_j},` +
    `"memory_used_bytes":${sample.memory_used_bytes}${renderTraffic(sample)}}`
  )
}

/** An idle meter moves nothing; its zeroes are left out to keep the stream small. */
function renderTraffic(sample: Sample): string {
  const { nvlink_bytes, net_tx_bytes, net_rx_bytes } = sample
  const { storage_read_bytes, storage_write_bytes } = sample
  const links =
    nvlink_bytes === null || nvlink_bytes === 0
      ? ''
      : `,"nvlink_tx_bytes":${nvlink_bytes},"nvlink_rx_bytes":${nvlink_bytes}`
  const network =
    net_tx_bytes === 0 && net_rx_bytes === 0
      ? ''
      : `,"net_tx_bytes":${net_tx_bytes},"net_rx_bytes":${net_rx_bytes}`
  const reads = storage_read_bytes === 0 ? '' : `,"storage_read_bytes":${storage_read_bytes}`
  const writes = storage_write_bytes === 0 ? '' : `,"storage_write_bytes":${storage_write_bytes}`
  return links + network + reads + writes
}
