import type { TrainingRunReport } from '../../domain/report/report.ts'
import { COLOURS, MARGIN, type Sheet } from './pdf-sheet.ts'
import { type Bound, curve, type Plot, type PlotSize, plotOf, tickLabel } from './plot.ts'

const HEIGHT = 150

/** The timeline on paper; false when there is nothing to draw. */
export function drawPlot(sheet: Sheet, { timeline }: TrainingRunReport): boolean {
  sheet.need(HEIGHT + 40)
  const size: PlotSize = {
    left: MARGIN.left + 40,
    top: sheet.doc.y + 16,
    width: sheet.width - 46,
    height: HEIGHT,
  }
  const points = timeline.points.map(({ hour, lo, mid, hi }) => ({
    label: hour,
    lo: Number(lo),
    mid: Number(mid),
    hi: Number(hi),
  }))
  const limits = timeline.thresholds.map(({ id, value }) => ({ id, value: Number(value) }))
  const plot = plotOf(points, limits, size)
  if (plot === null) return false
  sheet.text('Cumulative operations: lower bound, middle, upper bound', {
    face: 'bold',
    size: 8,
  })
  drawGrid(sheet, plot, size)
  drawBand(sheet, plot)
  drawCurve(sheet, plot, 'lo', 0.7)
  drawCurve(sheet, plot, 'hi', 0.7)
  drawCurve(sheet, plot, 'mid', 1.6)
  for (const limit of plot.thresholds) drawLimit(sheet, plot, size, limit)
  sheet.doc.y = size.top + size.height + 24
  return true
}

function drawGrid({ doc, use }: Sheet, plot: Plot, size: PlotSize): void {
  for (const value of plot.ticks) {
    const y = plot.y(value)
    const right = size.left + size.width
    doc.moveTo(size.left, y).lineTo(right, y).lineWidth(0.4).strokeColor(COLOURS.rule).stroke()
    label(doc, use, tickLabel(value), MARGIN.left, y - 3, 36, 'right')
  }
  const bottom = size.top + size.height + 6
  const first = plot.points[0]?.label.slice(0, 10) ?? ''
  const last = plot.points.at(-1)?.label.slice(0, 10) ?? ''
  label(doc, use, first, size.left, bottom, 120, 'left')
  label(doc, use, last, size.left + size.width - 120, bottom, 120, 'right')
}

function label(
  doc: Sheet['doc'],
  use: Sheet['use'],
  text: string,
  x: number,
  y: number,
  width: number,
  align: 'left' | 'right',
): void {
  use({ size: 6.5, colour: COLOURS.soft })
  doc.text(text, x, y, { width, align, lineBreak: false })
}

function drawBand({ doc }: Sheet, plot: Plot): void {
  const outline = [...curve(plot, 'hi'), ...curve(plot, 'lo').toReversed()]
  doc.save().fillOpacity(0.15)
  doc.polygon(...outline.map(([x, y]) => [x, y])).fill(COLOURS.line)
  doc.restore()
}

function drawCurve({ doc }: Sheet, plot: Plot, bound: Bound, weight: number): void {
  for (const [at, [x, y]] of curve(plot, bound).entries()) {
    if (at === 0) doc.moveTo(x, y)
    else doc.lineTo(x, y)
  }
  doc.lineWidth(weight).strokeColor(COLOURS.line).stroke()
}

function drawLimit(
  { doc, use }: Sheet,
  plot: Plot,
  size: PlotSize,
  { id, value }: { readonly id: string; readonly value: number },
): void {
  const y = plot.y(value)
  doc.save().dash(5, { space: 3 })
  doc.moveTo(size.left, y).lineTo(size.left + size.width, y)
  doc.lineWidth(1.2).strokeColor(COLOURS.warn).stroke().restore()
  use({ size: 6.5, colour: COLOURS.warn, face: 'bold' })
  const text = `${id} ${value}`
  // A cumulative curve starts low: on the left there is room above the limit.
  doc.text(text, size.left + 4, y - 9, { lineBreak: false })
}
