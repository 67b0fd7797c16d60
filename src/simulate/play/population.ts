/** Tenants of a cloud, drawn one by one: what each really computed over some weeks. */
import { DAY_MS, HOUR_MS, type Window } from '../../domain/window.ts'
import { A100, B200, H100, H200 } from '../chips.ts'
import { createRandom, type Random } from '../random.ts'
import { batchEmbedding, FINE_TUNES, queueWork, replicaWork, SIMULATION_CODES } from './others.ts'
import {
  DEFAULT_MOVE_PAUSE_MS,
  FRONTIER_STAGES,
  type TrainingPlan,
  trainingWork,
} from './training.ts'
import type { Work } from './work.ts'

export const FAMILIES = [
  'frontier',
  'two-at-once',
  'moving',
  'fine-tunes',
  'hpc',
  'serving',
  'mining',
  'batch-embedding',
] as const
export type Family = (typeof FAMILIES)[number]

export interface PlayedTenant {
  readonly tenant_id: string
  readonly family: Family
  readonly works: readonly Work[]
}

const METERS = { small: [2, 8], large: [12, 40] } as const

/** Devices behind each meter, and meters; undefined: a few, as an evaluation needs. */
export interface Size {
  readonly units: number
  readonly meters: number | undefined
}

interface Who {
  readonly tenant_id: string
  readonly size: Size
}

/** The same arguments give the same tenant, whichever others are drawn. */
export function drawTenant(
  seed: number,
  ordinal: number,
  family: Family,
  window: Window,
  size: Size = { units: 8, meters: undefined },
): PlayedTenant {
  const tenant_id = `${family}-${ordinal}`
  const random = createRandom(seed, `population/${tenant_id}`)
  return { tenant_id, family, works: [...WORKS[family]({ tenant_id, size }, window, random)] }
}

const WORKS: Readonly<
  Record<Family, (who: Who, window: Window, random: Random) => Iterable<Work>>
> = {
  frontier: function* (who, window, random) {
    const plan = drawTraining('pretrain', who, window, random)
    yield* trainingWork({ ...plan, stages: FRONTIER_STAGES }, random)
    // What is made of the model: smaller, days later, at another pace.
    const start = plan.end + random.between(1, 3) * DAY_MS
    const base = { ...plan.base, run: `${who.tenant_id}/post`, meters: [0, 2] as const }
    const end = Math.min(window.end, start + 2 * DAY_MS)
    const after = { ...plan, base, start, end, ramp: null, tensor_active: plan.tensor_active * 0.7 }
    if (end > start) yield* trainingWork(after, random)
  },
  'two-at-once': function* (who, window, random) {
    const first = drawTraining('a', who, window, random)
    const second = drawTraining('b', who, window, random)
    const beside = Math.max(100, first.base.meters[1] + 1)
    const meters = [beside, beside + second.base.meters[1]] as const
    yield* trainingWork({ ...first, ramp: null }, random)
    yield* trainingWork({ ...second, base: { ...second.base, meters }, ramp: null }, random)
  },
  moving: function* (who, window, random) {
    const plan = drawTraining('run', who, window, random)
    const place = { site: 'site-b', fabric_id: `${who.tenant_id}-elsewhere` }
    const move = { ...place, from: random.between(0.3, 0.7), pause_ms: DEFAULT_MOVE_PAUSE_MS }
    yield* trainingWork({ ...plan, ramp: null, move }, random)
  },
  'fine-tunes': (who, window, random) => queues(who, window, random, FINE_TUNES),
  hpc: (who, window, random) => queues(who, window, random, SIMULATION_CODES),
  serving: (who, window, random) =>
    replicaWork(drawBase(who, METERS.small, random), window, [0.03, 0.14], random),
  mining: function* (who, window, random) {
    const level = random.between(0.05, 0.3)
    yield* replicaWork(drawBase(who, METERS.small, random), window, [level, level], random)
  },
  'batch-embedding': (who, window, random) =>
    queueWork(drawBase(who, METERS.small, random), window, batchEmbedding(random), random),
}

function* queues(
  who: Who,
  window: Window,
  random: Random,
  queue: typeof FINE_TUNES,
): Generator<Work> {
  const base = drawBase(who, METERS.small, random)
  const [first, last] = base.meters
  const middle = first + Math.floor((last - first) / 2)
  yield* queueWork({ ...base, meters: [first, middle] }, window, queue, random)
  if (middle < last)
    yield* queueWork({ ...base, meters: [middle + 1, last] }, window, queue, random)
}

function drawBase(
  { tenant_id, size }: Who,
  [few, many]: readonly [number, number],
  random: Random,
) {
  const chips = [A100, H100, H200, B200]
  return {
    tenant_id,
    chip: chips[random.integer(0, chips.length - 1)] ?? H100,
    site: 'site-a',
    fabric_id: `${tenant_id}-fabric`,
    meters: [0, metersOf(size, random.integer(few, many)) - 1] as const,
    units: size.units,
  }
}

function metersOf({ meters }: Size, drawn: number): number {
  return meters ?? drawn
}

function drawTraining(name: string, who: Who, window: Window, random: Random): TrainingPlan {
  const length_ms = window.end - window.start
  const start = window.start + random.between(0.02, 0.15) * length_ms
  return {
    start: Math.round(start),
    end: Math.round(start + random.between(0.5, 0.7) * length_ms),
    base: { ...drawBase(who, METERS.large, random), run: `${who.tenant_id}/${name}` },
    tensor_active: random.between(0.3, 0.5),
    ramp: random.chance(0.5)
      ? { share: random.between(0.2, 0.5), length_ms: random.between(3, 48) * HOUR_MS }
      : null,
    stages: [],
    // Stops of a run on 4,000 to 33,000 devices, whatever is simulated of it.
    stalls_like_devices: random.between(4_000, 33_000),
    node_loss: 0.2,
    move: null,
  }
}
