import type { TableColumn } from './document.ts'
import { COLOURS, MARGIN, type Sheet } from './pdf-sheet.ts'

const SIZE = 6.8
const PAD = 3
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
  const total = columns.reduce((sum, column) => sum + (column.weight ?? 1), 0)
  const widths = columns.map(column => ((column.weight ?? 1) / total) * sheet.width)
  const cells: Cells = { widths, columns }
  sheet.need(60)
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
