/**
 * One synchronous run over weeks: it starts on a part of its machine, changes its pace with its
 * stages, stands still at the published rate, goes on without a node that failed, and may move.
 */
import { HOUR_MS, type Instant, type Window } from '../../domain/window.ts'
import { mergeStalls } from '../interruptions.ts'
import type { Random } from '../random.ts'
import { trainingActivity, type Work } from './work.ts'

export interface TrainingPlan extends Window {
  readonly base: Omit<
    Work,
    keyof Window | 'tensor_active' | 'sm_active' | 'dram_active' | 'fp64_active'
  >
  readonly tensor_active: number
  /** The run begins on this share of its meters; the rest joins after so long, without a stop. */
  readonly ramp: { readonly share: number; readonly length_ms: number } | null
  /** From these shares of the length on it works at this multiple of its pace. */
  readonly stages: readonly { readonly from: number; readonly pace: number }[]
  /** Stands still as often as a run on so many devices. */
  readonly stalls_like_devices: number
  /** Chance that an interruption takes a node away until the next one. */
  readonly node_loss: number
  /** Goes on in another place from this share of its length on, after a pause. */
  readonly move: {
    readonly from: number
    readonly pause_ms: number
    readonly site: string
    readonly fabric_id: string
  } | null
}

/** At one pace and in one place. */
const STEADY = { ramp: null, stages: [], move: null } as const

/**
 * A run at one pace and in one place; it stands still as often as one on 4,000 to 33,000 devices,
 * of however few it is played.
 */
export function plainRun(window: Window, base: TrainingPlan['base'], random: Random): Work[] {
  const plan = {
    ...STEADY,
    ...window,
    base,
    tensor_active: random.between(0.3, 0.5),
    stalls_like_devices: random.between(4_000, 33_000),
    node_loss: 0,
  }
  return [...trainingWork(plan, random)]
}

/** A run that stands still as often as the published one of 16,384 devices: 466 times in 54 days. */
export function frontierRun(window: Window, base: TrainingPlan['base'], random: Random): Work[] {
  const plan = {
    ...STEADY,
    ...window,
    base,
    tensor_active: random.between(0.35, 0.45),
    stalls_like_devices: 16_384,
    node_loss: 0.2,
  }
  return [...trainingWork(plan, random)]
}

/** The stretches of the run in order of time. */
export function* trainingWork(plan: TrainingPlan, random: Random): Generator<Work> {
  const length_ms = plan.end - plan.start
  const moves_at = plan.move ? plan.start + plan.move.from * length_ms : plan.end
  let place = plan.base
  let at = plan.start
  let lost = 0
  for (const stall of mergeStalls(random, plan.stalls_like_devices, plan.start)) {
    const hasMoved = place !== plan.base
    const stop = Math.min(stall.start, hasMoved ? plan.end : moves_at, plan.end)
    if (stop > at) yield* computing(plan, place, { start: at, end: stop }, lost)
    if (stop >= plan.end) return
    if (!hasMoved && plan.move && stop >= moves_at) {
      const { site, fabric_id, pause_ms } = plan.move
      place = { ...plan.base, site, fabric_id }
      at = stop + pause_ms
      continue
    }
    at = Math.max(at, stall.end)
    lost = random.chance(plan.node_loss) ? 1 : 0
  }
}

/** One uninterrupted stretch, cut where the pace changes and where the ramp ends. */
function* computing(
  plan: TrainingPlan,
  place: TrainingPlan['base'],
  stretch: Window,
  lost: number,
): Generator<Work> {
  const [first, last] = place.meters
  const full = last - lost
  const begun = plan.ramp
    ? Math.max(first, first + Math.round((last - first + 1) * plan.ramp.share) - 1)
    : full
  const ramped_at = plan.start + (plan.ramp?.length_ms ?? 0)
  for (const { pace, ...window } of paces(plan, stretch)) {
    const activity = trainingActivity(plan.tensor_active * pace)
    const main: readonly [number, number] = [first, Math.min(begun, full)]
    yield { ...place, ...activity, ...window, meters: plan.ramp ? main : [first, full] }
    const joined = { start: Math.max(window.start, ramped_at), end: window.end }
    if (!plan.ramp || joined.start >= joined.end || begun >= full) continue
    yield { ...place, ...activity, ...joined, meters: [begun + 1, full] }
  }
}

function* paces(plan: TrainingPlan, stretch: Window): Generator<Window & { pace: number }> {
  const at = (share: number): Instant => plan.start + share * (plan.end - plan.start)
  const stages = [{ from: 0, pace: 1 }, ...plan.stages]
  for (const [index, { from, pace }] of stages.entries()) {
    const until = stages[index + 1]?.from ?? 1
    const start = Math.max(stretch.start, at(from))
    const end = Math.min(stretch.end, at(until))
    if (end > start) yield { start, end, pace }
  }
}

/** Long context and annealing: a tenth less arithmetic, then a little more. */
export const FRONTIER_STAGES = [
  { from: 0.84, pace: 0.9 },
  { from: 0.94, pace: 0.97 },
] as const

export const DEFAULT_MOVE_PAUSE_MS = 3 * HOUR_MS
