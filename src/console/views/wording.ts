import type { Detector } from '../../domain/detector.ts'
import { amount, bounds, exact, limit, percent, unitName } from '../format.ts'
import { type Html, html } from '../html.ts'

/** What findings say, in words for people who do not know the product. */

export interface Measured {
  readonly state: string
  readonly measured_lo: number
  readonly measured_mid: number
  readonly measured_hi: number
  readonly unit: string
  readonly threshold: number
}

const SURE: Readonly<Record<string, string>> = {
  crossed: 'above the threshold even by the lower estimate',
  presume: 'presumably above: the middle estimate passes, mostly on gauges or counters',
  could: 'could be above: the upper estimate passes, the rest does not suffice to presume',
  watch: 'worth watching: the upper estimate comes within three tenths of the threshold',
  present: 'a warning sign that is there; it does not count operations',
  withdrawn: 'taken back by later data',
}

/** What is only committed is not estimated but counted; how it will be used nobody knows yet. */
export function howSure({
  state,
  basis,
}: {
  readonly state: string
  readonly basis: string
}): string {
  if (state === 'could' && basis === 'potential') {
    return 'could result: what is signed suffices, though nothing need have run yet'
  }
  return SURE[state] ?? state
}

const SHORT: Readonly<Record<string, string>> = {
  crossed: 'above threshold',
  presume: 'presumably above',
  could: 'could be above',
  watch: 'watched',
  present: 'sign present',
  withdrawn: 'withdrawn',
}

export function stateWords(state: string): string {
  return SHORT[state] ?? state
}

/** `2.1e26 operations (1.4e26 – 3.2e26)`. */
export function measuredText({ measured_lo, measured_mid, measured_hi, unit }: Measured): Html {
  const range = { lo: measured_lo, mid: measured_mid, hi: measured_hi }
  const middle = html`<b>${amount(measured_mid, unit)}</b>`
  if (measured_lo === measured_hi) return html`${middle} ${unitName(unit)}`
  const text =
    unit === 'operations'
      ? bounds(range)
      : `${amount(measured_lo, unit)} – ${amount(measured_hi, unit)}`
  return html`${middle} ${unitName(unit)} (${text})`
}

export function thresholdText({ threshold, unit, measured_mid }: Measured): string {
  if (threshold <= 0) return ''
  const times = measured_mid / threshold
  const ratio = times >= 10 ? Math.round(times).toString() : times.toPrecision(2)
  return `${ratio} × the threshold of ${limit(threshold, unit)}`
}

/** Confidence that the threshold is passed; never quite none or certain. */
export function confidenceText(confidence: number): string {
  if (confidence >= 0.995) return '> 99 %'
  if (confidence <= 0.005) return '< 1 %'
  return percent(Number(confidence.toFixed(2)))
}

export function detectorTitle(detectors: readonly Detector[], id: string): string {
  return detectors.find(detector => detector.id === id)?.definition.title ?? id
}

export function thresholdName(threshold: number | null): string {
  return threshold === null ? 'no threshold' : `${exact(threshold)} operations`
}
