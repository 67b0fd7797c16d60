/**
 * Rows as tab-separated lines, the text that the store reads at a third of the cost of JSON
 * arrays. Only for rows of plain cells; arrays and tuples go through `Store.append`.
 */

export type TabCell = string | number | null

const ESCAPE: Readonly<Record<string, string>> = {
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

/** One cell: `\N` is null, control characters and the backslash are escaped. */
export function tabCell(cell: TabCell): string {
  if (cell === null) return '\\N'
  if (typeof cell === 'number') return String(cell)
  return cell.search(SPECIAL) === -1 ? cell : cell.replace(SPECIAL, found => ESCAPE[found] ?? found)
}

/** One row with its line end. */
export function tabLine(cells: readonly TabCell[]): string {
  return `${cells.map(tabCell).join('\t')}\n`
}
