/**
 * The meters of a fleet: from what the devices did to what is written down. Readings are rounded
 * first and the true operations are taken from the rounded figures, so that the truth beside a
 * stream is exactly what the stream says wherever nothing was hidden.
 */
import { type Instant, SECOND_MS } from '../domain/window.ts'
import type { Activity, Reading } from './activity.ts'
import type { SimulatedChip } from './chips.ts'
import { createWorkload, type Fleet } from './fleet.ts'
import type { RunLedger } from './ledger.ts'
import { devicePower, hostPower, loadShare } from './power.ts'
import { type Cycles, createMeter, type Meter, type Sample } from './sample.ts'

/** A fleet on its way through time. */
export interface MeteredFleet {
  /** End of the interval that `step` does next; past `held.end` there is none. */
  readonly due: Instant
  /** The samples of one interval, all of the same time. Books the truth as it goes. */
  step(): Generator<Sample, void>
}

export function meterFleet(fleet: Fleet, seed: number, ledger: RunLedger): MeteredFleet {
  const workload = createWorkload(fleet, seed)
  const interval_ms = fleet.interval_s * SECOND_MS
  const blind = new Set(fleet.flaws.blind_meters)
  const meters = Array.from({ length: fleet.meters }, (_, index) => describeMeter(fleet, index))
  const energies = new Float64Array(fleet.meters)
  const counters = fleet.counters ? createCounters(fleet) : null
  let due = fleet.held.start + interval_ms
  return {
    get due() {
      return due
    },
    *step() {
      const time = due
      due += interval_ms
      workload.advance(time - interval_ms, time)
      const dark = fleet.flaws.dark_from !== undefined && time > fleet.flaws.dark_from
      for (const [index, meter] of meters.entries()) {
        const activity = quantise(workload.at(index), fleet.chip)
        const seen = blind.has(index) ? withoutProfiling(activity) : activity
        ledger.book(activity, dark ? null : seen, time)
        const power_w = meterPower(fleet, activity)
        energies[index] = (energies[index] ?? 0) + power_w * fleet.interval_s
        const cycles = counters?.advance(index, seen) ?? null
        if (!dark) yield read(fleet, meter, time, seen, power_w, energies[index] ?? 0, cycles)
      }
    },
  }
}

function quantise(activity: Activity, chip: SimulatedChip): Reading {
  return {
    ...activity,
    tensor_active: Math.round(activity.tensor_active * 1e4) / 1e4,
    sm_active: Math.round(activity.sm_active * 1e3) / 1e3,
    dram_active: Math.round(activity.dram_active * 1e3) / 1e3,
    gpu_util: Math.round(activity.gpu_util * 1e2) / 1e2,
    fp64_active: Math.round(activity.fp64_active * 1e4) / 1e4,
    sm_clock_mhz: Math.round(activity.clock_share * chip.clock_ref_mhz),
  }
}

/** The fault of dcgm-exporter issue 662: profiling fields at zero while utilisation reads 99 %. */
function withoutProfiling(reading: Reading): Reading {
  return { ...reading, tensor_active: 0, sm_active: 0, dram_active: 0, fp64_active: 0 }
}

function meterPower(fleet: Fleet, activity: Activity): number {
  const load = loadShare(activity)
  const device_w = devicePower(fleet.chip, load)
  if (fleet.devices_per_meter === 1) return Math.round(device_w)
  return Math.round(fleet.devices_per_meter * (device_w + hostPower(fleet.chip, load)))
}

function read(
  fleet: Fleet,
  meter: Meter,
  time: Instant,
  reading: Reading,
  power_w: number,
  energy_total_j: number,
  cycles: Cycles | null,
): Sample {
  const count = fleet.devices_per_meter
  return {
    meter,
    time,
    interval_s: fleet.interval_s,
    workload_id: reading.workload_id,
    tensor_active: reading.tensor_active,
    sm_active: reading.sm_active,
    dram_active: reading.dram_active,
    gpu_util: reading.gpu_util,
    fp64_active: reading.fp64_active,
    sm_clock_mhz: reading.sm_clock_mhz,
    power_w,
    energy_total_j,
    memory_used_bytes: Math.round(reading.memory_share * fleet.chip.memory_bytes * count),
    // A node or rack meter sits outside the links and does not see them.
    nvlink_bytes: count === 1 ? Math.round(reading.nvlink_bytes) : null,
    net_tx_bytes: Math.round(reading.net_tx_bytes * count),
    net_rx_bytes: Math.round(reading.net_rx_bytes * count),
    storage_read_bytes: Math.round(reading.storage_read_bytes * count),
    storage_write_bytes: Math.round(reading.storage_write_bytes * count),
    cycles,
  }
}

function createCounters(fleet: Fleet): { advance(index: number, reading: Reading): Cycles } {
  const totals = Array.from({ length: fleet.meters }, () => ({ mma: 0, sm: 0 }))
  const sms = fleet.chip.sm_count * fleet.devices_per_meter
  return {
    advance(index, reading) {
      const total = totals[index] ?? { mma: 0, sm: 0 }
      const cycles = sms * reading.sm_clock_mhz * 1e6 * fleet.interval_s
      total.sm += cycles
      total.mma += Math.round(cycles * reading.tensor_active)
      return { mma_cycles_total: total.mma, sm_cycles_total: total.sm }
    },
  }
}

/** A rack or node meter is named after its node; devices of one node share the node's name. */
function describeMeter(fleet: Fleet, index: number): Meter {
  const single = fleet.devices_per_meter === 1
  const node = single ? Math.floor(index / DEVICES_PER_NODE) : index
  const node_id = `${fleet.name}-${String(node).padStart(3, '0')}`
  const suffix = single ? `gpu${index % DEVICES_PER_NODE}` : 'meter'
  return createMeter({
    device_id: `${node_id}-${suffix}`,
    tenant_id: fleet.tenant_id,
    accelerator: fleet.flaws.driver_string ?? fleet.chip.id,
    device_count: fleet.devices_per_meter,
    node_id,
    ...fleet.place,
    declared_use: fleet.declared_use,
    precision: fleet.precision_attested ? fleet.precision : null,
    precision_source: fleet.precision_attested ? 'customer-attestation' : null,
  })
}

const DEVICES_PER_NODE = 8

/** How many samples the fleet sends. */
export function sampleCount(fleet: Fleet): number {
  const { start, end } = fleet.held
  const last = Math.min(end, fleet.flaws.dark_from ?? end)
  return Math.floor((last - start) / (fleet.interval_s * SECOND_MS)) * fleet.meters
}
