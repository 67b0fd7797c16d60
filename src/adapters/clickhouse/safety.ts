import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import type { Clock } from '../../ports/clock.ts'
import { checkedRead } from './checked-read.ts'
import type { Connections } from './connect.ts'
import { namedSql } from './sql-files.ts'

/**
 * What the guarantees rest on beyond our own statements: asserted when the store is opened, and
 * the process refuses to run without it (STORE_UNSAFE, one sentence that names what to change).
 */

/** The release that the tests run on; older ones differ in defaults and have faults since mended. */
export const OLDEST_RELEASE = '26.7'

/** Connections that are asked who answers: a balancer over two nodes is missed once in 128 starts. */
const PROBES = 8

const settingShape = z.object({ name: z.string(), value: z.string() })

/** Settings are read back, on every connection: a profile of the server may pin another value. */
export async function assertSettings(connections: Connections, sqlFolder: string): Promise<void> {
  const query = checksSql(sqlFolder)('settings')
  // Read-only users may change no setting and write no row.
  const wanted = { ...connections.settings, readonly: 0 }
  const { writer, readers, builder, stages } = connections
  for (const client of [writer, ...readers, builder, ...stages.map(stage => stage.client)]) {
    const names = Object.keys(wanted)
    const rows = await checkedRead(client, query, settingShape, { names })
    const effective = new Map(rows.map(row => [row.name, row.value]))
    for (const [name, value] of Object.entries(wanted)) {
      const found = effective.get(name)
      if (found === String(value)) continue
      throw new Fault(
        'STORE_UNSAFE',
        `the server holds setting ${name} at "${found ?? 'unknown'}" where "${value}" is needed`,
      )
    }
  }
}

const serverShape = z.object({ node: z.string(), release: z.string(), at_ms: z.coerce.number() })

/**
 * One server answers every connection, and it is recent enough. Gives back how far its clock is
 * ahead of `clock`, in milliseconds; 0 on the embedded engine, which has the clock of the process.
 */
export async function assertServer(
  connections: Connections,
  sqlFolder: string,
  clock: Clock,
): Promise<number> {
  const query = checksSql(sqlFolder)('server')
  const nodes = new Set<string>()
  let skew_ms = Number.POSITIVE_INFINITY
  for (let probe = 0; probe < (connections.probe ? PROBES : 1); probe++) {
    const asked_at = clock.now()
    const client = connections.probe ?? connections.writer
    const [server] = await checkedRead(client, query, serverShape)
    if (!server) throw new Fault('STORE_UNAVAILABLE', 'the server does not say who it is')
    assertRelease(server.release)
    nodes.add(server.node)
    // Half the time of the question is the answer's way; the quickest one tells best.
    const ahead_ms = server.at_ms - (asked_at + clock.now()) / 2
    if (Math.abs(ahead_ms) < Math.abs(skew_ms)) skew_ms = ahead_ms
  }
  if (nodes.size > 1) {
    throw new Fault(
      'STORE_UNSAFE',
      `${nodes.size} servers answer at CLICKHOUSE_URL: what is written to one may not be read from another`,
    )
  }
  return connections.probe ? skew_ms : 0
}

/** Throws STORE_UNSAFE for a release older than the tested one. */
export function assertRelease(release: string): void {
  const [major = 0, minor = 0] = release.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_RELEASE.split('.').map(Number)
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new Fault(
    'STORE_UNSAFE',
    `ClickHouse ${release} is older than ${OLDEST_RELEASE}, the oldest release that is tested`,
  )
}

const tableShape = z.object({
  name: z.string(),
  engine: z.string(),
  comment: z.string(),
  views: z.array(z.string()),
})

/**
 * Tables have the engines that the migrations gave them, on a cluster in the layout that their
 * rows were placed by, and no materialized view hangs on them.
 */
export async function assertTables(
  client: ClickHouseClient,
  sqlFolder: string,
  engines: ReadonlyMap<string, string>,
  layout: string | null,
): Promise<void> {
  const rows = await checkedRead(client, checksSql(sqlFolder)('tables'), tableShape)
  const tables = new Map(rows.map(row => [row.name, row]))
  for (const [name, engine] of engines) {
    const table = tables.get(name)
    const flaw = table ? tableFlaw(table, engine, layout) : `table ${name} is gone`
    if (flaw !== null) throw new Fault('STORE_UNSAFE', flaw)
  }
}

function tableFlaw(
  { name, engine, comment, views }: z.output<typeof tableShape>,
  wanted: string,
  layout: string | null,
): string | null {
  if (engine !== wanted) {
    const why = /Replicated|Distributed/.test(engine + wanted)
      ? 'it was made with another CLICKHOUSE_CLUSTER, and tables do not move by themselves'
      : 'rows that come twice would count twice'
    return `table ${name} is ${engine} where ${wanted} is needed: ${why}`
  }
  const isPlaced = engine === 'Distributed' || comment.startsWith('shards ')
  if (layout !== null && isPlaced && comment !== layout) {
    return `rows of ${name} were placed over "${comment}" and the cluster now has "${layout}": versions of one sample would lie on two shards and count twice`
  }
  if (views.length > 0) {
    return `the materialized view ${views[0]} hangs on ${name}: it fails inserts when it fails, and counts a repeated one twice`
  }
  return null
}

function checksSql(sqlFolder: string): (name: string) => string {
  return namedSql(join(sqlFolder, 'checks'))
}
