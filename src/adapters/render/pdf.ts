import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import PDFDocument from 'pdfkit'
import type { ReportField } from '../../domain/report/report.ts'
import { parseInstant, toDate } from '../../domain/window.ts'
import type { ReportRenderer } from '../../ports/report-renderer.ts'
import { type Block, type ReportDocument, reportDocument } from './document.ts'
import { drawPlot } from './pdf-plot.ts'
import { COLOURS, createSheet, MARGIN, type Sheet } from './pdf-sheet.ts'
import { drawTable } from './pdf-table.ts'
import { createPaperText } from './pdf-text.ts'

/**
 * The report on paper. The same report gives the same bytes: dates come from the report, ids from
 * its content, fonts from a pinned package.
 */
export function createPdfRenderer(): ReportRenderer {
  return {
    format: 'pdf',
    media_type: 'application/pdf',
    render: async report => draw(reportDocument(report), await readFonts()),
  }
}

interface Fonts {
  readonly regular: Uint8Array
  readonly bold: Uint8Array
}

async function readFonts(): Promise<Fonts> {
  const font = (file: string) =>
    readFile(fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)))
  return { regular: await font('DejaVuSans.ttf'), bold: await font('DejaVuSans-Bold.ttf') }
}

async function draw(found: ReportDocument, fonts: Fonts): Promise<Uint8Array> {
  const { report } = found
  const built = toDate(parseInstant(report.built_at) ?? 0)
  const doc = new PDFDocument({
    size: 'A4',
    margins: MARGIN,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    autoFirstPage: false,
    info: {
      Title: `${found.title} ${report.report_id}`,
      Subject: found.status,
      Author: report.filer.legal_name || 'not stated',
      Producer: 'Flopwatch',
      Creator: 'Flopwatch',
      CreationDate: built,
      ModDate: built,
    },
  })
  doc.registerFont('regular', bytesOf(fonts.regular)).registerFont('bold', bytesOf(fonts.bold))
  const chunks: Uint8Array[] = []
  doc.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    doc.on('end', resolve)
    doc.on('error', reject)
  })
  doc.addPage()
  const sheet = createSheet(doc, createPaperText(report))
  drawTitle(sheet, found)
  for (const section of found.sections) {
    sheet.need(80)
    doc.outline.addItem(section.title)
    sheet.space(6)
    sheet.text(section.title, { face: 'bold', size: 12, gap: 4 })
    for (const block of section.blocks) drawBlock(sheet, block, found)
  }
  drawMargins(sheet, found)
  doc.end()
  await ended
  return Buffer.concat(chunks)
}

function bytesOf(font: Uint8Array): ArrayBuffer {
  return new Uint8Array(font).buffer
}

function drawTitle(sheet: Sheet, { title, subtitle, report }: ReportDocument): void {
  sheet.text(title, { face: 'bold', size: 18, gap: 2 })
  sheet.text(subtitle, { colour: COLOURS.soft, gap: 4 })
  sheet.text(report.regime.banner, { face: 'bold', colour: COLOURS.warn, gap: 4 })
  const citations = report.regime.citations.map(({ text, mark }) => `${text} [${mark}]`)
  sheet.text(citations.join('; '), { size: 7, colour: COLOURS.soft, gap: 4 })
}

function drawBlock(sheet: Sheet, block: Block, { report }: ReportDocument): void {
  switch (block.kind) {
    case 'text':
      for (const line of block.lines) sheet.text(`• ${line}`)
      return
    case 'question':
      sheet.need(30)
      sheet.text(block.question, { face: 'bold', size: 9 })
      for (const text of block.sentences) sheet.text(text, { gap: 1.5 })
      sheet.space(4)
      return
    case 'pairs':
      drawPairs(sheet, block.pairs)
      return
    case 'table':
      drawTable(sheet, block.caption, block.columns, block.rows)
      return
    case 'field':
      drawField(sheet, block.field)
      return
    case 'plot':
      if (!drawPlot(sheet, report)) sheet.text('No usage was metered in the period.')
  }
}

const NAME_WIDTH = 140

function drawPairs(sheet: Sheet, pairs: readonly (readonly [string, string | null])[]): void {
  const { doc } = sheet
  for (const [name, value] of pairs) {
    const text = value ?? 'not known to provider'
    const style = { face: value === null ? 'regular' : 'bold' } as const
    const height = sheet.heightOf(text, sheet.width - NAME_WIDTH, style)
    sheet.need(height + 2)
    const top = doc.y
    sheet.use({ colour: COLOURS.soft })
    doc.text(sheet.paper(name), MARGIN.left, top, { width: NAME_WIDTH - 8 })
    sheet.use(style)
    const left = MARGIN.left + NAME_WIDTH
    doc.text(sheet.paper(text), left, top, { width: sheet.width - NAME_WIDTH })
    doc.y = top + height + 2
  }
  sheet.space(6)
}

function drawField(sheet: Sheet, field: ReportField): void {
  sheet.need(44)
  sheet.text(`${field.id}  ${field.title}`, { face: 'bold', size: 9, gap: 1 })
  const rule = `${field.requirement.replaceAll('_', ' ')}; ${field.rule} [${field.mark}]`
  sheet.text(rule, { size: 6.5, colour: COLOURS.soft, gap: 2 })
  for (const { subject, value, source, note } of field.entries) {
    const label = subject === '' || subject === value ? '' : `${subject}: `
    const from = value === null || note === '' ? source : `${note}; ${source}`
    const colour = value === null ? COLOURS.warn : COLOURS.ink
    sheet.text(`${label}${value ?? note} (${from})`, { colour, gap: 1 })
  }
  sheet.space(5)
}

/** Status above, report id and page number below, on every page. */
function drawMargins(sheet: Sheet, { status, report }: ReportDocument): void {
  const { doc } = sheet
  const { count } = doc.bufferedPageRange()
  for (let page = 0; page < count; page += 1) {
    doc.switchToPage(page)
    // Below the margin pdfkit would start a page of its own for a line of text.
    doc.page.margins = { top: 0, bottom: 0, left: 0, right: 0 }
    const line = { width: sheet.width, lineBreak: false } as const
    sheet.use({ face: 'bold', size: 7.5, colour: COLOURS.warn })
    doc.text(sheet.paper(status), MARGIN.left, 34, line)
    sheet.use({ size: 7, colour: COLOURS.soft })
    const foot = doc.page.height - 36
    doc.text(`${report.report_id}, ${report.confidentiality}`, MARGIN.left, foot, line)
    const number = `page ${page + 1} of ${count}`
    doc.text(number, MARGIN.left, foot, { ...line, align: 'right' })
  }
}
