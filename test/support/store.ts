import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../src/adapters/clickhouse/open.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Store } from '../../src/ports/store.ts'

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

/** A clock that stands still until it is told otherwise. */
export function fakeClock(at = Date.UTC(2026, 0, 1)): Clock & { set(at: number): void } {
  let present = at
  return {
    now: () => present,
    set: next => {
      present = next
    },
  }
}

export interface TestStore {
  readonly store: Store
  readonly folder: string
  close(): Promise<void>
}

/** A migrated store of its own on the embedded engine; one per test file, by the engine's rule. */
export async function openTestStore(clock: Clock = fakeClock()): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-test-'))
  const { store } = await openStore(
    {
      engine: { kind: 'embedded', path: join(folder, 'store') },
      cluster: null,
      sqlFolder: join(projectFolder, 'sql'),
      detectorFolder: join(projectFolder, 'detectors'),
    },
    clock,
  )
  return {
    store,
    folder,
    close: async () => {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
