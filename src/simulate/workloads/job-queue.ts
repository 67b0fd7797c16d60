/**
 * Partitions of a fleet that work off queues of unrelated jobs: simulation codes in FP64, small
 * fine-tunes, burn-in. What a job looks like is its profile; nothing ties one job to the next.
 */
import { HOUR_MS, type Instant, SECOND_MS } from '../../domain/window.ts'
import { type Activity, IDLE, type Workload } from '../activity.ts'
import type { Random } from '../random.ts'

type Range = readonly [low: number, high: number]

export interface JobProfile {
  readonly tensor_active: Range
  readonly sm_active: Range
  readonly dram_active: Range
  readonly fp64_active: Range
  readonly memory_share: Range
  readonly net_bytes_per_s: number
  readonly duration_h: Range
  readonly pause_h: Range
}

/** Weather and materials codes: vector FP64, little tensor work, bound by memory. */
export const SIMULATION_CODES: JobProfile = {
  tensor_active: [0, 0.01],
  sm_active: [0.6, 0.85],
  dram_active: [0.45, 0.75],
  fp64_active: [0.2, 0.45],
  memory_share: [0.3, 0.7],
  net_bytes_per_s: 0.4e9,
  duration_h: [4, 40],
  pause_h: [0.2, 3],
}

/** Fine-tuning experiments of a small team: short, frequent, half the time nothing. */
export const FINE_TUNES: JobProfile = {
  tensor_active: [0.15, 0.35],
  sm_active: [0.5, 0.8],
  dram_active: [0.3, 0.5],
  fp64_active: [0, 0],
  memory_share: [0.5, 0.9],
  net_bytes_per_s: 0.6e9,
  duration_h: [1, 12],
  pause_h: [1, 10],
}

/** What a provider runs on nodes that nobody has rented. */
export const BURN_IN: JobProfile = {
  tensor_active: [0.55, 0.7],
  sm_active: [0.9, 0.97],
  dram_active: [0.2, 0.4],
  fp64_active: [0, 0.05],
  memory_share: [0.6, 0.8],
  net_bytes_per_s: 0,
  duration_h: [1, 4],
  pause_h: [20, 60],
}

interface Job {
  readonly name: string
  readonly start: Instant
  readonly end: Instant
  readonly level: Activity
}

/** Deals the meters out to partitions in turn; each partition draws its queue from its own stream. */
export function createJobQueue(
  name: string,
  profile: JobProfile,
  queues: readonly Random[],
  jitter: Random,
  start: Instant,
): Workload {
  const partitions = queues.map((random, partition) =>
    createPartition(`${name}-${partition}`, profile, random, start),
  )
  let present: readonly Activity[] = []
  return {
    advance(from, to) {
      present = partitions.map(advance => advance(from, to))
    },
    at(index) {
      const activity = present[index % present.length] ?? IDLE
      if (activity === IDLE) return IDLE
      return { ...activity, tensor_active: jitter.around(activity.tensor_active, 0.03) }
    },
  }
}

/** The mean activity of one partition over each interval it is asked for, in order of time. */
function createPartition(
  name: string,
  profile: JobProfile,
  random: Random,
  start: Instant,
): (from: Instant, to: Instant) => Activity {
  let ordinal = 0
  let job = drawJob(`${name}-${ordinal}`, profile, random, start)
  return (from, to) => {
    while (job.end <= from) {
      ordinal += 1
      job = drawJob(`${name}-${ordinal}`, profile, random, job.end)
    }
    const overlap_ms = Math.max(0, Math.min(job.end, to) - Math.max(job.start, from))
    if (overlap_ms === 0) return IDLE
    return scale(job, overlap_ms / (to - from), overlap_ms / SECOND_MS, profile)
  }
}

function drawJob(name: string, profile: JobProfile, random: Random, free_from: Instant): Job {
  const start = Math.round(free_from + random.between(...profile.pause_h) * HOUR_MS)
  const level = {
    ...IDLE,
    tensor_active: random.between(...profile.tensor_active),
    sm_active: random.between(...profile.sm_active),
    dram_active: random.between(...profile.dram_active),
    gpu_util: 0.98,
    fp64_active: random.between(...profile.fp64_active),
    clock_share: random.around(0.98, 0.02),
    memory_share: random.between(...profile.memory_share),
  }
  const end = Math.round(start + random.between(...profile.duration_h) * HOUR_MS)
  return { name, start, end, level }
}

function scale(job: Job, share: number, seconds: number, profile: JobProfile): Activity {
  const { level } = job
  return {
    ...level,
    tensor_active: level.tensor_active * share,
    sm_active: level.sm_active * share,
    dram_active: level.dram_active * share,
    gpu_util: level.gpu_util * share,
    fp64_active: level.fp64_active * share,
    nvlink_bytes: 4 * profile.net_bytes_per_s * seconds,
    net_tx_bytes: profile.net_bytes_per_s * seconds,
    net_rx_bytes: profile.net_bytes_per_s * seconds,
    workload_id: job.name,
  }
}
