/**
 * Rows as tab-separated lines, the text that the store reads at a third of the cost of JSON
 * arrays. Only for rows of plain cells and arrays of them; tuples go through `Store.append`.
 */

export type TabCell = string | number | null | readonly (string | number)[]

const ESCAPE: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\0': '\\0',
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that the format escapes
const SPECIAL = /[\\\t\n\r\x08\f\0]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, and the quote
const SPECIAL_IN_ARRAYS = /['\\\t\n\r\x08\f\0]/g

/** One cell: `\N` is null, control characters and the backslash are escaped. */
export function tabCell(cell: TabCell): string {
  if (cell === null) return '\\N'
  if (typeof cell === 'number') return String(cell)
  if (typeof cell === 'string') return escaped(cell, SPECIAL)
  const items = cell.map(item =>
    typeof item === 'number' ? String(item) : `'${escaped(item, SPECIAL_IN_ARRAYS)}'`,
  )
  return `[${items.join(',')}]`
}

function escaped(text: string, special: RegExp): string {
  return text.search(special) === -1 ? text : text.replace(special, found => ESCAPE[found] ?? found)
}

/** One row with its line end. */
export function tabLine(cells: readonly TabCell[]): string {
  return `${cells.map(tabCell).join('\t')}\n`
}
