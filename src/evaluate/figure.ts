import { type Bar, type Figure, reaches, type Uncertainty } from '../domain/evaluation.ts'
import type { Random } from '../simulate/random.ts'

/** Figures with their uncertainty, always resampled by run: samples of one run hang together. */

const Z_95 = 1.959964
const RESAMPLES = 1000

/** A share of runs with its Wilson score interval. */
export function shareFigure(name: string, hits: number, n: number, bar: Bar | null = null): Figure {
  const value = n === 0 ? Number.NaN : hits / n
  return figure(name, value, 'share', wilson(hits, n), n, bar)
}

/** A statistic of one value per run, with the percentile bootstrap over runs. */
export function runFigure(
  name: string,
  unit: Figure['unit'],
  values: readonly number[],
  statistic: (sorted: readonly number[]) => number,
  random: Random,
  bar: Bar | null = null,
): Figure {
  const sorted = [...values].sort((a, b) => a - b)
  const uncertainty = bootstrap(sorted, statistic, random)
  return figure(name, statistic(sorted), unit, uncertainty, values.length, bar)
}

/** A count that was looked at whole and has no sampling error. */
export function countFigure(name: string, value: number, n: number, bar: Bar | null): Figure {
  return figure(name, value, 'count', null, n, bar)
}

export function figure(
  name: string,
  value: number,
  unit: Figure['unit'],
  uncertainty: Uncertainty | null,
  n: number,
  bar: Bar | null,
): Figure {
  const met = bar === null || n === 0 ? null : reaches(value, bar)
  return { name, value, unit, uncertainty, n, bar, met }
}

/** Wilson score interval of 95 % for `hits` of `n`; null when there is nothing to divide by. */
export function wilson(hits: number, n: number): Uncertainty | null {
  if (n === 0) return null
  const share = hits / n
  const z2 = Z_95 ** 2
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  return { lo: Math.max(0, centre - half), hi: Math.min(1, centre + half), method: 'wilson' }
}

function bootstrap(
  sorted: readonly number[],
  statistic: (sorted: readonly number[]) => number,
  random: Random,
): Uncertainty | null {
  if (sorted.length < 2) return null
  const drawn = Array.from({ length: RESAMPLES }, () => {
    const sample = sorted.map(() => sorted[random.integer(0, sorted.length - 1)] ?? 0)
    return statistic(sample.sort((a, b) => a - b))
  }).sort((a, b) => a - b)
  return { lo: quantile(drawn, 0.025), hi: quantile(drawn, 0.975), method: 'bootstrap' }
}

/** Quantile of sorted values, linear between neighbours; NaN of none. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}

export const median = (sorted: readonly number[]): number => quantile(sorted, 0.5)
