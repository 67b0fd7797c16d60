import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
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

/** Calls on one embedded connection queue, so reads must not wait for inserts. */
export interface Connections {
  readonly writer: ClickHouseClient
  readonly reader: ClickHouseClient
  readonly stages: readonly StageConnection[]
  close(): Promise<void>
}

/** A connection that keeps temporary tables of its own. */
export interface StageConnection {
  readonly client: ClickHouseClient
  /** Where the engine reads lines from; null: with the statement. */
  readonly linesFile: string | null
}

/** One part is read while another is written. */
const STAGES = [0, 1]

const REQUEST_TIMEOUT_MS = 300_000

/** Every setting that the guarantees rest on is stated; defaults differ between releases. */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  date_time_input_format: 'best_effort',
  // JSON has no NaN; a number that is none must surface as null, never as a quoted word.
  output_format_json_quote_denormals: 0,
  async_insert: 0,
  // Numbers must be the same double whichever way they come in.
  precise_float_parsing: 1,
  insert_deduplicate: 0,
  max_insert_block_size: '1048576',
  do_not_merge_across_partitions_select_final: 1,
  max_execution_time: 240,
  // The answer starts once it is whole: an error half-way would otherwise follow a 200.
  wait_end_of_query: 1,
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: '20000',
} as const

/** Opens all connections. Throws STORE_UNAVAILABLE or STORE_BUSY. */
export async function connect(engine: Engine): Promise<Connections> {
  const { writer, reader, stages } =
    engine.kind === 'server' ? openServer(engine) : await openEmbedded(engine)
  const close = async (): Promise<void> => {
    const clients = [writer, reader, ...stages.map(({ client }) => client)]
    await Promise.all(clients.map(client => client.close()))
  }
  const ping = await writer.ping()
  if (!ping.success) {
    await close()
    throw new Fault('STORE_UNAVAILABLE', `the store does not answer: ${describe(engine)}`, {
      cause: ping.error,
    })
  }
  return { writer, reader, stages, close }
}

type Opened = Omit<Connections, 'close'>

const SHARED = {
  request_timeout: REQUEST_TIMEOUT_MS,
  // What goes wrong leaves as a Fault; the caller logs it once, with its cause.
  log: { level: ClickHouseLogLevel.OFF },
} as const

/** How long a server keeps the tables of a stage that says nothing. */
const SESSION = { session_timeout: '600' }

function openServer(engine: Engine & { readonly kind: 'server' }): Opened {
  const open = (session?: object) =>
    createClient({
      ...SHARED,
      clickhouse_settings: SETTINGS,
      url: engine.url,
      database: engine.database,
      username: engine.user,
      password: engine.password,
      compression: { request: true, response: true },
      ...session,
    })
  const openStage = () =>
    open({ session_id: randomUUID(), clickhouse_settings: { ...SETTINGS, ...SESSION } })
  const stages = STAGES.map(() => ({ client: openStage(), linesFile: null }))
  return { writer: open(), reader: open(), stages }
}

async function openEmbedded({ path }: Engine & { readonly kind: 'embedded' }): Promise<Opened> {
  const { createChdbConnection } = await loadEmbedded()
  // The engine's own folder for what is gone after a restart.
  const folder = join(path, 'tmp')
  mkdirSync(folder, { recursive: true })
  // The two packages carry copies of one interface, told apart by a private field: hence never.
  const open = () =>
    settled(createClient({ ...SHARED, connection: createChdbConnection({ path }) as never }))
  try {
    const [writer, reader] = [await open(), await open()]
    const stages: StageConnection[] = []
    for (const index of STAGES) {
      stages.push({ client: await open(), linesFile: join(folder, `stage-${index}.lines`) })
    }
    return { writer, reader, stages }
  } catch (cause) {
    throw new Fault('STORE_BUSY', `the data directory ${path} cannot be opened`, { cause })
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
