/** What a fleet really executed, booked sample by sample while the stream is written. */
import { formatInstant, type Instant, type Window } from '../domain/window.ts'
import type { Reading } from './activity.ts'
import { type Fleet, fleetDevices } from './fleet.ts'

/** Books one fleet. Sums are compensated, so a million small terms lose nothing. */
export interface RunLedger {
  /**
   * One meter over the interval that ends at `time`: what it executed, and what its sample will
   * say (null: no sample).
   */
  book(executed: Reading, reported: Reading | null, time: Instant): void
  readonly entry: () => RunTruth
}

/** Operations are decimal text; `operations = tensor + vector`. */
export interface RunTruth {
  readonly fleet: string
  readonly tenant_id: string | null
  readonly kind: string
  readonly declared_use: string | null
  readonly accelerator: string
  readonly precision: string
  readonly peak_ops_per_s: number
  readonly fp64_ops_per_s: number
  readonly clock_ref_mhz: number
  readonly devices: number
  readonly held: TruthWindow
  /** First and last sample interval with tensor or vector work; null where there was none. */
  readonly busy: TruthWindow | null
  readonly operations: string
  readonly operations_tensor: string
  readonly operations_vector: string
  /** The part of `operations` that the written telemetry accounts for. */
  readonly operations_reported: string
}

export interface TruthWindow {
  readonly start: string
  readonly end: string
}

export function createRunLedger(fleet: Fleet): RunLedger {
  const tensor = createSum()
  const vector = createSum()
  const reported = createSum()
  const interval_ms = fleet.interval_s * 1000
  let first: Instant | null = null
  let last: Instant | null = null
  return {
    book(executed, seen, time) {
      const tensor_ops = tensorOperations(fleet, executed)
      const vector_ops = vectorOperations(fleet, executed)
      tensor.add(tensor_ops)
      vector.add(vector_ops)
      if (seen !== null) reported.add(tensorOperations(fleet, seen) + vectorOperations(fleet, seen))
      if (tensor_ops + vector_ops === 0) return
      first ??= time - interval_ms
      last = time
    },
    entry: () => ({
      fleet: fleet.name,
      tenant_id: fleet.tenant_id,
      kind: fleet.work.kind,
      declared_use: fleet.declared_use,
      accelerator: fleet.chip.id,
      precision: fleet.precision,
      peak_ops_per_s: fleet.chip.peak_ops_per_s[fleet.precision],
      fp64_ops_per_s: fleet.chip.fp64_ops_per_s,
      clock_ref_mhz: fleet.chip.clock_ref_mhz,
      devices: fleetDevices(fleet),
      held: describeWindow(fleet.held),
      busy: first === null || last === null ? null : describeWindow({ start: first, end: last }),
      operations: decimalText(tensor.total() + vector.total()),
      operations_tensor: decimalText(tensor.total()),
      operations_vector: decimalText(vector.total()),
      operations_reported: decimalText(reported.total()),
    }),
  }
}

/** Tensor activity x clock over its reference x dense peak x devices x seconds (compute.md 1.2). */
function tensorOperations(fleet: Fleet, reading: Reading): number {
  const peak = fleet.chip.peak_ops_per_s[fleet.precision]
  return reading.tensor_active * peak * clockedDeviceSeconds(fleet, reading)
}

function vectorOperations(fleet: Fleet, reading: Reading): number {
  return reading.fp64_active * fleet.chip.fp64_ops_per_s * clockedDeviceSeconds(fleet, reading)
}

function clockedDeviceSeconds(fleet: Fleet, reading: Reading): number {
  const clock_share = reading.sm_clock_mhz / fleet.chip.clock_ref_mhz
  return clock_share * fleet.devices_per_meter * fleet.interval_s
}

/** Neumaier's compensated sum. */
function createSum(): { add(value: number): void; total(): number } {
  let sum = 0
  let lost = 0
  return {
    add(value) {
      const next = sum + value
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
      sum = next
    },
    total: () => sum + lost,
  }
}

/** Whole operations without an exponent: `160000000000000000000000000`. */
export function decimalText(operations: number): string {
  return BigInt(Math.round(operations)).toString()
}

export function describeWindow(window: Window): TruthWindow {
  return { start: formatInstant(window.start), end: formatInstant(window.end) }
}
