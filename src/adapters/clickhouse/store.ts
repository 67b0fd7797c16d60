import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { assert, Fault } from '../../domain/fault.ts'
import {
  type QueryName,
  type QueryParams,
  type QueryRow,
  queryRegistry,
} from '../../ports/queries/registry.ts'
import type { Row, Store } from '../../ports/store.ts'
import type { Connections } from './connect.ts'

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
    return result.json()
  }

  return {
    async append(table, rows) {
      const first = rows[0]
      if (!first) return
      const columns = Object.keys(first)
      await this.appendLines(table, columns, compactLines(rows, columns))
    },

    async appendLines(table, columns, lines) {
      await guard(`insert into ${table}`, async () => {
        const result = await writer.exec({
          query: insertStatement(table, columns),
          values: Readable.from(chunks(lines), { objectMode: false }),
        })
        result.stream.resume()
        await finished(result.stream)
      })
    },

    async query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryRow<N>[]> {
      const { params: paramTypes, row } = queryRegistry[name]
      assert(row !== null, `${name} returns rows`)
      const bound = paramTypes.parse(params)
      const rows = await guard(name, () => select(text(name), bound))
      return z.array(row).parse(rows) as QueryRow<N>[]
    },

    async execute(name, params) {
      const bound = queryRegistry[name].params.parse(params)
      await guard(name, () => writer.command({ query: text(name), query_params: bound }))
    },

    async queryDetector(id, params: Row) {
      const query = statements.detectors.get(id)
      assert(query !== undefined, `no detectors/${id}/query.sql`)
      return guard(`detectors/${id}`, () => select(query, params))
    },

    close: () => connections.close(),
  }
}

/** The one statement that is put together here: its columns are those of the rows. */
function insertStatement(table: string, columns: readonly string[]): string {
  assert(
    [table, ...columns].every(name => /^[a-z_0-9]+$/.test(name)),
    'names are plain words',
  )
  return ['insert into', table, `(${columns.join(', ')})`, 'format JSONCompactEachRow\n'].join(' ')
}

const CHUNK_CHARACTERS = 1 << 20

/** Joins lines into pieces of about a megabyte; a stream event per line would cost more than it. */
function* chunks(lines: Iterable<string>): Generator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < CHUNK_CHARACTERS) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function* compactLines(rows: readonly Row[], columns: readonly string[]): Generator<string> {
  for (const row of rows) {
    yield `${JSON.stringify(columns.map(column => row[column] ?? null))}\n`
  }
}

/** Turns what the client throws into a Fault; the engine's numeric code stays in the cause. */
async function guard<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (isEngineError(cause)) {
      throw new Fault(
        'STORE_REFUSED',
        `the store refused ${what} (code ${cause.code}): ${firstLine(cause.message)}`,
        { cause },
      )
    }
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') {
      throw new Fault('STORE_UNAVAILABLE', `the store was lost during ${what}`, { cause })
    }
    throw cause
  }
}

/**
 * The engine's own refusal, told by its numeric code and type. Not by class: the embedded
 * connection throws a copy of the client's error class.
 */
function isEngineError(cause: unknown): cause is Error & { code: string; type: string } {
  return (
    cause instanceof Error &&
    'type' in cause &&
    typeof cause.type === 'string' &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    /^\d+$/.test(cause.code)
  )
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.slice(0, 300) ?? ''
}
