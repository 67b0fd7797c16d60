import { DAY_MS, type Instant, type Window } from '../../domain/window.ts'
import { count, day } from '../format.ts'
import { type Html, html } from '../html.ts'
import { linearScale, round, roundTicks } from './scale.ts'
import { timeAxis } from './time-axis.ts'

/** Device-hours a day: what telemetry showed, and on top what was billed but not seen. */

const WIDTH = 900
const HEIGHT = 220
const LEFT = 64
const RIGHT = WIDTH - 16
const TOP = 14
const BOTTOM = HEIGHT - 30

export interface UsageDay {
  readonly day: Instant
  readonly observed_device_s: number
  readonly dark_device_s: number
}

export function usagePlot(days: readonly UsageDay[], window: Window): Html {
  const hours = days.map(one => ({
    day: one.day,
    seen: one.observed_device_s / 3600,
    dark: one.dark_device_s / 3600,
  }))
  const top = Math.max(1, ...hours.map(({ seen, dark }) => seen + dark)) * 1.05
  const x = linearScale(window.start, window.end, LEFT, RIGHT)
  const y = linearScale(0, top, BOTTOM, TOP)
  const width = Math.max(1, round(x(window.start + DAY_MS) - x(window.start) - 1))
  return html`<figure class="plot"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Device-hours a day, seen and dark">
${roundTicks(top, 4).map(
  value => html`<g class="tick"><line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${count(value)}</text></g>`,
)}
${timeAxis(window, x, BOTTOM, 7)}
${hours.map(
  ({
    day: at,
    seen,
    dark,
  }) => html`<g><title>${day(at)}: ${count(seen)} device-h seen, ${count(dark)} dark</title>
<rect class="seen" x="${x(at)}" y="${y(seen)}" width="${width}" height="${round(BOTTOM - y(seen))}"/>
${dark > 0 && html`<rect class="dark" x="${x(at)}" y="${y(seen + dark)}" width="${width}" height="${round(y(seen) - y(seen + dark))}"/>`}</g>`,
)}
<line class="axis" x1="${LEFT}" x2="${RIGHT}" y1="${BOTTOM}" y2="${BOTTOM}"/>
</svg><figcaption>Device-hours a day (UTC). Filled: seen by telemetry. Hatched: billed, but not seen.</figcaption></figure>`
}
