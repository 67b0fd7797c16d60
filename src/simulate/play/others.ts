/** Everything that is not one long training run. */
import { HOUR_MS, MINUTE_MS, type Window } from '../../domain/window.ts'
import type { Random } from '../random.ts'
import { trainingActivity, type Work } from './work.ts'

type Base = Omit<
  Work,
  keyof Window | 'run' | 'tensor_active' | 'sm_active' | 'dram_active' | 'fp64_active'
>
type Range = readonly [low: number, high: number]

export interface Queue {
  readonly duration_h: Range
  readonly pause_h: Range
  readonly activity: (
    random: Random,
  ) => Pick<Work, 'tensor_active' | 'sm_active' | 'dram_active' | 'fp64_active'>
}

/** Experiments of a team: short, frequent, each of its own pace. */
export const FINE_TUNES: Queue = {
  duration_h: [1, 12],
  pause_h: [1, 10],
  activity: random => ({
    tensor_active: random.between(0.15, 0.35),
    sm_active: random.between(0.5, 0.8),
    dram_active: random.between(0.3, 0.5),
    fp64_active: 0,
  }),
}

/** Double-precision codes, one after the other. */
export const SIMULATION_CODES: Queue = {
  duration_h: [4, 40],
  pause_h: [0.2, 3],
  activity: random => ({
    tensor_active: random.between(0, 0.01),
    sm_active: random.between(0.6, 0.85),
    dram_active: random.between(0.45, 0.75),
    fp64_active: random.between(0.2, 0.45),
  }),
}

/** The same embedding model over new documents, most nights. */
export function batchEmbedding(random: Random): Queue {
  const activity = { ...trainingActivity(random.between(0.3, 0.5)), dram_active: 0.3 }
  return { duration_h: [3, 7], pause_h: [15, 22], activity: () => activity }
}

/** One job after the other on the same meters; each is a computation of its own. */
export function* queueWork(
  base: Base,
  window: Window,
  queue: Queue,
  random: Random,
): Generator<Work> {
  let at = window.start
  for (let ordinal = 0; ; ordinal += 1) {
    const start = at + random.between(...queue.pause_h) * HOUR_MS
    const end = Math.min(window.end, start + random.between(...queue.duration_h) * HOUR_MS)
    if (start >= window.end) return
    const run = `${base.tenant_id}/${base.fabric_id}/${base.meters[0]}/${ordinal}`
    yield { ...base, run, start, end, ...queue.activity(random) }
    at = end
  }
}

/**
 * Replicas that never stop but one by one, about every ten days: a service that follows its users
 * (activity between the two bounds over the day), or flat where they are equal.
 */
export function* replicaWork(
  base: Base,
  window: Window,
  tensor_active: Range,
  random: Random,
): Generator<Work> {
  const run = `${base.tenant_id}/${base.fabric_id}/service`
  const [low, high] = tensor_active
  for (let meter = base.meters[0]; meter <= base.meters[1]; meter += 1) {
    let away_at = window.start + random.exponential(240) * HOUR_MS
    for (let at = window.start; at < window.end; ) {
      const step = Math.min(window.end, away_at, (Math.floor(at / HOUR_MS) + 1) * HOUR_MS)
      const daily = (1 + Math.cos((2 * Math.PI * (at / HOUR_MS - 19)) / 24)) / 2
      const level = random.around(low + (high - low) * daily, high === low ? 0.01 : 0.1)
      const activity = { ...trainingActivity(level), sm_active: 0.3 + level, dram_active: 0.5 }
      yield { ...base, ...activity, run, meters: [meter, meter], start: at, end: step }
      at = step
      if (at < away_at) continue
      at = away_at + random.between(2, 20) * MINUTE_MS
      away_at = at + random.exponential(240) * HOUR_MS
    }
  }
}
