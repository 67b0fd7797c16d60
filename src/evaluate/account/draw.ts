import type { Random } from '../../simulate/random.ts'

/** Shapes that latent causes are drawn from; none of them is the lognormal of the estimator. */

/** Standard normal draw (Box and Muller). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.between(0, 1)))
  return radius * Math.cos(2 * Math.PI * random.between(0, 1))
}

/** Triangular draw between `low` and `high` with its peak at `mode`. */
export function triangular(random: Random, low: number, mode: number, high: number): number {
  const place = random.between(0, 1)
  const turn = (mode - low) / (high - low)
  return place < turn
    ? low + Math.sqrt(place * (high - low) * (mode - low))
    : high - Math.sqrt((1 - place) * (high - low) * (high - mode))
}

/** A factor whose decimal logarithm is uniform with standard deviation `sd`. */
export function uniformFactor(random: Random, sd: number): number {
  const half = Math.sqrt(3) * sd
  return 10 ** random.between(-half, half)
}

/** One of the weighted choices. */
export function pick<T>(random: Random, choices: readonly (readonly [T, number])[]): T {
  let place = random.between(
    0,
    choices.reduce((sum, [, weight]) => sum + weight, 0),
  )
  for (const [choice, weight] of choices) {
    place -= weight
    if (place < 0) return choice
  }
  return (choices.at(-1) ?? choices[0])?.[0] as T
}
