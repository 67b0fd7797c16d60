import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import { toSqlTime } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import { tablesLacking } from './cluster.ts'
import type { Cluster } from './cluster-sql.ts'
import { guarded } from './engine-fault.ts'
import { createdTables, migrationParts, namedSql, readSqlFolder } from './sql-files.ts'

export interface MigrationReport {
  readonly applied: readonly string[]
  readonly present: readonly string[]
}

/** One file of `sql/migrations` as this store needs it. */
interface Migration {
  readonly name: string
  readonly hash: string
  readonly parts: readonly string[]
}

const appliedRow = z.object({ name: z.string(), content_hash: z.string() })

/**
 * Brings the schema up to `sql/migrations`, forward only. Every statement is idempotent, so two
 * processes that race apply the same thing twice, and where a node of a cluster lacks a table all
 * are applied again. Throws SCHEMA_EDITED when an applied file has changed and SCHEMA_NEWER when
 * the store has one that this release lacks.
 */
export async function migrate(
  client: ClickHouseClient,
  sqlFolder: string,
  cluster: Cluster | null,
  clock: Clock,
): Promise<MigrationReport> {
  const migrations = readMigrations(sqlFolder, cluster)
  const ledger = namedSql(join(sqlFolder, 'ledger'))
  const applied = await guarded('the list of migrations', async () => {
    for (const part of migrationParts(ledger('migrations-create'), cluster)) {
      await client.command({ query: part })
    }
    return readApplied(client, ledger('migrations-list'))
  })
  const missing = [...applied.keys()].filter(name => !migrations.some(file => file.name === name))
  if (missing.length > 0) {
    throw new Fault('SCHEMA_NEWER', `the store has migrations unknown here: ${missing.join(', ')}`)
  }
  const tables = createdTables(migrations.flatMap(({ parts }) => parts)).keys()
  const lacking = cluster ? await tablesLacking(client, sqlFolder, cluster, tables) : []
  const fresh: string[] = []
  for (const migration of migrations) {
    const known = applied.get(migration.name)
    if (known !== undefined && known !== migration.hash) {
      const file = `sql/migrations/${migration.name}.sql`
      throw new Fault('SCHEMA_EDITED', `${file} was edited after it ran`)
    }
    if (known !== undefined && lacking.length === 0) continue
    await applyOne(client, migration, clock)
    if (known === undefined) fresh.push(migration.name)
  }
  return { applied: fresh, present: [...applied.keys()] }
}

/** Tables of the whole schema with their engines, as the migrations make them on this store. */
export function schemaTables(sqlFolder: string, cluster: Cluster | null): Map<string, string> {
  const ledger = namedSql(join(sqlFolder, 'ledger'))('migrations-create')
  return createdTables([
    ...migrationParts(ledger, cluster),
    ...readMigrations(sqlFolder, cluster).flatMap(({ parts }) => parts),
  ])
}

function readMigrations(sqlFolder: string, cluster: Cluster | null): Migration[] {
  return readSqlFolder(join(sqlFolder, 'migrations')).map(({ name, text }) => ({
    name,
    hash: createHash('sha256').update(text).digest('hex'),
    parts: migrationParts(text, cluster),
  }))
}

async function applyOne(
  client: ClickHouseClient,
  { name, hash, parts }: Migration,
  clock: Clock,
): Promise<void> {
  await guarded(`migration ${name}`, async () => {
    for (const part of parts) await client.command({ query: part })
    await client.insert({
      table: 'schema_migrations',
      values: [{ name, content_hash: hash, applied_at: toSqlTime(clock.now()) }],
      format: 'JSONEachRow',
    })
  })
}

async function readApplied(client: ClickHouseClient, query: string): Promise<Map<string, string>> {
  const result = await client.query({ query, format: 'JSONEachRow' })
  const rows = z.array(appliedRow).parse(await result.json())
  return new Map(rows.map(row => [row.name, row.content_hash]))
}
