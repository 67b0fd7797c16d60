/** Text into HTML: everything that comes from outside passes through here. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Characters that no document may hold (controls) and that would turn text around (bidi). */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}

/** Text with control and direction characters shown as U+FFFD, so that nobody hides behind them. */
export function printable(text: string): string {
  return text.toWellFormed().replace(UNPRINTABLE, '\ufffd')
}

export interface Column<Row> {
  readonly title: string
  /** Text of a cell; it is escaped here. */
  readonly cell: (row: Row) => string
  /** Figures stand to the right. */
  readonly figure?: boolean
}

/** A table with a caption and column headings, as screen readers want it. */
export function htmlTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  if (rows.length === 0) return `<p class="none">${escapeHtml(caption)}: none.</p>`
  const style = (column: Column<Row>) => (column.figure ? ' class="figure"' : '')
  const head = columns
    .map(column => `<th scope="col"${style(column)}>${escapeHtml(column.title)}</th>`)
    .join('')
  const body = rows
    .map(row => {
      const cells = columns.map(column => {
        const text = column.cell(row)
        return `<td${column.figure ? ' class="figure"' : wholeWords(text)}>${cellHtml(text)}</td>`
      })
      return `<tr>${cells.join('')}</tr>`
    })
    .join('\n')
  return (
    `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption>` +
    `<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table></div>`
  )
}

/** Longer words, hashes above all, are broken so that the others need not be. */
const WORD_CHARACTERS_MAX = 24

function wholeWords(text: string): string {
  const words = text.split(/\s+/)
  return words.every(word => word.length <= WORD_CHARACTERS_MAX) ? ' class="whole"' : ''
}

/** Lines of a cell's text stay lines. */
function cellHtml(text: string): string {
  return text.split('\n').map(escapeHtml).join('<br>')
}

export function htmlSection(id: string, title: string, ...parts: readonly string[]): string {
  const heading = `<h2 id="${id}-title">${escapeHtml(title)}</h2>`
  return `<section id="${id}" aria-labelledby="${id}-title">\n${heading}\n${parts.join('\n')}\n</section>`
}

export function htmlList(items: readonly string[]): string {
  return `<ul>${items.map(item => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`
}

/** Name and value pairs. */
export function htmlPairs(pairs: readonly (readonly [string, string | null])[]): string {
  const rows = pairs.map(([name, value]) => {
    const text = value === null ? '<em>not known to provider</em>' : escapeHtml(value)
    return `<dt>${escapeHtml(name)}</dt><dd>${text}</dd>`
  })
  return `<dl>${rows.join('\n')}</dl>`
}
