import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { assert } from '../../domain/fault.ts'
import {
  numberColumn,
  numberOrNullColumn,
  textColumn,
  textsColumn,
} from '../../ports/queries/cells.ts'
import { guarded } from './engine-fault.ts'

/** What stores and stages do with a client: rows in, rows out, parameters checked. */

export type TextFormat = 'JSONCompactEachRow' | 'TabSeparated'

/** Inserts rows that are text already; nothing to insert is done at once. */
export async function insertLines(
  client: ClickHouseClient,
  table: string,
  columns: readonly string[],
  format: TextFormat,
  lines: Iterable<string>,
): Promise<void> {
  const pieces = chunks(lines)
  const first = pieces.next()
  if (first.done) return // an insert without a row is a fault to some engines
  await guarded(`rows for ${table}`, async () => {
    const result = await client.exec({
      query: insertStatement(table, columns, format),
      values: Readable.from(chunks([first.value], pieces), { objectMode: false }),
    })
    result.stream.resume()
    await finished(result.stream)
  })
}

/** @param check makes a row of what was read; one at a time, so that no copy of all of them waits */
export async function selectRows<T>(
  client: ClickHouseClient,
  query: string,
  params: Record<string, unknown>,
  check: (row: unknown) => T,
): Promise<T[]> {
  const result = await client.query({ query, query_params: params, format: 'JSONEachRow' })
  return Array.from(linesOf(await result.text()), line => check(JSON.parse(line)))
}

const answer = z.object({ data: z.unknown(), rows: z.number() })

/** The same column by column: where rows are so many that names and a check in each would tell. */
export async function selectColumns<S extends z.ZodRawShape>(
  client: ClickHouseClient,
  query: string,
  params: Record<string, unknown>,
  row: z.ZodObject<S>,
): Promise<z.output<z.ZodObject<S>>[]> {
  const format = 'JSONColumnsWithMetadata'
  const result = await client.query({ query, query_params: params, format })
  const { data, rows } = answer.parse(JSON.parse(await result.text()))
  // Columns of nothing are left out.
  if (rows === 0) return []
  const cells = Object.entries(row.shape).map(([name, cell]) => [name, columnOf(cell)] as const)
  const columns = Object.entries(z.object(Object.fromEntries(cells)).parse(data))
  const [first] = columns
  // Copies of one object, so that all rows have one shape from the beginning.
  const blank: Record<string, unknown> = Object.fromEntries(columns.map(([name]) => [name, null]))
  return Array.from({ length: first?.[1].length ?? 0 }, (_, index) => {
    const one = { ...blank }
    for (const [name, column] of columns) one[name] = column[index]
    return one as z.output<z.ZodObject<S>>
  })
}

/** Plain texts and numbers are checked a column at once, anything else cell by cell. */
function columnOf(cell: z.core.$ZodType): z.ZodType<readonly unknown[]> {
  if (isPlain(cell, z.ZodString)) return textColumn
  if (isPlain(cell, z.ZodNumber)) return numberColumn
  if (isPlain(cell, z.ZodArray) && isPlain(cell.element, z.ZodString)) return textsColumn
  if (cell instanceof z.ZodNullable && isPlain(cell.unwrap(), z.ZodNumber))
    return numberOrNullColumn
  return z.array(cell)
}

/** Of that type and nothing more is asked of it. */
function isPlain<T extends z.ZodType>(
  cell: z.core.$ZodType,
  type: { new (def: never): T },
): cell is T {
  return cell instanceof type && (cell.def.checks ?? []).length === 0
}

/** The one statement that is put together here: its columns are those of the rows. */
function insertStatement(table: string, columns: readonly string[], format: string): string {
  assert(
    [table, ...columns].every(name => /^[a-z_0-9]+$/.test(name)),
    'names are plain words',
  )
  return ['insert into', table, `(${columns.join(', ')})`, `format ${format}\n`].join(' ')
}

const CHUNK_CHARACTERS = 1 << 20

/** Joins lines into pieces of about a megabyte; a stream event per line would cost more than it. */
function* chunks(...parts: Iterable<string>[]): Generator<string, undefined> {
  let piece = ''
  for (const lines of parts) {
    for (const line of lines) {
      piece += line
      if (piece.length < CHUNK_CHARACTERS) continue
      yield piece
      piece = ''
    }
  }
  if (piece !== '') yield piece
}

/** The engines disagree on wide integers in parameters: one refuses them, the other rounds. */
export function checkParams<T extends Record<string, unknown>>(params: T): T {
  assert(
    Object.values(params).every(value => !Number.isInteger(value) || Number.isSafeInteger(value)),
    'numbers beyond 2^53 cross the seam as text',
  )
  return params
}

/**
 * Lines of an answer. One that does not end with a whole line was cut on its way, even where HTTP
 * ended well; to read what is there would lose the rest without a word.
 */
function* linesOf(answer: string): Generator<string, undefined> {
  if (answer === '') return
  if (!answer.endsWith('\n')) throw new SyntaxError('the answer breaks off within a row')
  for (let begin = 0; begin < answer.length; ) {
    const end = answer.indexOf('\n', begin)
    yield answer.slice(begin, end)
    begin = end + 1
  }
}
