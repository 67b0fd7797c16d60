import type { Fit } from './calibration.ts'
import type { Tier } from './quantity.ts'

/**
 * Fits of chip constants from runs whose operations are known. Median of ratios, because one run
 * with a wrong label must not move the constant; the spread is what the next run has to expect, so
 * it is wider the fewer runs there are.
 */

/** One labelled run: true operations over what the priors alone estimate. */
export interface LabelledRatio {
  readonly run: string
  readonly chip: string
  readonly tier: Tier
  readonly ratio: number
}

export interface Residual extends LabelledRatio {
  /** log10 of the ratio over the fit; null where there are too few runs for one. */
  readonly residual: number | null
}

export interface FitResult {
  readonly fits: readonly Fit[]
  readonly residuals: readonly Residual[]
}

/** Fewer runs say nothing about how far the next lies from them. */
export const FIT_RUNS_MIN = 3
/** No fit is better than the counters that it rests on. */
const SD_MIN = 0.02

/** One fit for every chip and tier with at least three runs, in order of chip and tier. */
export function fitRatios(labelled: readonly LabelledRatio[]): FitResult {
  const groups = new Map<string, LabelledRatio[]>()
  for (const one of labelled) {
    const key = `${one.chip} ${one.tier}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const fits = [...groups.keys()].sort().flatMap(key => {
    const fit = fitGroup(groups.get(key) ?? [])
    return fit === null ? [] : [fit]
  })
  const residuals = labelled.map(one => {
    const fit = fits.find(({ chip, tier }) => chip === one.chip && tier === one.tier)
    return { ...one, residual: fit ? Math.log10(one.ratio / fit.ratio) : null }
  })
  return { fits, residuals }
}

function fitGroup(group: readonly LabelledRatio[]): Fit | null {
  const [first] = group
  if (first === undefined || group.length < FIT_RUNS_MIN) return null
  const logs = group.map(({ ratio }) => Math.log10(ratio)).sort((a, b) => a - b)
  const middle = median(logs)
  const [lo, hi] = medianInterval(logs)
  return {
    chip: first.chip,
    tier: first.tier,
    ratio: round(10 ** middle),
    ratio_lo: round(10 ** lo),
    ratio_hi: round(10 ** hi),
    sd: round(Math.max(SD_MIN, predictiveSd(logs, middle))),
    runs: group.length,
  }
}

/**
 * Standard deviation that a normal needs for its 90 % to hold the next run: that of the sample,
 * widened by Student's t and by the error of the middle itself.
 */
function predictiveSd(logs: readonly number[], middle: number): number {
  const n = logs.length
  const variance = logs.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (n - 1)
  return Math.sqrt(variance * (1 + 1 / n)) * (studentQuantile(n - 1) / Z_95)
}

const Z_95 = 1.6449

/** 95 % quantile of Student's t (Cornish and Fisher); within 2 % from two degrees of freedom on. */
function studentQuantile(freedom: number): number {
  const z = Z_95
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3
}

/** The narrowest pair of order statistics that holds the median with 90 %, else all there is. */
function medianInterval(sorted: readonly number[]): [number, number] {
  const n = sorted.length
  let cut = 0
  for (let tail = 0, rank = 0; rank < n / 2; rank += 1) {
    tail += binomial(n, rank) / 2 ** n
    if (2 * tail > 0.1) break
    cut = rank + 1
  }
  const edge = Math.max(0, cut - 1)
  return [sorted[edge] ?? 0, sorted[n - 1 - edge] ?? 0]
}

function binomial(n: number, k: number): number {
  let value = 1
  for (let step = 1; step <= k; step += 1) value = (value * (n - k + step)) / step
  return value
}

function median(sorted: readonly number[]): number {
  const half = (sorted.length - 1) / 2
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2
}

function round(value: number): number {
  return Number(value.toPrecision(6))
}
