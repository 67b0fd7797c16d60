/**
 * Synchronous training: one gang, level and homogeneous, in stages, with interruptions that stop
 * every device at once, regular checkpoints of one size, and a new job id after each restart.
 */
import { HOUR_MS, type Instant, SECOND_MS, type Window } from '../../domain/window.ts'
import { type Activity, IDLE, type Workload } from '../activity.ts'
import { createInterruptions } from '../interruptions.ts'
import type { Random } from '../random.ts'

export interface TrainingStage {
  /** The stage lasts until this share of the run's length. */
  readonly until_share: number
  /** Share of the fleet's meters that take part. */
  readonly meters_share: number
  /** Tensor activity while computing. */
  readonly tensor_active: number
  readonly dram_active: number
  readonly memory_share: number
}

export interface TrainingOptions {
  readonly job: string
  readonly run: Window
  readonly stages: readonly TrainingStage[]
  /** Model size; sets the checkpoint: 14 bytes per parameter with optimizer state. */
  readonly parameters: number
  readonly checkpoint_period_h: number
  /** Devices of the whole synchronous run, which may span several fleets; sets the stall rate. */
  readonly run_devices: number
  readonly net_bytes_per_s: number
  readonly nvlink_bytes_per_s: number
}

const CHECKPOINT_BYTES_PER_PARAMETER = 14
/** Devices of one gang differ by little: they wait for one another at every step. */
const DEVICE_SPREAD = 0.015
const CLOCK_SPREAD = 0.01

/**
 * `pace` draws what the whole run shares (stalls); two fleets with equal `pace` streams stall
 * together, as one run split over accounts does. `jitter` draws what differs between devices.
 */
export function createTraining(
  options: TrainingOptions,
  fleet: { readonly meters: number; readonly devices: number },
  pace: Random,
  jitter: Random,
): Workload {
  const interruptions = createInterruptions(pace, options.run_devices, options.run.start)
  let present: Interval | null = null
  let attempt = 0
  return {
    advance(start, end) {
      const { lost_share, begun } = interruptions.advance(start, end)
      const restarted = begun > attempt
      attempt = begun
      present = settle(options, fleet, { start, end }, { lost_share, attempt, restarted })
    },
    at(index) {
      if (present === null || index >= present.meters) return IDLE
      return vary(present.activity, jitter)
    },
  }
}

interface Interval {
  readonly meters: number
  readonly activity: Activity
}

interface Progress {
  readonly lost_share: number
  readonly attempt: number
  readonly restarted: boolean
}

/** The gang's mean over one interval; null while the run does not compute at all. */
function settle(
  options: TrainingOptions,
  fleet: { readonly meters: number; readonly devices: number },
  interval: Window,
  progress: Progress,
): Interval | null {
  const { run } = options
  const from = Math.max(interval.start, run.start)
  const to = Math.min(interval.end, run.end)
  const active =
    (Math.max(0, to - from) / (interval.end - interval.start)) * (1 - progress.lost_share)
  const elapsed_share = (from - run.start) / (run.end - run.start)
  const ordinal = options.stages.findIndex(({ until_share }) => elapsed_share < until_share)
  const stage = options.stages[ordinal]
  if (stage === undefined || active <= 0) return null
  const active_s = (active * (interval.end - interval.start)) / SECOND_MS
  const checkpoint_bytes = (CHECKPOINT_BYTES_PER_PARAMETER * options.parameters) / fleet.devices
  return {
    meters: Math.max(1, Math.round(fleet.meters * stage.meters_share)),
    activity: {
      tensor_active: stage.tensor_active * active,
      sm_active: Math.min(0.97, stage.tensor_active * 1.6 + 0.14) * active,
      dram_active: stage.dram_active * active,
      gpu_util: 0.99 * active,
      fp64_active: 0,
      clock_share: 0.97,
      memory_share: stage.memory_share,
      nvlink_bytes: options.nvlink_bytes_per_s * active_s,
      net_tx_bytes: options.net_bytes_per_s * active_s,
      net_rx_bytes: options.net_bytes_per_s * active_s,
      storage_read_bytes: progress.restarted ? checkpoint_bytes : 0,
      storage_write_bytes: checkpoint_bytes * checkpointsWithin(options, from, to),
      workload_id: `${options.job}-${ordinal + progress.attempt}`,
    },
  }
}

/** Checkpoints fall at whole periods after the start of the run. */
function checkpointsWithin(options: TrainingOptions, from: Instant, to: Instant): number {
  const period_ms = options.checkpoint_period_h * HOUR_MS
  const count = (at: Instant): number => Math.ceil((at - options.run.start) / period_ms)
  return count(to) - count(from)
}

function vary(activity: Activity, jitter: Random): Activity {
  const level = jitter.between(1 - DEVICE_SPREAD, 1 + DEVICE_SPREAD)
  return {
    ...activity,
    tensor_active: activity.tensor_active * level,
    sm_active: Math.min(1, activity.sm_active * level),
    dram_active: activity.dram_active * level,
    clock_share: jitter.around(activity.clock_share, CLOCK_SPREAD),
    net_tx_bytes: activity.net_tx_bytes * level,
    net_rx_bytes: activity.net_rx_bytes * jitter.between(1 - DEVICE_SPREAD, 1 + DEVICE_SPREAD),
  }
}
