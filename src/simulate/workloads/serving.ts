/**
 * An inference fleet: always on, follows its users through day and week, bound by memory more
 * than by arithmetic, replicas that restart one by one, more bytes out than in.
 */
import { DAY_MS, HOUR_MS, type Instant, SECOND_MS } from '../../domain/window.ts'
import { type Activity, IDLE, type Workload } from '../activity.ts'
import type { Random } from '../random.ts'

export interface ServingOptions {
  readonly service: string
  /** Tensor activity at the quietest and at the busiest hour. */
  readonly tensor_active_min: number
  readonly tensor_active_max: number
  /** UTC hour of the daily peak. */
  readonly peak_hour: number
}

const DAY_HOURS = DAY_MS / HOUR_MS
const REPLICA_SPREAD = 0.25
const WEEKEND_SHARE = 0.8
/** One replica restarts about every ten days and is away for up to twenty minutes. */
const RESTARTS_PER_S = 1 / (10 * 86_400)
const RESTART_S_MAX = 1_200

/** One replica per meter. */
export function createServing(options: ServingOptions, jitter: Random): Workload {
  let demand = 0
  let seconds = 0
  return {
    advance(start, end) {
      seconds = (end - start) / SECOND_MS
      demand = demandAt(options, (start + end) / 2)
    },
    at: index => serve(options, index, demand, seconds, jitter),
  }
}

/** Demand in 0..1: a cosine over the day, lower at weekends. */
export function demandAt(options: ServingOptions, at: Instant): number {
  const hour = (at % DAY_MS) / HOUR_MS
  const daily = (1 + Math.cos((2 * Math.PI * (hour - options.peak_hour)) / DAY_HOURS)) / 2
  // 1 January 1970 was a Thursday, so Saturday and Sunday are days 2 and 3 of its week.
  const weekday = Math.floor(at / DAY_MS) % 7
  return daily * (weekday === 2 || weekday === 3 ? WEEKEND_SHARE : 1)
}

function serve(
  options: ServingOptions,
  index: number,
  demand: number,
  seconds: number,
  jitter: Random,
): Activity {
  const away_s = jitter.chance(RESTARTS_PER_S * seconds) ? jitter.between(60, RESTART_S_MAX) : 0
  const up = Math.max(0, 1 - away_s / seconds)
  const span = options.tensor_active_max - options.tensor_active_min
  const level = jitter.around(options.tensor_active_min + span * demand, REPLICA_SPREAD) * up
  const busy = level / options.tensor_active_max
  return {
    ...IDLE,
    tensor_active: level,
    sm_active: Math.min(0.9, 0.15 + 0.45 * busy) * up,
    dram_active: Math.min(0.9, 0.2 + 0.5 * busy) * up,
    gpu_util: Math.min(0.98, 0.45 + 0.5 * busy) * up,
    clock_share: jitter.around(1.02, 0.02),
    memory_share: jitter.between(0.82, 0.93),
    nvlink_bytes: 2e9 * busy * seconds,
    net_tx_bytes: jitter.around(6e6 * busy * seconds, 0.2),
    net_rx_bytes: jitter.around(1e6 * busy * seconds, 0.2),
    storage_read_bytes: away_s > 0 ? 140e9 : 0,
    workload_id: `${options.service}-${index}`,
  }
}
