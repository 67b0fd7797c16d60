/** The normal distribution and mixtures of it. Errors of estimates are normal in log10. */

/** Standard normal distribution function; Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const coefficients = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const series = coefficients.reduceRight((sum, coefficient) => (sum + coefficient) * t, 0)
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z > 0 ? 1 - upper : upper
}

/** One of several possibilities: how likely, and what the quantity would then be. */
export interface Component {
  readonly weight: number
  readonly mean: number
  readonly sd: number
}

/** Halvings after which a span of a few decades is known to a billionth. */
const HALVINGS = 32
const SPAN_SD = 8

/**
 * The value below which `share` of the mixture lies, by bisection. Weights add up to 1; components
 * without spread are steps, and the quantile then is the step itself.
 */
export function mixtureQuantile(components: readonly Component[], share: number): number {
  const likely = components.filter(({ weight }) => weight > 0)
  let lo = Math.min(...likely.map(({ mean, sd }) => mean - SPAN_SD * sd)) - 1e-9
  let hi = Math.max(...likely.map(({ mean, sd }) => mean + SPAN_SD * sd)) + 1e-9
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (lo + hi) / 2
    if (mixtureBelow(likely, middle) < share) lo = middle
    else hi = middle
  }
  return (lo + hi) / 2
}

function mixtureBelow(components: readonly Component[], value: number): number {
  return components.reduce((sum, { weight, mean, sd }) => {
    const below = sd > 0 ? normalBelow((value - mean) / sd) : value >= mean ? 1 : 0
    return sum + weight * below
  }, 0)
}
