import type PDFDocument from 'pdfkit'
import type { PaperText } from './pdf-text.ts'

/** A pen on pages of A4: text that flows, and room that is asked for before it is used. */

export const COLOURS = {
  ink: '#1a1f26',
  soft: '#5a6572',
  rule: '#d4dae1',
  wash: '#f4f6f8',
  warn: '#7a2e00',
  line: '#1f5fa8',
} as const

export const MARGIN = { left: 46, right: 46, top: 62, bottom: 56 } as const
export const BODY_SIZE = 8.5

export type Face = 'regular' | 'bold'

export interface Style {
  readonly face?: Face
  readonly size?: number
  readonly colour?: string
  readonly gap?: number
}

export interface Sheet {
  readonly doc: InstanceType<typeof PDFDocument>
  readonly paper: PaperText
  readonly width: number
  /** Starts a new page unless this much height is left. */
  need(height: number): void
  text(text: string, style?: Style): void
  space(height: number): void
  /** Height that the text takes in a column of this width. */
  heightOf(text: string, width: number, style?: Style): number
  /** Width of the text on one line. */
  widthOf(text: string, style?: Style): number
  /** Sets face, size and colour for what is drawn next. */
  use(style?: Style): void
}

export function createSheet(doc: InstanceType<typeof PDFDocument>, paper: PaperText): Sheet {
  const width = doc.page.width - MARGIN.left - MARGIN.right
  const bottom = () => doc.page.height - MARGIN.bottom
  const use = ({ face = 'regular', size = BODY_SIZE, colour = COLOURS.ink }: Style = {}) => {
    doc.font(face).fontSize(size).fillColor(colour)
  }
  const need = (height: number) => {
    if (doc.y + height > bottom()) doc.addPage()
  }
  return {
    doc,
    paper,
    width,
    use,
    need,
    space: height => {
      doc.y += height
    },
    text: (text, style = {}) => {
      use(style)
      need(doc.currentLineHeight(true))
      doc.text(paper(text), MARGIN.left, doc.y, { width })
      doc.y += style.gap ?? 2
    },
    heightOf: (text, column, style) => {
      use(style)
      return doc.heightOfString(paper(text), { width: column })
    },
    widthOf: (text, style) => {
      use(style)
      return doc.widthOfString(paper(text))
    },
  }
}
