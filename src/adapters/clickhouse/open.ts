import { join } from 'node:path'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { connect, type Engine } from './connect.ts'
import { type MigrationReport, migrate } from './migrate.ts'
import { type Cluster, readDetectorSql, readSqlFolder } from './sql-files.ts'
import { createStore } from './store.ts'

export interface StoreLocation {
  readonly engine: Engine
  readonly cluster: Cluster | null
  /** Folders `sql` and `detectors`. */
  readonly sqlFolder: string
  readonly detectorFolder: string
}

/** Connects, migrates and returns the store, ready for use. */
export async function openStore(
  location: StoreLocation,
  clock: Clock,
): Promise<{ store: Store; migrations: MigrationReport }> {
  const connections = await connect(location.engine)
  try {
    const migrations = await migrate(
      connections.writer,
      join(location.sqlFolder, 'migrations'),
      location.cluster,
      clock,
    )
    const named = new Map(
      ['queries', 'features', 'stage'].flatMap(folder =>
        readSqlFolder(join(location.sqlFolder, folder)).map(
          file => [file.name, file.text] as const,
        ),
      ),
    )
    const store = createStore(connections, {
      named,
      detectors: readDetectorSql(location.detectorFolder),
    })
    return { store, migrations }
  } catch (fault) {
    await connections.close()
    throw fault
  }
}
