import type { TableColumn } from './document.ts'
import { COLOURS, MARGIN, type Sheet } from './pdf-sheet.ts'

const SIZE = 6.8
const PAD = 3
/** Both sides, and a hair against rounding. */
const PADDING = 2 * PAD + 0.5
/** A cell higher than this is cut; report.json has the whole text. */
const CELL_HEIGHT_MAX = 220

interface Cells {
  readonly widths: readonly number[]
  readonly columns: readonly TableColumn[]
}

/** A table whose heading is repeated on every page it runs over. */
export function drawTable(
  sheet: Sheet,
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): void {
  if (rows.length === 0) {
    sheet.text(`${caption}: none.`, { colour: COLOURS.soft, gap: 6 })
    return
  }
  const cells: Cells = { widths: columnWidths(sheet, columns, rows), columns }
  sheet.need(90)
  sheet.text(caption, { face: 'bold', size: 8, gap: 3 })
  const titles = columns.map(column => column.title)
  drawRow(sheet, cells, titles, true)
  for (const row of rows) {
    const height = rowHeight(sheet, cells, row, false)
    if (sheet.doc.y + height > sheet.doc.page.height - MARGIN.bottom) {
      sheet.doc.addPage()
      drawRow(sheet, cells, titles, true)
    }
    drawRow(sheet, cells, row, false)
  }
  sheet.space(8)
}

/** A word wider than this is broken, and a line wider than this is wrapped, whatever its column. */
const WHOLE_WIDTH_MAX = 96
/** Headings up to this many characters stay on one line. */
const HEADING_WHOLE_MAX = 12
/** pdfkit counts the break at the end of a line as a glyph of its own: without room, it wraps. */
const BREAK_WIDTH = 4.5

/**
 * Widths by weight, except that a column takes what its longest word needs so that ids, figures
 * and headings stay whole, and, where there is room, what its longest line needs.
 */
function columnWidths(
  sheet: Sheet,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly number[] {
  const sum = (widths: readonly number[]) => widths.reduce((all, width) => all + width, 0)
  const weights = columns.map(column => column.weight ?? 1)
  const wished = weights.map(weight => (weight / sum(weights)) * sheet.width)
  const texts = columns.map((_, at) => rows.map(row => row[at] ?? ''))
  const headings = columns.map(({ title }) => headingWidth(sheet, title))
  const needed = texts.map((cells, at) =>
    Math.max(headings[at] ?? 0, wholeWidth(sheet, cells, /\s+/)),
  )
  const eased = texts.map((cells, at) => Math.max(needed[at] ?? 0, wholeWidth(sheet, cells, /\n/)))
  if (sum(needed) >= sheet.width) {
    return needed.map(width => (width / sum(needed)) * sheet.width)
  }
  const easy = sum(eased) <= sheet.width
  const [base, goal] = easy ? [eased, wished] : [needed, eased]
  const spare = goal.map((width, at) => Math.max(0, width - (base[at] ?? 0)))
  const left = (sheet.width - sum(base)) / Math.max(1e-9, sum(spare))
  return base.map((width, at) => width + left * (spare[at] ?? 0))
}

function headingWidth(sheet: Sheet, title: string): number {
  const parts = title.length <= HEADING_WHOLE_MAX ? [title] : title.split(' ')
  return Math.max(...parts.map(part => sheet.widthOf(part, { size: SIZE, face: 'bold' }))) + PADDING
}

/** Width in which the parts of all cells stay whole, those that are too wide left aside. */
function wholeWidth(sheet: Sheet, cells: readonly string[], separator: RegExp): number {
  const parts = new Set(cells.flatMap(cell => cell.split(separator)))
  const widths = [...parts].map(part => sheet.widthOf(part, { size: SIZE }))
  const whole = Math.max(0, ...widths.filter(width => width <= WHOLE_WIDTH_MAX))
  const breaks = cells.some(cell => cell.includes('\n')) ? BREAK_WIDTH : 0
  return whole + PADDING + breaks
}

function rowHeight(
  sheet: Sheet,
  { widths }: Cells,
  row: readonly string[],
  heading: boolean,
): number {
  const style = { size: SIZE, face: heading ? 'bold' : 'regular' } as const
  const heights = widths.map((width, at) => sheet.heightOf(row[at] ?? '', width - 2 * PAD, style))
  return Math.min(CELL_HEIGHT_MAX, Math.max(...heights)) + 2 * PAD
}

function drawRow(sheet: Sheet, cells: Cells, row: readonly string[], heading: boolean): void {
  const { doc } = sheet
  const { widths, columns } = cells
  const top = doc.y
  const height = rowHeight(sheet, cells, row, heading)
  if (heading) doc.rect(MARGIN.left, top, sheet.width, height).fill(COLOURS.wash)
  let left: number = MARGIN.left
  for (const [at, width] of widths.entries()) {
    sheet.use({ size: SIZE, face: heading ? 'bold' : 'regular' })
    doc.text(sheet.paper(row[at] ?? ''), left + PAD, top + PAD, {
      width: width - 2 * PAD,
      height: height - 2 * PAD,
      align: columns[at]?.figure ? 'right' : 'left',
      ellipsis: true,
    })
    left += width
  }
  doc
    .moveTo(MARGIN.left, top + height)
    .lineTo(MARGIN.left + sheet.width, top + height)
    .lineWidth(0.5)
    .strokeColor(COLOURS.rule)
    .stroke()
  doc.y = top + height
}
