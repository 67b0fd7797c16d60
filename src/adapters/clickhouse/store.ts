import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { assert } from '../../domain/fault.ts'
import {
  type QueryName,
  type QueryParams,
  type QueryRow,
  type QueryTypes,
  queryRegistry,
} from '../../ports/queries/registry.ts'
import type { Row, Store } from '../../ports/store.ts'
import { checkParams, insertLines, selectColumns, selectRows } from './calls.ts'
import type { Connections } from './connect.ts'
import { guarded } from './engine-fault.ts'
import { createStagePool } from './stage.ts'

/** What the store needs of `sql/` and `detectors/`: statement text by name. */
export interface Statements {
  readonly named: ReadonlyMap<string, string>
  readonly detectors: ReadonlyMap<string, string>
}

/** The Store over a ClickHouse client, whichever engine is behind it. */
export function createStore(connections: Connections, statements: Statements): Store {
  const { writer, builder } = connections
  const read = sharedReaders(connections.readers)

  const text = (name: string): string => {
    const found = statements.named.get(name)
    assert(found !== undefined, `no statement sql/**/${name}.sql`)
    return found
  }
  const stages = createStagePool(connections.stages, text)

  return {
    async append(table, rows) {
      const first = rows[0]
      if (!first) return
      const columns = Object.keys(first)
      checkRows(rows, columns)
      const lines = compactLines(rows, columns)
      await insertLines(writer, table, columns, 'JSONCompactEachRow', lines)
    },

    appendLines: (table, columns, lines) =>
      insertLines(writer, table, columns, 'TabSeparated', lines),

    async query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryRow<N>[]> {
      const { params: paramTypes, row, isWide }: QueryTypes = queryRegistry[name]
      assert(row !== null, `${name} returns rows`)
      const bound = checkParams(paramTypes.parse(params))
      if (isWide) {
        assert(row instanceof z.ZodObject, `rows of ${name} are plain objects`)
        const ask = (reader: ClickHouseClient) => selectColumns(reader, text(name), bound, row)
        return (await guarded(name, () => read(ask))) as QueryRow<N>[]
      }
      const check = (found: unknown) => row.parse(found) as QueryRow<N>
      return guarded(name, () => read(reader => selectRows(reader, text(name), bound, check)))
    },

    async execute(name, params) {
      const bound = checkParams(queryRegistry[name].params.parse(params))
      await guarded(name, () => builder.command({ query: text(name), query_params: bound }))
    },

    async queryDetector(id, params: Row) {
      const query = statements.detectors.get(id)
      assert(query !== undefined, `no detectors/${id}/query.sql`)
      const bound = checkParams(params)
      // Detectors with a statement of their own are asked beside those that rest on features.
      return guarded(`detectors/${id}`, () => selectRows(builder, query, bound, found => found))
    },

    stage: () => stages.take(),

    close: () => connections.close(),
  }
}

/** Each call goes to the connection that has the fewest under way. */
function sharedReaders(clients: readonly ClickHouseClient[]) {
  const lanes = clients.map(client => ({ client, calls: 0 }))
  return async <T>(call: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    const lane = lanes.reduce((least, one) => (one.calls < least.calls ? one : least))
    lane.calls += 1
    try {
      return await call(lane.client)
    } finally {
      lane.calls -= 1
    }
  }
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
