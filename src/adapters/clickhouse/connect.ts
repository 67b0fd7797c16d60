import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { Fault } from '../../domain/fault.ts'
import { bindText } from './bind.ts'
import {
  CLUSTER_SETTINGS,
  type EngineSettings,
  HTTP_SETTINGS,
  SETTINGS,
  SPEED_SETTINGS,
} from './engine-settings.ts'

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

/** Calls on one embedded connection queue, so neither reads nor rebuilds may keep inserts waiting. */
export interface Connections {
  readonly writer: ClickHouseClient
  /** One takes as many questions at once as come, or several take turns. */
  readonly readers: readonly ClickHouseClient[]
  /** For statements that make rows of rows: those of a large hour take long. */
  readonly builder: ClickHouseClient
  readonly stages: readonly StageConnection[]
  /** What all were told and must hold, to be read back. */
  readonly settings: EngineSettings
  /** A client that opens a connection for every request; null on the embedded engine. */
  readonly probe: ClickHouseClient | null
  /** Ends statements that run; null where closing the connection does not wait for them. */
  readonly kill: (() => Promise<void>) | null
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

/**
 * Opens all connections; `isCluster` states what a cluster needs besides. Throws
 * STORE_UNAVAILABLE or STORE_BUSY.
 */
export async function connect(engine: Engine, isCluster = false): Promise<Connections> {
  const settings = isCluster ? { ...SETTINGS, ...CLUSTER_SETTINGS } : SETTINGS
  const opened =
    engine.kind === 'server' ? openServer(engine, settings) : await openEmbedded(engine, settings)
  const kill = engine.kind === 'embedded' ? () => killStatements(engine) : null
  const close = async (): Promise<void> => {
    const { writer, readers, builder, probe, stages } = opened
    const clients = [writer, ...readers, builder, ...stages.map(({ client }) => client)]
    await Promise.all([...clients.map(client => client.close()), probe?.close()])
  }
  const ping = await opened.writer.ping()
  if (!ping.success) {
    await close()
    throw new Fault('STORE_UNAVAILABLE', `the store does not answer: ${describe(engine)}`, {
      cause: ping.error,
    })
  }
  return { ...opened, settings, kill, close }
}

type Opened = Omit<Connections, 'close' | 'kill' | 'settings'>

/** A server takes parameters beside a statement; here they are part of its text. */
const EMBEDDED_SETTINGS = { max_query_size: 256 << 20 } satisfies EngineSettings

/** Two stages may be at work at once: each has half of the cores, and ticks keep a share of them. */
const STAGE_SETTINGS = {
  max_threads: Math.max(1, Math.floor(availableParallelism() / STAGES.length)),
} satisfies EngineSettings

const SHARED = {
  request_timeout: REQUEST_TIMEOUT_MS,
  // What goes wrong leaves as a Fault; the caller logs it once, with its cause.
  log: { level: ClickHouseLogLevel.OFF },
}

/** How long a server keeps the tables of a stage that says nothing. */
const SESSION = { session_timeout: '600' }

function openServer(
  { url, database, user, password }: Extract<Engine, { kind: 'server' }>,
  settings: EngineSettings,
): Opened {
  const clickhouse_settings = { ...settings, ...HTTP_SETTINGS, ...SPEED_SETTINGS }
  const open = (more: object = {}) =>
    createClient({
      ...SHARED,
      clickhouse_settings,
      url,
      database,
      username: user,
      password,
      compression: { request: true, response: true },
      ...more,
    })
  const openStage = () =>
    open({ session_id: randomUUID(), clickhouse_settings: { ...clickhouse_settings, ...SESSION } })
  return {
    writer: open(),
    readers: [open()],
    builder: open(),
    stages: STAGES.map(() => ({ client: openStage(), linesFile: null })),
    probe: open({ keep_alive: { enabled: false } }),
  }
}

async function openEmbedded(
  { path }: Extract<Engine, { kind: 'embedded' }>,
  settings: EngineSettings,
): Promise<Opened> {
  await loadEmbedded()
  // The engine's own folder for what is gone after a restart.
  const folder = join(path, 'tmp')
  mkdirSync(folder, { recursive: true })
  const all = { ...settings, ...SPEED_SETTINGS, ...EMBEDDED_SETTINGS }
  const open = async () => settled(await embeddedClient(path), all)
  try {
    const [writer, builder] = [await open(), await open()]
    // A tick asks some thirty questions in turn: what pages ask must not stand before each.
    const readers = [await open(), await open()]
    const stages: StageConnection[] = []
    for (const index of STAGES) {
      const client = await settled(await open(), STAGE_SETTINGS)
      stages.push({ client, linesFile: join(folder, `stage-${index}.lines`) })
    }
    return { writer, readers, builder, stages, probe: null }
  } catch (cause) {
    throw new Fault('STORE_BUSY', `the data directory ${path} cannot be opened`, { cause })
  }
}

async function embeddedClient(path: string): Promise<ClickHouseClient> {
  const { createChdbConnection } = await loadEmbedded()
  // The two packages carry copies of one interface, told apart by a private field: hence never.
  const connection = bindingItself(createChdbConnection({ path }))
  return createClient({ ...SHARED, connection: connection as never })
}

type Embedded = ReturnType<typeof import('chdb/connection').createChdbConnection>
type EmbeddedConnection = Pick<Embedded, 'ping' | 'query' | 'insert' | 'command' | 'exec' | 'close'>

/** The connection with statements whose parameters are written into them. */
function bindingItself(connection: Embedded): EmbeddedConnection {
  return {
    ping: call => connection.ping(call),
    query: call => connection.query(bind(call)),
    insert: call => connection.insert(bind(call)),
    command: call => connection.command(bind(call)),
    exec: call => connection.exec(bind(call)),
    close: () => connection.close(),
  }
}

interface Call {
  readonly query: string
  readonly query_params?: Record<string, unknown>
}

function bind<C extends Call>({ query_params, ...call }: C): Omit<C, 'query_params'> {
  return { ...call, query: bindText(call.query, query_params ?? {}) }
}

/** By a connection of its own: the others are busy with what is to end. */
async function killStatements({ path }: Extract<Engine, { kind: 'embedded' }>): Promise<void> {
  const client = await embeddedClient(path)
  await client.command({ query: 'kill query where query_id != queryID() async' })
  await client.close()
}

/**
 * On the embedded engine a setting holds for the connection from when it is set. Given with each
 * call it would be a statement of its own before the call's, and the engine walks over the rest of
 * the text, rows included, once for every statement: inserts took 2.5 times as long.
 */
async function settled(
  client: ClickHouseClient,
  settings: EngineSettings,
): Promise<ClickHouseClient> {
  for (const [name, value] of Object.entries(settings)) {
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
