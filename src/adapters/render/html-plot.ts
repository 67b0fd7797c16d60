import type { TrainingRunReport } from '../../domain/report/report.ts'
import { escapeHtml } from './markup.ts'
import { curve, type Plot, plotOf, tickLabel } from './plot.ts'

const VIEW = { width: 760, height: 300 }
const SIZE = { left: 60, top: 16, width: 680, height: 240 }

/** The timeline as an inline drawing; null when nothing was metered. */
export function timelineSvg({ timeline }: TrainingRunReport): string | null {
  const points = timeline.points.map(({ hour, lo, mid, hi }) => ({
    label: hour,
    lo: Number(lo),
    mid: Number(mid),
    hi: Number(hi),
  }))
  const limits = timeline.thresholds.map(({ id, value }) => ({ id, value: Number(value) }))
  const plot = plotOf(points, limits, SIZE)
  if (plot === null) return null
  const last = points.at(-1)
  const summary =
    `Cumulative operations from ${plot.points[0]?.label} to ${last?.label}: at the end ` +
    `${timeline.points.at(-1)?.mid}, between ${timeline.points.at(-1)?.lo} and ` +
    `${timeline.points.at(-1)?.hi}. Thresholds: ${timeline.thresholds
      .map(({ id, value }) => `${id} ${value}`)
      .join(', ')}.`
  return [
    `<svg viewBox="0 0 ${VIEW.width} ${VIEW.height}" role="img" aria-labelledby="plot-title plot-text">`,
    '<title id="plot-title">Cumulative operations against the threshold</title>',
    `<desc id="plot-text">${escapeHtml(summary)}</desc>`,
    axes(plot),
    band(plot),
    line(plot, 'lo'),
    line(plot, 'hi'),
    line(plot, 'mid'),
    ...plot.thresholds.map(limit => threshold(plot, limit)),
    '</svg>',
  ].join('\n')
}

function axes(plot: Plot): string {
  const right = SIZE.left + SIZE.width
  const ticks = plot.ticks.map(value => {
    const y = plot.y(value)
    return (
      `<line class="grid" x1="${SIZE.left}" y1="${y}" x2="${right}" y2="${y}"/>` +
      `<text x="${SIZE.left - 6}" y="${y + 4}" text-anchor="end">${tickLabel(value)}</text>`
    )
  })
  const bottom = SIZE.top + SIZE.height + 18
  const first = plot.points[0]?.label.slice(0, 10) ?? ''
  const last = plot.points.at(-1)?.label.slice(0, 10) ?? ''
  return [
    ...ticks,
    `<text x="${SIZE.left}" y="${bottom}">${escapeHtml(first)}</text>`,
    `<text x="${right}" y="${bottom}" text-anchor="end">${escapeHtml(last)}</text>`,
  ].join('\n')
}

function band(plot: Plot): string {
  const outline = [...curve(plot, 'hi'), ...curve(plot, 'lo').toReversed()]
  return `<polygon class="band" points="${outline.map(point => point.join(',')).join(' ')}"/>`
}

function line(plot: Plot, bound: 'lo' | 'mid' | 'hi'): string {
  const points = curve(plot, bound)
    .map(point => point.join(','))
    .join(' ')
  return `<polyline class="${bound}" points="${points}"/>`
}

function threshold(plot: Plot, { id, value }: { id: string; value: number }): string {
  const y = plot.y(value)
  const right = SIZE.left + SIZE.width
  return (
    `<line class="limit" x1="${SIZE.left}" y1="${y}" x2="${right}" y2="${y}"/>` +
    `<text class="limit" x="${SIZE.left + 6}" y="${y - 5}">${escapeHtml(id)} ${value}</text>`
  )
}
