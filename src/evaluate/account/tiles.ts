import type { Random } from '../../simulate/random.ts'
import { pick, triangular } from './draw.ts'

/**
 * Operations that a job gets out of an active tensor cycle, as a share of what the datasheet has for
 * it. Products are padded to whole tiles, which costs large ones next to nothing.
 */

/**
 * `large`: a run of a large model, on large products throughout. `training`: any training, of small
 * models too. `other`: decoding and the like, on small and odd products.
 */
export type Products = 'large' | 'training' | 'other'

/**
 * Profiled on an H100 (test/accelerator, kernels.json): products of 1,024 and more to a side lose
 * nothing to 1.6 %, those of 512 lose 11 to 12 %.
 */
const LARGE_LOSES = 0.016
const SMALL_LOSES = 0.12
/**
 * Products of odd sizes, and old libraries, run on kernels of the generation before: two thirds of the
 * operations in a cycle, and a tenth of padding (`gemm-bf16-4100`: 2,731 of 4,096, 0.90 of them asked for).
 */
const OLD_KERNELS = (2731 / 4096) * 0.9

/** How common each is among training jobs: nobody has counted, the shares are a guess. */
const TRAINING = [
  ['large', 0.7],
  ['small', 0.25],
  ['old', 0.05],
] as const

export function drawTile(random: Random, products: Products): number {
  if (products === 'large') return random.between(1 - LARGE_LOSES, 1)
  // Not measured: the size of the compute note (1.6, tile .04), skewed downward.
  if (products === 'other') return 10 ** triangular(random, -0.13, 0.03, 0.06)
  switch (pick(random, TRAINING)) {
    case 'large':
      return random.between(1 - LARGE_LOSES, 1)
    case 'small':
      return random.between(1 - SMALL_LOSES, 1)
    case 'old': {
      // A part of the operations, from none to all of them.
      const part = random.between(0, 1)
      return 1 / (1 - part + part / OLD_KERNELS)
    }
  }
}
