import type { Operations } from '../../domain/quantity.ts'
import { exact } from '../format.ts'
import { type Html, html } from '../html.ts'
import { decades, logScale, round, type Scale } from './scale.ts'

/**
 * Intervals on a shared logarithmic scale, one small drawing a table row, so that the numbers stay
 * text in the table. Solid is what was measured, hatched what is only committed.
 */

export const BAR_WIDTH = 460
const HEIGHT = 30

export interface IntervalBar {
  readonly measured: Operations | null
  /** What capacity that is committed could add up to. */
  readonly potential: Operations | null
}

/** A scale that holds every bar and the threshold, with room on both sides. */
export function intervalScale(bars: readonly IntervalBar[], threshold: number): Scale {
  const values = bars
    .flatMap(({ measured, potential }) => [measured, potential])
    .flatMap(one => (one === null ? [] : [one.lo, one.mid, one.hi]))
    .filter(value => value > 0)
  const top = Math.max(threshold * 10, ...values) * 1.6
  const low = Math.min(threshold, ...values)
  // Six decades say all: what lies further below the threshold is drawn at the edge.
  const bottom = Math.max(low / 2, threshold / 1e6)
  return logScale(bottom, top, 6, BAR_WIDTH - 6)
}

/** The head of the column: decades, and where the threshold lies. */
export function intervalAxis(x: Scale, threshold: number): Html {
  const labelled = decades(x.from, x.to, 9).filter(
    value => Math.abs(x(value) - x(threshold)) > 46 || value === threshold,
  )
  return html`<svg class="bar-axis" viewBox="0 0 ${BAR_WIDTH} 34" role="img" aria-label="Scale: operations, logarithmic">
${labelled
  .filter(value => value !== threshold)
  .map(value => html`<text x="${x(value)}" y="29" text-anchor="middle">${exact(value)}</text>`)}
<text class="threshold-label" x="${x(threshold)}" y="12" text-anchor="middle">threshold ${exact(threshold)}</text>
<line class="threshold" x1="${x(threshold)}" x2="${x(threshold)}" y1="17" y2="34"/>
</svg>`
}

/** One row: range from lo to hi, a mark at mid, the threshold as a line through all rows. */
export function intervalRow(bar: IntervalBar, x: Scale, threshold: number, label: string): Html {
  return html`<svg class="bar" viewBox="0 0 ${BAR_WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${decades(x.from, x.to, 9).map(
  value => html`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="0" y2="${HEIGHT}"/>`,
)}
${bar.potential && rangeOf(bar.potential, x, 'potential')}
${bar.measured && bar.measured.hi > 0 && rangeOf(bar.measured, x, 'measured')}
<line class="threshold" x1="${x(threshold)}" x2="${x(threshold)}" y1="0" y2="${HEIGHT}"/>
</svg>`
}

function rangeOf({ lo, mid, hi }: Operations, x: Scale, kind: 'measured' | 'potential'): Html {
  const [left, middle, right] = [x(lo), x(mid), x(hi)]
  const [top, height] = kind === 'measured' ? [9, 12] : [5, 20]
  return html`<rect class="range ${kind}" x="${left}" y="${top}" width="${Math.max(2, round(right - left))}" height="${height}" rx="2"/>
<line class="mid ${kind}" x1="${middle}" x2="${middle}" y1="${top - 2}" y2="${top + height + 2}"/>`
}
