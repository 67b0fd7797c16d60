import { writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { assert, Fault } from '../../domain/fault.ts'
import { type StageQueryName, type StageQueryRow, stageQueries } from '../../ports/queries/stage.ts'
import type { Stage } from '../../ports/stage.ts'
import { checkParams, insertLines, selectRows } from './calls.ts'
import type { StageConnection } from './connect.ts'
import { guarded } from './engine-fault.ts'

export interface StagePool {
  /** The next stage that is free, in the order asked. */
  take(): Promise<Stage>
}

/** Stages over connections of their own, so that one part is read while another is written. */
export function createStagePool(
  connections: readonly StageConnection[],
  text: (name: string) => string,
): StagePool {
  const free = [...connections]
  const waiting: ((connection: StageConnection) => void)[] = []
  const release = (connection: StageConnection): void => {
    const next = waiting.shift()
    if (next) next(connection)
    else free.push(connection)
  }
  return {
    async take() {
      const connection =
        free.shift() ?? (await new Promise<StageConnection>(given => waiting.push(given)))
      return createStage(connection, text, () => release(connection))
    },
  }
}

function createStage(
  { client, linesFile }: StageConnection,
  text: (name: string) => string,
  release: () => void,
): Stage {
  const bind = (name: StageQueryName, params: unknown) =>
    checkParams(stageQueries[name].params.parse(params))
  return {
    async executeLines(name, params, pieces) {
      const query_params = bind(name, params)
      await kept(name, async () => {
        if (linesFile !== null) {
          await writeFile(linesFile, pieces)
          const query = text(name).replace(':lines', LINES_OF_FILE)
          await client.command({ query, query_params: { ...query_params, lines: linesFile } })
          return
        }
        const query = `${text(name).replace(':lines', LINES_OF_BODY)}\nformat LineAsString`
        const values = Readable.from(pieces, { objectMode: false })
        const result = await client.exec({ query, query_params, values })
        result.stream.resume()
        await finished(result.stream)
      })
    },

    appendLines: (table, columns, lines) =>
      kept(table, () => insertLines(client, table, columns, 'TabSeparated', lines)),

    async query<N extends StageQueryName>(name: N, params: unknown): Promise<StageQueryRow<N>[]> {
      const { row } = stageQueries[name]
      assert(row !== null, `${name} returns rows`)
      const bound = bind(name, params)
      const check = (found: unknown) => row.parse(found) as StageQueryRow<N>
      return kept(name, () => selectRows(client, text(name), bound, check))
    },

    async execute(name, params) {
      const query_params = bind(name, params)
      await kept(name, () => client.command({ query: text(name), query_params }))
    },

    release,
  }
}

/** Where the lines of a statement come from. */
const LINES_OF_BODY = "input('line String')"
/** The embedded engine reads a file ten times faster than the same bytes behind a statement. */
const LINES_OF_FILE = "file({lines:String}, 'LineAsString', 'line String')"

const UNKNOWN_TABLE = '60'

/** A table of the stage that is not there was lost with its connection: sent again, it is. */
async function kept<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await guarded(name, call)
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'STORE_REFUSED') throw fault
    const { cause } = fault
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code !== UNKNOWN_TABLE) throw fault
    throw new Fault('STORE_UNAVAILABLE', `the store lost what ${name} works on`, { cause })
  }
}
