import type { Random } from '../../simulate/random.ts'
import { normal, pick, triangular } from './draw.ts'
import { drawPhysics, LATENT_CHIPS, type LatentChip, type Physics } from './physics.ts'

/** A job as nature made it: what it computes, in which formats, how evenly, on what silicon. */

export const FAMILIES = ['training', 'serving', 'hpc'] as const
export type Family = (typeof FAMILIES)[number]

export interface Job {
  readonly id: string
  readonly family: Family
  readonly chip: LatentChip
  readonly physics: Physics
  /** Share of tensor operations computed in FP8; 0 for a BF16 job. */
  readonly fp8_share: number
  /** Executed tensor operations per second of one device while it works. */
  readonly tensor_ops_per_s: number
  /** Activity of the vector pipes while it works. */
  readonly fp32_active: number
  readonly fp64_active: number
  readonly sm_active: number
  readonly dram_active: number
  readonly link: number
  readonly gpu_util: number
  /** Share of what is executed that the model needs: without recomputation, padding, lost work. */
  readonly model_share: number
  /** Share of an interval's work that is done in each interval; 0 while it stands still. */
  readonly pace: readonly number[]
  readonly devices: number
  readonly slice: number
}

/** Intervals of five minutes: six hours of a job, start-up and tail included. */
export const INTERVALS = 72
export const INTERVAL_S = 300

/** What all jobs of one provider on one chip have in common. */
export interface Site {
  readonly chip: LatentChip
  readonly counter_gain: number
}

export function drawJob(random: Random, id: string, family: Family, site?: Site): Job {
  const chip = site?.chip ?? pick(random, LATENT_CHIPS)
  const drawn = drawPhysics(random, family === 'training' ? 'training' : 'other')
  const physics = site === undefined ? drawn : { ...drawn, counter_gain: site.counter_gain }
  const fp8_share = drawFp8Share(random, chip, family)
  const work = WORK[family](random, chip, fp8_share)
  return {
    id,
    family,
    chip,
    physics,
    fp8_share,
    link: random.between(0.1, 0.9),
    gpu_util: random.between(0.93, 1),
    pace: drawPace(random, family),
    devices: 2,
    slice: random.chance(0.08) ? pick(random, SLICES) : 1,
    ...work,
  }
}

/** SMs of a 1g, 2g and 3g instance of 132. */
const SLICES = [16 / 132, 32 / 132, 60 / 132].map(share => [share, 1] as const)

/**
 * Note 1.4: three in ten jobs on Hopper, five in ten on Blackwell. FP8 recipes leave attention,
 * embeddings, router and head in BF16, 5 to 30 % of the operations.
 */
function drawFp8Share(random: Random, chip: LatentChip, family: Family): number {
  const share = chip.id.includes('b200') ? 0.5 : 0.3
  if (!chip.has_fp8 || family === 'hpc' || !random.chance(share)) return 0
  return triangular(random, 0.7, 0.88, 0.95)
}

type Work = Pick<
  Job,
  'tensor_ops_per_s' | 'fp32_active' | 'fp64_active' | 'sm_active' | 'dram_active' | 'model_share'
>

const WORK: Record<Family, (random: Random, chip: LatentChip, fp8_share: number) => Work> = {
  training: drawTraining,
  serving: drawServing,
  hpc: drawHpc,
}

/**
 * Step MFU of fifteen published runs: median 0.36, standard deviation 0.14 in log10. FP8 makes a
 * step 1.2 to 1.6 times as fast (note 1.4). Full recomputation executes 4/3 of the model's
 * operations, selective a few percent; padding up to 8 % (note 1.3).
 */
function drawTraining(random: Random, chip: LatentChip, fp8_share: number): Work {
  const mfu = Math.min(0.62, Math.max(0.1, 0.36 * 10 ** (0.14 * normal(random))))
  const gain = fp8_share > 0 ? random.between(1.2, 1.6) : 1
  const recompute = pick(random, [
    [1, 0.3],
    [random.between(1.02, 1.1), 0.4],
    [4 / 3, 0.3],
  ])
  const padding = random.between(1, 1.08)
  const executed = Math.min(0.8 * Math.max(1, gain), mfu * gain * recompute * padding)
  const kept = random.between(0.9, 1) * random.between(0.95, 1)
  return {
    tensor_ops_per_s: executed * chip.peak_ops_per_s.bf16,
    fp32_active: random.between(0.03, 0.12),
    fp64_active: 0,
    sm_active: Math.min(0.97, random.between(0.7, 0.95)),
    dram_active: random.between(0.25, 0.6),
    model_share: kept / (recompute * padding),
  }
}

/** Decode is bound by memory: 2 to 20 % of the peak, DRAM busy (note 2.1). */
function drawServing(random: Random, chip: LatentChip): Work {
  return {
    tensor_ops_per_s: triangular(random, 0.02, 0.07, 0.3) * chip.peak_ops_per_s.bf16,
    fp32_active: random.between(0.02, 0.1),
    fp64_active: 0,
    sm_active: random.between(0.4, 0.8),
    dram_active: random.between(0.4, 0.9),
    model_share: 1,
  }
}

/** Double and single precision on the vector pipes, tensor units idle. */
function drawHpc(random: Random): Work {
  return {
    tensor_ops_per_s: 0,
    fp32_active: random.between(0.05, 0.3),
    fp64_active: random.between(0.1, 0.6),
    sm_active: random.between(0.5, 0.9),
    dram_active: random.between(0.3, 0.9),
    model_share: 1,
  }
}

/** Stalls, restarts and the hours that are held before and after; serving follows its users. */
function drawPace(random: Random, family: Family): number[] {
  const head = Math.round(random.exponential(2))
  const tail = Math.round(random.exponential(4))
  const start = random.between(0, 2 * Math.PI)
  return Array.from({ length: INTERVALS }, (_, index) => {
    if (index < head || index >= INTERVALS - tail) return 0
    if (family === 'serving') return 0.65 + 0.35 * Math.sin(start + index / 12)
    if (random.chance(0.02)) return random.between(0, 0.4)
    return Math.min(1, random.between(0.94, 1.02))
  })
}
