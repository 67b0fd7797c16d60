import { addOperations, NO_OPERATIONS, type Operations } from '../../domain/quantity.ts'
import type { Instant, Window } from '../../domain/window.ts'
import { count, exact } from '../format.ts'
import { type Html, html } from '../html.ts'
import { linearScale, roundTicks, type Scale } from './scale.ts'
import { timeAxis } from './time-axis.ts'

/** How operations add up over time, as a band from lo to hi with mid as a line. */

const WIDTH = 900
const HEIGHT = 320
const LEFT = 64
const RIGHT = WIDTH - 16
const TOP = 18
const BOTTOM = HEIGHT - 30

export interface Stretch extends Window {
  readonly operations: Operations
}

export interface CurvePoint {
  readonly at: Instant
  readonly total: Operations
}

/**
 * Totals at every instant where a stretch begins or ends; within a stretch operations are spread
 * evenly. Stretches may overlap.
 */
export function cumulate(stretches: readonly Stretch[]): CurvePoint[] {
  const instants = [...new Set(stretches.flatMap(({ start, end }) => [start, end]))]
  return instants
    .sort((a, b) => a - b)
    .map(at => ({
      at,
      total: stretches.reduce(
        (sum, stretch) => addOperations(sum, doneBy(stretch, at)),
        NO_OPERATIONS,
      ),
    }))
}

function doneBy({ start, end, operations }: Stretch, at: Instant): Operations {
  const share = at >= end ? 1 : at <= start ? 0 : (at - start) / (end - start)
  const { lo, mid, hi } = operations
  return { lo: lo * share, mid: mid * share, hi: hi * share }
}

/** Further above the curve than this, the threshold is told in words instead of drawn. */
const THRESHOLD_REACH = 4

export function cumulativePlot(
  points: readonly CurvePoint[],
  window: Window,
  threshold: number | null,
): Html {
  const top = Math.max(...points.map(({ total }) => total.hi), 0)
  const shown = threshold !== null && threshold <= top * THRESHOLD_REACH
  const y = linearScale(0, (shown ? Math.max(top, threshold) : top) * 1.08, BOTTOM, TOP)
  const x = linearScale(window.start, window.end, LEFT, RIGHT)
  return html`<figure class="plot"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Operations added up over time, lower, middle and upper estimate, ${threshold !== null && `against the threshold of ${exact(threshold)}`}">
${valueAxis(y)}
${timeAxis(window, x, BOTTOM, 7)}
<line class="axis" x1="${LEFT}" x2="${RIGHT}" y1="${BOTTOM}" y2="${BOTTOM}"/>
<path class="band" d="${band(points, x, y)}"/>
<path class="curve hi" d="${line(points, x, y, 'hi')}"/>
<path class="curve lo" d="${line(points, x, y, 'lo')}"/>
<path class="curve mid" d="${line(points, x, y, 'mid')}"/>
${shown && thresholdLine(y, threshold)}
</svg>
<figcaption>Band: lower to upper estimate. Line: middle. Within a segment operations are spread evenly.
${threshold !== null && !shown && html`The threshold of ${exact(threshold)} operations is ${count(threshold / (top || 1))} times the upper estimate and lies far above this plot.`}</figcaption></figure>`
}

function valueAxis(y: Scale): Html {
  return html`${roundTicks(y.to).map(
    value => html`<g class="tick"><line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${exact(value)}</text></g>`,
  )}`
}

function thresholdLine(y: Scale, threshold: number): Html {
  return html`<line class="threshold" x1="${LEFT}" x2="${RIGHT}" y1="${y(threshold)}" y2="${y(threshold)}"/>
<text class="threshold-label" x="${LEFT + 6}" y="${y(threshold) - 6}">threshold ${exact(threshold)} operations</text>`
}

type Bound = keyof Operations

function line(points: readonly CurvePoint[], x: Scale, y: Scale, bound: Bound): string {
  return points
    .map(({ at, total }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(total[bound])}`)
    .join('')
}

function band(points: readonly CurvePoint[], x: Scale, y: Scale): string {
  if (points.length === 0) return ''
  const back = points.toReversed().map(({ at, total }) => `L${x(at)} ${y(total.lo)}`)
  return `${line(points, x, y, 'hi')}${back.join('')}Z`
}
