import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/adapters/clickhouse/connect.ts'
import { migrate } from '../../src/adapters/clickhouse/migrate.ts'
import { readSqlFolder } from '../../src/adapters/clickhouse/sql-files.ts'
import { createStore } from '../../src/adapters/clickhouse/store.ts'
import type { Row } from '../../src/ports/store.ts'
import { fakeClock, projectFolder, type TestStore } from './store.ts'

export interface ProbeStore extends TestStore {
  /** Rows of one of the statements that the test brought along. */
  probe(name: string, params?: Row): Promise<unknown[]>
  /** A statement of a test alone, such as a deletion by hand. */
  run(statement: string): Promise<void>
  /** Empties tables, so that one engine serves many cases. */
  clear(...tables: string[]): Promise<void>
}

/** A migrated store that also answers questions of a test alone: name → statement. */
export async function openProbeStore(
  probes: Readonly<Record<string, string>>,
  clock = fakeClock(),
): Promise<ProbeStore> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-test-'))
  const connections = await connect({ kind: 'embedded', path: join(folder, 'store') })
  const sql = join(projectFolder, 'sql')
  await migrate(connections.writer, sql, null, clock)
  const files = ['queries', 'features', 'stage'].flatMap(name => readSqlFolder(join(sql, name)))
  const store = createStore(connections, {
    named: new Map(files.map(file => [file.name, file.text] as const)),
    detectors: new Map(Object.entries(probes)),
  })
  return {
    store,
    folder,
    probe: (name, params = {}) => store.queryDetector(name, params),
    run: async statement => {
      await connections.writer.command({ query: statement })
    },
    clear: async (...tables) => {
      for (const table of tables) {
        await connections.writer.command({ query: `truncate table ${table}` })
      }
    },
    close: async () => {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
