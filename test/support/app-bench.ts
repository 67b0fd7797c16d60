import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/adapters/clickhouse/connect.ts'
import { type App, openApp } from '../../src/app.ts'
import { createBuildNumbers } from '../../src/domain/build.ts'
import { assert } from '../../src/domain/fault.ts'
import type { DeliveryKind } from '../../src/domain/streams.ts'
import type { TickBound } from '../../src/domain/tick-choice.ts'
import { HOUR_MS, type Instant } from '../../src/domain/window.ts'
import { createPipeline, type Pipeline } from '../../src/pipeline.ts'
import type { Logger } from '../../src/ports/clock.ts'
import type { Receipt } from '../../src/ports/intake.ts'
import { createDerive } from '../../src/stages/derive.ts'
import { createMeter } from '../../src/stages/meter.ts'
import { createTurns } from '../../src/stages/turn.ts'
import { HOUR } from './meter-bench.ts'
import { fakeClock, projectFolder } from './store.ts'

/** What must come out the same however the samples came in; builds are numbers of the tick. */
export const OUTCOMES = {
  samples:
    'select * except (batch_id, source, source_offset, ingested_at) from samples final order by all',
  device_hours: 'select * except (build, is_deleted) from device_hours final order by all',
  usage_hours: 'select * except (build, is_deleted) from usage_hours final order by all',
  usage_days: 'select * except (build, is_deleted) from usage_days final order by all',
  gangs: 'select * except (build, is_deleted) from day_gangs final order by all',
  runs: 'select * except (build, is_deleted) from runs final order by all',
} as const

export type Outcome = Readonly<Record<string, string>>

/** The whole product over one data directory, to be emptied and opened again at will. */
export interface AppBench {
  /** Empties the store; the reference data stays. */
  clear(): Promise<void>
  /** Opens the product as after a restart; the one before is closed. */
  restart(): Promise<void>
  send(kind: DeliveryKind, records: readonly object[]): Promise<Receipt>
  /**
   * Rebuilds hours and runs alone, which takes a fraction of a whole tick; says how many tenants are
   * left to wait.
   */
  rebuild(until: Instant, bound?: TickBound | null): Promise<number>
  /** Runs every stage. */
  tick(until: Instant, full?: boolean): Promise<void>
  /** The outcomes as text, table by table. */
  outcome(statements?: Outcome): Promise<Outcome>
  close(): Promise<void>
}

/** A logger for tests: what matters comes as an outcome or a fault. */
export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

const KEPT = new Set([
  'chips',
  'chip_names',
  'estimate_factors',
  'skus',
  'models',
  'sample_rates',
  'schema_migrations',
])

export async function openAppBench(): Promise<AppBench> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-test-'))
  const clock = fakeClock(HOUR + 30 * 24 * HOUR_MS)
  const open = (): Promise<App> =>
    openApp({
      projectFolder,
      siteFile: null,
      environment: {},
      flags: { data: join(folder, 'store') },
      clock,
      logger: SILENT,
    })
  let app = await open()
  // Kept from tick to tick, as in a running product: it remembers whose turn it was.
  let numbers: { readonly of: App; readonly pipeline: Pipeline } | null = null
  const own = await connect({ kind: 'embedded', path: join(folder, 'store') })
  const read = async (query: string): Promise<string> => {
    const result = await own.writer.query({ query, format: 'JSONEachRow' })
    return result.text()
  }
  return {
    async clear() {
      const tables = (
        await read(
          "select name from system.tables where database = currentDatabase() and engine != 'View'",
        )
      )
        .split('\n')
        .filter(line => line !== '')
      for (const { name } of tables.map((line): { name: string } => JSON.parse(line))) {
        if (!KEPT.has(name)) await own.writer.command({ query: `truncate table ${name}` })
      }
    },
    async restart() {
      await app.close()
      app = await open()
    },
    async send(kind, records) {
      const body = records.map(record => `${JSON.stringify(record)}\n`).join('')
      const source = {
        name: 'test',
        format: 'ndjson',
        replace_period: false,
        body_bytes_max: null,
      } as const
      const bytes = (async function* () {
        yield new TextEncoder().encode(body)
      })()
      const { receipt, fault } = await app.intake.receive(kind, bytes, source)
      if (fault) throw fault
      return receipt
    },
    async rebuild(until, bound = null) {
      clock.set(clock.now() + 1000)
      if (numbers?.of !== app) numbers = { of: app, pipeline: numbersOnly(app) }
      const outcome = await numbers.pipeline.tick(until, false, undefined, undefined, bound)
      assert(outcome.done, 'the only instance has its turn')
      return outcome.waiting
    },
    async tick(until, full = false) {
      clock.set(clock.now() + 1000)
      await app.pipeline.tick(until, full)
    },
    async outcome(statements = OUTCOMES) {
      const entries: [string, string][] = []
      for (const [name, query] of Object.entries(statements))
        entries.push([name, await read(query)])
      return Object.fromEntries(entries)
    },
    async close() {
      await app.close()
      await own.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The pipeline of the product up to derive; what judges is left out. */
export function numbersOnly({ store, clock, settings, reference }: App): Pipeline {
  const builds = createBuildNumbers(() => clock.now())
  const catalogueVersion = reference.version
  const detect = { evaluated: 0, raised: 0, restated: 0, withdrawn: 0, failed: [] }
  const stages = {
    meter: createMeter({ store, clock, builds, catalogueVersion, settings: settings.meter }),
    derive: createDerive({ store, clock, builds, settings: settings.derive }),
    group: { regroup: async () => ({ groups: 0, joined: 0, changed: [] }) },
    link: { relink: async () => ({ changed: [] }) },
    detect: { evaluate: async () => detect },
    attribute: { determine: async () => ({ findings: 0, determined: 0, changed: 0 }) },
    triage: { triage: async () => ({ opened: 0, touched: [], open: 0, events: 0 }) },
  }
  const basis = { meter: 'test', derive: 'test' }
  const instance = 'test'
  const takeTurn = createTurns({ store, clock, builds, instance, isShared: true })
  return createPipeline({ store, clock, builds, stages, basis, instance, takeTurn })
}
