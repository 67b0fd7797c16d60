/**
 * Randomness from a seed, in named substreams: what one device draws never depends on how many
 * others there are, so a scenario can grow without changing the runs that were already in it.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export interface Random {
  /** Uniform in `[low, high)`. */
  between(low: number, high: number): number
  /** Uniform integer, both bounds included. */
  integer(low: number, high: number): number
  /** Exponential waiting time with the given mean, in the unit of the mean. */
  exponential(mean: number): number
  /** `value` times a factor uniform in `1 ± spread`. */
  around(value: number, spread: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
}

/** The generator's first outputs still show the seed's bit pattern; these are thrown away. */
const WARM_UP_DRAWS = 16

/** The substream of `seed` called `label`; equal arguments draw equal numbers. */
export function createRandom(seed: number, label: string): Random {
  const generator = xoroshiro128plus(hashLabel(seed, label))
  for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) generator.next()
  const between = (low: number, high: number): number =>
    low + (high - low) * uniformFloat64(generator)
  return {
    between,
    integer: (low, high) => uniformInt(generator, low, high),
    exponential: mean => -mean * Math.log(1 - uniformFloat64(generator)),
    around: (value, spread) => value * between(1 - spread, 1 + spread),
    chance: probability => uniformFloat64(generator) < probability,
  }
}

/** FNV-1a over the label, started from the seed and finished with an avalanche step. */
function hashLabel(seed: number, label: string): number {
  let hash = Math.imul(seed ^ 0x811c9dc5, 0x01000193)
  for (let index = 0; index < label.length; index += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
