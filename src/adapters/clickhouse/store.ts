import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { assert } from '../../domain/fault.ts'
import {
  type QueryName,
  type QueryParams,
  type QueryRow,
  queryRegistry,
} from '../../ports/queries/registry.ts'
import type { Row, Store } from '../../ports/store.ts'
import type { Connections } from './connect.ts'
import { guarded } from './engine-fault.ts'

/** What the store needs of `sql/` and `detectors/`: statement text by name. */
export interface Statements {
  readonly named: ReadonlyMap<string, string>
  readonly detectors: ReadonlyMap<string, string>
}

/** The Store over a ClickHouse client, whichever engine is behind it. */
export function createStore(connections: Connections, statements: Statements): Store {
  const { writer, reader } = connections

  const text = (name: string): string => {
    const found = statements.named.get(name)
    assert(found !== undefined, `no statement sql/**/${name}.sql`)
    return found
  }

  const select = async (query: string, params: Record<string, unknown>): Promise<unknown[]> => {
    const result = await reader.query({ query, query_params: params, format: 'JSONEachRow' })
    return readRows(await result.text())
  }

  const insert = async (
    table: string,
    columns: readonly string[],
    format: 'JSONCompactEachRow' | 'TabSeparated',
    lines: Iterable<string>,
  ): Promise<void> => {
    const pieces = chunks(lines)
    const first = pieces.next()
    if (first.done) return // an insert without a row is a fault to some engines
    await guarded(`rows for ${table}`, async () => {
      const result = await writer.exec({
        query: insertStatement(table, columns, format),
        values: Readable.from(chunks([first.value], pieces), { objectMode: false }),
      })
      result.stream.resume()
      await finished(result.stream)
    })
  }

  return {
    async append(table, rows) {
      const first = rows[0]
      if (!first) return
      const columns = Object.keys(first)
      checkRows(rows, columns)
      await insert(table, columns, 'JSONCompactEachRow', compactLines(rows, columns))
    },

    appendLines: (table, columns, lines) => insert(table, columns, 'TabSeparated', lines),

    async query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryRow<N>[]> {
      const { params: paramTypes, row } = queryRegistry[name]
      assert(row !== null, `${name} returns rows`)
      const bound = checkParams(paramTypes.parse(params))
      const rows = await guarded(name, () => select(text(name), bound))
      return z.array(row).parse(rows) as QueryRow<N>[]
    },

    async execute(name, params) {
      const bound = checkParams(queryRegistry[name].params.parse(params))
      await guarded(name, () => writer.command({ query: text(name), query_params: bound }))
    },

    async queryDetector(id, params: Row) {
      const query = statements.detectors.get(id)
      assert(query !== undefined, `no detectors/${id}/query.sql`)
      const bound = checkParams(params)
      return guarded(`detectors/${id}`, () => select(query, bound))
    },

    close: () => connections.close(),
  }
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

function* compactLines(rows: readonly Row[], columns: readonly string[]): Generator<string> {
  for (const row of rows) {
    yield `${JSON.stringify(columns.map(column => row[column] ?? null))}\n`
  }
}

/** JSON has no NaN: it would turn into null, and null into a column's default. */
function checkRows(rows: readonly Row[], columns: readonly string[]): void {
  for (const row of rows) {
    const cells = Object.values(row)
    assert(cells.length === columns.length, 'rows of one call have the same columns')
    assert(
      cells.every(cell => typeof cell !== 'number' || Number.isFinite(cell)),
      'numbers in rows are finite; what is missing is null',
    )
  }
}

/** The engines disagree on wide integers in parameters: one refuses them, the other rounds. */
function checkParams<T extends Record<string, unknown>>(params: T): T {
  assert(
    Object.values(params).every(value => !Number.isInteger(value) || Number.isSafeInteger(value)),
    'numbers beyond 2^53 cross the seam as text',
  )
  return params
}

/**
 * Rows of an answer. One that does not end with a whole line was cut on its way, even where HTTP
 * ended well; to read what is there would lose the rest without a word.
 */
function readRows(answer: string): unknown[] {
  if (answer === '') return []
  if (!answer.endsWith('\n')) throw new SyntaxError('the answer breaks off within a row')
  return answer
    .slice(0, -1)
    .split('\n')
    .map(line => JSON.parse(line))
}
