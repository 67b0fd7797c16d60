import type { EvaluationPlot, PlotMark } from '../../domain/evaluation.ts'
import { escapeHtml } from './markup.ts'

/** A plot of an evaluation as an inline drawing: marks with their intervals, bars as lines. */

const VIEW = { width: 760, height: 280 }
const FRAME = { left: 64, top: 14, width: 676, height: 210 }

export function evaluationPlot(plot: EvaluationPlot): string {
  if (plot.marks.length === 0) return ''
  const ys = plot.marks
    .flatMap(({ y, lo = y, hi = y }) => [y, lo, hi])
    .concat(plot.lines.map(line => line.y))
  const y = scale(ys.filter(Number.isFinite), FRAME.top + FRAME.height, FRAME.top)
  const x =
    plot.kind === 'strip'
      ? (mark: PlotMark) => stripPlace(plot.marks.indexOf(mark), plot.marks.length)
      : placeBy(
          scale(
            plot.marks.map(mark => mark.x),
            FRAME.left + 8,
            FRAME.left + FRAME.width - 8,
          ),
        )
  const summary = `${plot.marks.length} marks, ${plot.y_label} from ${label(y.from)} to ${label(y.to)}`
  return [
    `<figure><svg viewBox="0 0 ${VIEW.width} ${VIEW.height}" role="img">`,
    `<title>${escapeHtml(plot.title)}</title><desc>${escapeHtml(summary)}</desc>`,
    ...y.ticks.map(tick => grid(y.place(tick), label(tick))),
    ...plot.lines.map(line => limit(y.place(line.y), line.label)),
    ...plot.marks.map(mark => drawMark(plot, mark, x(mark), y.place)),
    axisText(plot),
    `</svg><figcaption class="soft">${escapeHtml(plot.title)}</figcaption></figure>`,
  ].join('\n')
}

interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
  readonly place: (value: number) => number
}

/** A linear axis from `start` to `end` on paper with round ticks. */
function scale(values: readonly number[], start: number, end: number): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = most - least || Math.abs(most) || 1
  const [from, to] = [least - 0.06 * span, most + 0.06 * span]
  const rough = (to - from) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find(factor => power * factor >= rough) ?? 10)
  const first = Math.ceil(from / step)
  const ticks = Array.from(
    { length: Math.floor(to / step) - first + 1 },
    (_, index) => (first + index) * step,
  )
  const place = (value: number) =>
    Math.round((start + ((value - from) / (to - from)) * (end - start)) * 10) / 10
  return { from, to, ticks, place }
}

function placeBy(axis: Axis): (mark: PlotMark) => number {
  return mark => axis.place(mark.x)
}

function stripPlace(index: number, count: number): number {
  return Math.round(FRAME.left + ((index + 0.5) / count) * FRAME.width)
}

function drawMark(
  plot: EvaluationPlot,
  mark: PlotMark,
  x: number,
  place: (value: number) => number,
): string {
  const strip = plot.kind === 'strip'
  const interval =
    mark.lo === undefined || mark.hi === undefined
      ? ''
      : `<line x1="${x}" x2="${x}" y1="${place(mark.lo)}" y2="${place(mark.hi)}" stroke="currentColor" opacity="${strip ? 0.8 : 0.15}"/>`
  const name = strip
    ? `<text x="${x}" y="${FRAME.top + FRAME.height + 16}" text-anchor="middle">${escapeHtml(mark.label)}</text>`
    : ''
  return `${interval}<circle cx="${x}" cy="${place(mark.y)}" r="${strip ? 4 : 2}"/>${name}`
}

function grid(y: number, text: string): string {
  const right = FRAME.left + FRAME.width
  return (
    `<line class="grid" x1="${FRAME.left}" y1="${y}" x2="${right}" y2="${y}"/>` +
    `<text x="${FRAME.left - 6}" y="${y + 4}" text-anchor="end">${text}</text>`
  )
}

function limit(y: number, text: string): string {
  const right = FRAME.left + FRAME.width
  return (
    `<line class="limit" x1="${FRAME.left}" y1="${y}" x2="${right}" y2="${y}"/>` +
    `<text class="limit" x="${right - 4}" y="${y - 4}" text-anchor="end">${escapeHtml(text)}</text>`
  )
}

function axisText({ x_label, y_label }: EvaluationPlot): string {
  const bottom = VIEW.height - 12
  const centre = FRAME.left + FRAME.width / 2
  return (
    `<text x="${centre}" y="${bottom}" text-anchor="middle">${escapeHtml(x_label)}</text>` +
    `<text transform="translate(14 ${FRAME.top + FRAME.height / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(y_label)}</text>`
  )
}

/** Ticks are sums of steps and would show their rounding error. */
function label(value: number): string {
  return String(Number(value.toPrecision(6)))
}
