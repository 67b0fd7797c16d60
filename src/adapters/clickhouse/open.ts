import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { assert } from '../../domain/fault.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { closable } from './closing.ts'
import { catchUp, readCluster } from './cluster.ts'
import type { Cluster } from './cluster-sql.ts'
import { connect, type Engine } from './connect.ts'
import { type MigrationReport, migrate, schemaTables } from './migrate.ts'
import { assertServer, assertSettings, assertTables } from './safety.ts'
import { readDetectorSql, readSqlFolder } from './sql-files.ts'
import { createStore, type Statements } from './store.ts'

export interface StoreLocation {
  readonly engine: Engine
  /** Name of a cluster in the server's configuration; null: one server. */
  readonly cluster: { readonly name: string } | null
  /** Folders `sql` and `detectors`. */
  readonly sqlFolder: string
  readonly detectorFolder: string
}

export interface OpenedStore {
  readonly store: Store
  readonly migrations: MigrationReport
  /** How far the server's clock is ahead of ours. */
  readonly skew_ms: number
}

/**
 * Connects, asserts what the guarantees rest on, migrates and returns the store, ready for use.
 * Throws STORE_UNSAFE where the server cannot give what is needed of it.
 */
export async function openStore(location: StoreLocation, clock: Clock): Promise<OpenedStore> {
  const { sqlFolder, engine } = location
  const connections = await connect(engine, location.cluster !== null)
  const { writer } = connections
  try {
    await assertSettings(connections, sqlFolder)
    const skew_ms = await assertServer(connections, sqlFolder, clock)
    const cluster = await clusterOf(location, writer)
    const migrations = await migrate(writer, sqlFolder, cluster, clock)
    const tables = schemaTables(sqlFolder, cluster)
    await assertTables(writer, sqlFolder, tables, cluster?.layout ?? null)
    if (cluster) await catchUp(writer, sqlFolder, tables)
    const store = closable(createStore(connections, statementsOf(location)), connections)
    return { store, migrations, skew_ms }
  } catch (fault) {
    await connections.close()
    throw fault
  }
}

async function clusterOf(
  { engine, cluster, sqlFolder }: StoreLocation,
  client: ClickHouseClient,
): Promise<Cluster | null> {
  if (!cluster) return null
  assert(engine.kind === 'server', 'a cluster has servers')
  return readCluster(client, sqlFolder, { name: cluster.name, database: engine.database })
}

function statementsOf({ sqlFolder, detectorFolder }: StoreLocation): Statements {
  const files = ['queries', 'features', 'stage'].flatMap(folder =>
    readSqlFolder(join(sqlFolder, folder)),
  )
  return {
    named: new Map(files.map(file => [file.name, file.text])),
    detectors: readDetectorSql(detectorFolder),
  }
}
