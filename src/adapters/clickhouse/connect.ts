import { mkdirSync } from 'node:fs'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { Fault } from '../../domain/fault.ts'

/**
 * The one file that knows which engine answers, and the only one that sets engine settings: on
 * the embedded engine a setting given with one statement leaks into later ones.
 */

export type Engine =
  | {
      readonly kind: 'server'
      readonly url: string
      readonly database: string
      readonly user: string
      readonly password: string
    }
  | { readonly kind: 'embedded'; readonly path: string }

/** Two connections: calls on one embedded connection queue, so reads must not wait for inserts. */
export interface Connections {
  readonly writer: ClickHouseClient
  readonly reader: ClickHouseClient
  close(): Promise<void>
}

const REQUEST_TIMEOUT_MS = 300_000

/** Every setting that the guarantees rest on is stated; defaults differ between releases. */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  date_time_input_format: 'best_effort',
  // JSON has no NaN; a number that is none must surface as null, never as a quoted word.
  output_format_json_quote_denormals: 0,
  async_insert: 0,
  insert_deduplicate: 0,
  max_insert_block_size: '1048576',
  do_not_merge_across_partitions_select_final: 1,
  max_execution_time: 240,
  // The answer starts once it is whole: an error half-way would otherwise follow a 200.
  wait_end_of_query: 1,
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: '20000',
} as const

/** Opens both connections. Throws STORE_UNAVAILABLE or STORE_BUSY. */
export async function connect(engine: Engine): Promise<Connections> {
  const [writer, reader] = await openPair(engine)
  const ping = await writer.ping()
  if (!ping.success) {
    await Promise.all([writer.close(), reader.close()])
    throw new Fault('STORE_UNAVAILABLE', `the store does not answer: ${describe(engine)}`, {
      cause: ping.error,
    })
  }
  return {
    writer,
    reader,
    close: async () => {
      await Promise.all([writer.close(), reader.close()])
    },
  }
}

async function openPair(engine: Engine): Promise<[ClickHouseClient, ClickHouseClient]> {
  const shared = {
    request_timeout: REQUEST_TIMEOUT_MS,
    // What goes wrong leaves as a Fault; the caller logs it once, with its cause.
    log: { level: ClickHouseLogLevel.OFF },
  }
  if (engine.kind === 'server') {
    const open = () =>
      createClient({
        ...shared,
        clickhouse_settings: SETTINGS,
        url: engine.url,
        database: engine.database,
        username: engine.user,
        password: engine.password,
        compression: { request: true, response: true },
      })
    return [open(), open()]
  }
  const { createChdbConnection } = await loadEmbedded()
  mkdirSync(engine.path, { recursive: true })
  // The two packages carry copies of one interface, told apart by a private field: hence never.
  const open = () =>
    createClient({ ...shared, connection: createChdbConnection({ path: engine.path }) as never })
  try {
    return [await settled(open()), await settled(open())]
  } catch (cause) {
    throw new Fault('STORE_BUSY', `the data directory ${engine.path} cannot be opened`, { cause })
  }
}

/** Settings of HTTP alone; the embedded engine does not know them. */
const HTTP_ONLY = /^(wait_end_of_query|send_progress_|http_)/

/**
 * On the embedded engine a setting holds for the connection from when it is set. Given with each
 * call it would be a statement of its own before the call's, and the engine walks over the rest of
 * the text, rows included, once for every statement: inserts took 2.5 times as long.
 */
async function settled(client: ClickHouseClient): Promise<ClickHouseClient> {
  for (const [name, value] of Object.entries(SETTINGS)) {
    if (HTTP_ONLY.test(name)) continue
    await client.command({ query: ['set', name, '=', `'${value}'`].join(' ') })
  }
  return client
}

/** Loaded only when wanted: the package is large and production images leave it out. */
async function loadEmbedded(): Promise<typeof import('chdb/connection')> {
  try {
    return await import('chdb/connection')
  } catch (cause) {
    throw new Fault(
      'STORE_UNAVAILABLE',
      'the embedded engine is not installed: run `npm install chdb` or set CLICKHOUSE_URL',
      { cause },
    )
  }
}

function describe(engine: Engine): string {
  return engine.kind === 'server' ? new URL(engine.url).host : engine.path
}
