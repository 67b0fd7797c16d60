import Table from 'cli-table3'

/** A column: its heading, and whether its numbers stand right. */
export interface Column {
  readonly name: string
  readonly align?: 'left' | 'right'
}

/** A bordered table for people; machines get `--json`. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    head: columns.map(column => column.name),
    colAligns: columns.map(column => column.align ?? 'left'),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push(row.map(printable))
  return table.toString()
}

/** Names come from outside: control characters would move the cursor or forge a line. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '\u{fffd}')
}
