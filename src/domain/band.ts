import {
  type Band,
  type Condition,
  conditionParameter,
  type Detector,
  type EffectiveParameter,
} from './detector.ts'
import { assert } from './fault.ts'
import type { Evaluation, Measurement } from './finding.ts'
import { normalBelow } from './normal.ts'
import type { Operations } from './quantity.ts'

/**
 * Turns what was measured about a subject into an answer: the first band that matches makes a
 * finding; without one, a figure below its required minimum makes the answer inconclusive; only
 * then is it clear. In this order because missing data can hide compute but never excuse it.
 */
export function judge(detector: Detector, measurement: Measurement): Evaluation {
  const { bands, requires } = detector.definition
  const band = bands.find(candidate => matches(detector, candidate, measurement))
  if (band) {
    const threshold = Number(parameterOf(detector, band.passes).value)
    const { state, severity } = band
    const confidence = probabilityAbove(measurement, threshold)
    return { measurement, outcome: { kind: 'finding', state, severity, threshold, confidence } }
  }
  const missing = requires
    .filter(({ figure, at_least }) => {
      const minimum = Number(parameterOf(detector, at_least).value)
      return figureOf(detector, measurement, figure) < minimum
    })
    .map(requirement => requirement.missing)
  if (missing.length > 0) return { measurement, outcome: { kind: 'inconclusive', missing } }
  return { measurement, outcome: { kind: 'clear' } }
}

/**
 * How close the nearest band that did not match came: the largest ratio of a measured value to
 * the parameter it failed to pass. 1 is the boundary itself. Fixtures named just-under rest on it.
 */
export function nearestMiss(detector: Detector, measurement: Measurement): number {
  const ratios = detector.definition.bands.flatMap(band => {
    const limits = [
      { value: measurement[band.bound], parameter: parameterOf(detector, band.passes) },
      ...band.also
        .filter(condition => 'passes' in condition)
        .map(condition => ({
          value: figureOf(detector, measurement, condition.figure),
          parameter: parameterOf(detector, condition.passes),
        })),
    ]
    return limits
      .filter(({ value, parameter }) => !passes(value, parameter) && Number(parameter.value) > 0)
      .map(({ value, parameter }) => value / Number(parameter.value))
  })
  return Math.max(0, ...ratios)
}

function matches(detector: Detector, band: Band, measurement: Measurement): boolean {
  const main = passes(measurement[band.bound], parameterOf(detector, band.passes))
  return main && band.also.every(condition => holds(detector, condition, measurement))
}

function holds(detector: Detector, condition: Condition, measurement: Measurement): boolean {
  const value = figureOf(detector, measurement, condition.figure)
  const passed = passes(value, parameterOf(detector, conditionParameter(condition)))
  return 'passes' in condition ? passed : !passed
}

function passes(value: number, parameter: EffectiveParameter): boolean {
  const limit = Number(parameter.value)
  return parameter.compare === 'above' ? value > limit : value >= limit
}

/** A figure that the query does not return is a fault of the detector, not an answer. */
function figureOf(detector: Detector, measurement: Measurement, figure: string): number {
  const value = measurement.figures[figure]
  assert(value !== undefined, `${detector.id} measures no figure ${figure}`)
  return value
}

/** A parameter that a detector's bands, windows or requirements name; its absence is our fault. */
export function parameterOf(detector: Detector, name: string): EffectiveParameter {
  const parameter = detector.parameters[name]
  assert(parameter !== undefined, `${detector.id} has no parameter ${name}`)
  return parameter
}

/** 90 % interval: its ends lie 1.645 standard deviations from the middle. */
const INTERVAL_SD = 1.645

/**
 * P(value > threshold) for a lognormal with median `mid` and 90 % interval `[lo, hi]` (compute.md
 * 1.7), each side of the median with its own width. Exact values (lo = mid = hi) give 0 or 1; an
 * equal value counts as above, since the band that asks has already matched. Where lo is zero (gaps
 * add nothing to it) hi alone gives the width.
 */
export function probabilityAbove(measured: Operations, threshold: number): number {
  const { lo, mid, hi } = measured
  if (mid <= 0) return hi >= threshold ? 0.05 : 0
  const width = threshold < mid && lo > 0 ? Math.log(mid / lo) : Math.log(hi / mid)
  const sd = width / INTERVAL_SD
  if (sd <= 0) return mid >= threshold ? 1 : 0
  return normalBelow(Math.log(mid / threshold) / sd)
}
