import { createHash } from 'node:crypto'
import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import { toSqlTime } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import { guarded } from './engine-fault.ts'
import { type Cluster, migrationParts, readSqlFolder, type SqlFile } from './sql-files.ts'

export interface MigrationReport {
  readonly applied: readonly string[]
  readonly present: readonly string[]
}

const appliedRow = z.object({ name: z.string(), content_hash: z.string() })

/**
 * Brings the schema up to `sql/migrations`, forward only. Every statement is idempotent, so two
 * processes that race apply the same thing twice. Throws SCHEMA_EDITED when an applied file has
 * changed and SCHEMA_NEWER when the store has one that this release lacks.
 */
export async function migrate(
  client: ClickHouseClient,
  folder: string,
  cluster: Cluster | null,
  clock: Clock,
): Promise<MigrationReport> {
  const files = readSqlFolder(folder)
  const ledger = readSqlFolder(`${folder}/../ledger`)
  const applied = await guarded('the list of migrations', async () => {
    for (const part of migrationParts(named(ledger, 'migrations-create').text, cluster)) {
      await client.command({ query: part })
    }
    return readApplied(client, named(ledger, 'migrations-list').text)
  })
  const missing = [...applied.keys()].filter(name => !files.some(file => file.name === name))
  if (missing.length > 0) {
    throw new Fault('SCHEMA_NEWER', `the store has migrations unknown here: ${missing.join(', ')}`)
  }
  const fresh: string[] = []
  for (const file of files) {
    const hash = createHash('sha256').update(file.text).digest('hex')
    const known = applied.get(file.name)
    if (known !== undefined && known !== hash) {
      throw new Fault('SCHEMA_EDITED', `sql/migrations/${file.name}.sql was edited after it ran`)
    }
    if (known === undefined) {
      await applyOne(client, file, hash, cluster, clock)
      fresh.push(file.name)
    }
  }
  return { applied: fresh, present: [...applied.keys()] }
}

async function applyOne(
  client: ClickHouseClient,
  file: SqlFile,
  hash: string,
  cluster: Cluster | null,
  clock: Clock,
): Promise<void> {
  await guarded(`migration ${file.name}`, async () => {
    for (const part of migrationParts(file.text, cluster)) await client.command({ query: part })
    await client.insert({
      table: 'schema_migrations',
      values: [{ name: file.name, content_hash: hash, applied_at: toSqlTime(clock.now()) }],
      format: 'JSONEachRow',
    })
  })
}

async function readApplied(client: ClickHouseClient, query: string): Promise<Map<string, string>> {
  const result = await client.query({ query, format: 'JSONEachRow' })
  const rows = z.array(appliedRow).parse(await result.json())
  return new Map(rows.map(row => [row.name, row.content_hash]))
}

function named(files: readonly SqlFile[], name: string): SqlFile {
  const file = files.find(candidate => candidate.name === name)
  if (!file) throw new Fault('CONFIG_INVALID', `sql/ledger/${name}.sql is missing`)
  return file
}
