/** What devices do, before any meter has looked at it. */
import type { Instant } from '../domain/window.ts'

/**
 * One device's work over one interval: shares (0..1) averaged over the interval, bytes moved
 * during it. A meter that stands for several devices reports the mean of the shares and the sum
 * of the bytes.
 */
export interface Activity {
  readonly tensor_active: number
  readonly sm_active: number
  readonly dram_active: number
  readonly gpu_util: number
  readonly fp64_active: number
  /** Actual over reference clock. */
  readonly clock_share: number
  readonly memory_share: number
  readonly nvlink_bytes: number
  readonly net_tx_bytes: number
  readonly net_rx_bytes: number
  readonly storage_read_bytes: number
  readonly storage_write_bytes: number
  readonly workload_id: string
}

/** A workload over the meters of one fleet. `advance` moves forward in time, never back. */
export interface Workload {
  /** Settles what the fleet does over `[start, end)`; call before `at`. */
  advance(start: Instant, end: Instant): void
  /** What each device behind meter `index` did over the interval last advanced to. */
  at(index: number): Activity
}

/** Held and powered, with nothing to do. */
export const IDLE: Activity = {
  tensor_active: 0,
  sm_active: 0,
  dram_active: 0,
  gpu_util: 0,
  fp64_active: 0,
  clock_share: 0.3,
  memory_share: 0.01,
  nvlink_bytes: 0,
  net_tx_bytes: 0,
  net_rx_bytes: 0,
  storage_read_bytes: 0,
  storage_write_bytes: 0,
  workload_id: '',
}

/** An activity in the steps that meters resolve, with the clock as they print it. */
export interface Reading extends Activity {
  readonly sm_clock_mhz: number
}
