import {
  DAY_MS,
  floorHour,
  formatInstant,
  HOUR_MS,
  type Instant,
  type Window,
} from '../../domain/window.ts'
import { type Html, html } from '../html.ts'
import type { Scale } from './scale.ts'

const STEPS_MS = [
  1 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
  28 * DAY_MS,
  91 * DAY_MS,
  182 * DAY_MS,
  364 * DAY_MS,
]

export interface TimeTick {
  readonly at: Instant
  readonly label: string
}

/** Ticks at full hours or days inside the window, at most `most` of them. */
export function timeTicks({ start, end }: Window, most = 8): TimeTick[] {
  const step = STEPS_MS.find(candidate => (end - start) / candidate <= most) ?? 364 * DAY_MS
  const unit = Math.min(step, DAY_MS)
  const first = Math.ceil(start / unit) * unit
  const ticks: TimeTick[] = []
  for (let at = Math.max(first, floorHour(start)); at < end; at += step) {
    ticks.push({ at, label: labelOf(at, step) })
  }
  return ticks
}

function labelOf(at: Instant, step: number): string {
  const text = formatInstant(at)
  return step < DAY_MS ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(0, 10)
}

/** Ticks and labels along the lower edge of a plot. */
export function timeAxis(window: Window, x: Scale, bottom: number, most: number): Html {
  return html`${timeTicks(window, most).map(
    ({ at, label }) => html`<g class="tick">
<line x1="${x(at)}" x2="${x(at)}" y1="${bottom}" y2="${bottom + 4}"/>
<text x="${x(at)}" y="${bottom + 16}" text-anchor="${x(at) > x(window.end) - 34 ? 'end' : 'middle'}">${label}</text></g>`,
  )}`
}
