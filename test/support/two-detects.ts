import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connections, connect } from '../../src/adapters/clickhouse/connect.ts'
import { type App, openApp, pipelineOf } from '../../src/app.ts'
import { reportStage } from '../../src/commands/report.ts'
import { isDeliveryKind } from '../../src/domain/streams.ts'
import { DAY_MS, HOUR_MS } from '../../src/domain/window.ts'
import type { Pipeline } from '../../src/pipeline.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Store } from '../../src/ports/store.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { readCases } from '../../src/stages/cases/ledger.ts'
import { SILENT } from './app-bench.ts'
import { HOUR } from './meter-bench.ts'
import { fakeClock, projectFolder } from './store.ts'

/**
 * A store in which a tick has work of every kind to do (late and moved samples, new owners, cases
 * to revise), to be put back into that state at will, and what a tick leaves of it.
 */
export interface DetectWorld {
  readonly app: App
  readonly clock: ReturnType<typeof fakeClock>
  /** The present of every tick. */
  readonly until: number
  /** Bodies of samples that come while ticks are under way. */
  readonly later: readonly (readonly object[])[]
  /** Puts the store back to before the ticks. */
  restore(): Promise<void>
  /** A pipeline as another process would have it. */
  pipeline(instance: string, more?: { readonly store?: Store; readonly clock?: Clock }): Pipeline
  /** Everything that ticks leave behind, table by table, as text. */
  outcome(statements?: Outcome): Promise<Outcome>
  /** Rows of a statement. */
  read(query: string): Promise<unknown[]>
  close(): Promise<void>
}

export type Outcome = Readonly<Record<string, string>>

/** What must be as a single instance leaves it, digit for digit. */
const OUTCOME = {
  device_hours: 'select * except (build, is_deleted) from device_hours final order by all',
  usage_hours: 'select * except (build, is_deleted) from usage_hours final order by all',
  usage_days: 'select * except (build, is_deleted) from usage_days final order by all',
  gangs: 'select * except (build, is_deleted) from day_gangs final order by all',
  runs: 'select * except (build, is_deleted) from runs final order by all',
  run_history: 'select distinct * except (at) from run_history order by all',
  groups: 'select * except (build, is_deleted) from group_members final order by all',
  outcomes: 'select * except (evaluated_at) from outcomes final order by all',
  findings: 'select * except (stored_at, build) from findings order by all',
  determinations: 'select * from determinations final order by all',
  case_events: 'select * except (stored_at) from case_events final order by all',
  cases: 'select * from cases final order by all',
  reports: 'select * except (stored_at) from reports final order by all',
  // What ends with the last hour marks the one after it too, which no tick has come to yet.
  dirty: `select hour, batch_id from hour_marks final
    where state < 2 and hour < '2026-01-21 00:00:00' order by all`,
} as const

/** The same without the steps that led there: an instance that was held up may have added some. */
export const STANDING = {
  ...OUTCOME,
  run_history: 'select 1',
  determinations: 'select 1',
  case_events: 'select 1',
  reports: 'select 1',
  // Of a run that came and went, an answer is left that it is clear.
  outcomes: `select * except (evaluated_at) from outcomes final where kind != 'clear' order by all`,
  findings: `select * except (stored_at, build, version, detected_at) from
    (select * from findings order by finding_id, version desc, build desc limit 1 by finding_id)
    order by all`,
  cases: `select * except (seq, version, updated_at) from cases final order by all`,
} as const

/**
 * The same when samples came in between two ticks: what was judged half-way is history, and a
 * finding is stated anew only when it moved by enough.
 */
export const STANDING_LATER = {
  ...STANDING,
  outcomes: `select detector_id, subject_kind, subject_id, kind, state from outcomes final
    where kind != 'clear' order by all`,
  findings: `select detector_id, subject_kind, subject_id, tenant_ids, state, severity, basis from
    (select * from findings order by finding_id, version desc, build desc limit 1 by finding_id)
    where state != 'withdrawn' order by all`,
  cases: 'select 1',
} as const

/** Tables that ticks and late deliveries write. */
const WRITTEN = [
  'samples',
  'sample_losers',
  'batches',
  'hour_marks',
  'device_blocks',
  'device_hours',
  'observed_hours',
  'usage_hours',
  'usage_days',
  'day_gangs',
  'gang_devices',
  'runs',
  'run_lineages',
  'run_history',
  'group_members',
  'account_links',
  'outcomes',
  'findings',
  'determinations',
  'case_events',
  'cases',
  'reports',
  'ticks',
  'turns',
] as const

const UNTIL = HOUR - 5 * HOUR_MS + 20 * DAY_MS

export async function openDetectWorld(): Promise<DetectWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-test-'))
  const clock = fakeClock(UNTIL + HOUR_MS)
  const path = join(folder, 'store')
  const app = await openApp({
    projectFolder,
    siteFile: null,
    environment: {},
    flags: { data: path },
    clock,
    logger: SILENT,
  })
  const own = await connect({ kind: 'embedded', path })
  const read = async <T>(query: string): Promise<T[]> => {
    const result = await own.writer.query({ query, format: 'JSONEachRow' })
    return result.json<T>()
  }
  const later = await fill(app)
  await keep(own)
  return {
    app,
    clock,
    until: UNTIL,
    later,
    read,
    async restore() {
      for (const table of WRITTEN) {
        await own.writer.command({ query: `truncate table ${table}` })
        await own.writer.command({ query: `insert into ${table} select * from kept_${table}` })
      }
    },
    pipeline: (instance, more = {}) => pipelineOf({ ...app, ...more }, instance),
    async outcome(statements: Outcome = OUTCOME) {
      await reportStage(app).build(await readCases(app.store))
      const texts: [string, string][] = []
      for (const [name, query] of Object.entries(statements)) {
        const rows = await read(query)
        texts.push([name, rows.map(row => JSON.stringify(row)).join('\n')])
      }
      return Object.fromEntries(texts)
    },
    async close() {
      await app.close()
      await own.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function keep({ writer }: Connections): Promise<void> {
  for (const table of WRITTEN) {
    await writer.command({ query: `create table kept_${table} as ${table}` })
    await writer.command({ query: `insert into kept_${table} select * from ${table}` })
  }
}

/**
 * Two thirds of six hours of the demo fleet are ticked; the rest, and corrections, wait for a tick.
 * Answers with what is to come later still: all of some devices, now of another tenant.
 */
async function fill(app: App): Promise<object[][]> {
  const late: object[] = []
  const later: object[][] = []
  for (const { name, lines } of simulate('demo', { seed: 7, until: UNTIL, days: 0.25 }).streams) {
    if (!isDeliveryKind(name)) continue
    const records = [...lines].map((line): Sample => JSON.parse(line))
    const early = records.filter((_, index) => name !== 'telemetry.accelerator' || index % 3 > 0)
    await send(app, name, early)
    if (name === 'telemetry.accelerator') {
      late.push(...records.filter((_, index) => index % 3 === 0), ...records.flatMap(moved))
      later.push(...wholeDevices(records))
    }
  }
  await app.pipeline.tick(UNTIL, true)
  await send(app, 'telemetry.accelerator', late)
  return later
}

/** What every third device sent, device by device, as it turns out to be another tenant's. */
function wholeDevices(records: readonly Sample[]): object[][] {
  const own = [...Map.groupBy(records, record => record.device_id).values()]
  return own
    .filter((_, index) => index % 3 === 0)
    .slice(0, 8)
    .map(of => of.map(record => ({ ...record, tenant_id: 'later-owner', revision: 2 })))
}

type Sample = { readonly device_id?: string; readonly tenant_id?: string | null }

/** Every fiftieth sample turns out to be another tenant's: a key that a rebuild must bury. */
function moved(record: Sample, index: number): object[] {
  return index % 50 === 1 ? [{ ...record, tenant_id: 'late-owner', revision: 1 }] : []
}

export async function send(
  app: Pick<App, 'intake'>,
  kind: Parameters<App['intake']['receive']>[0],
  records: readonly object[],
): Promise<void> {
  const bytes = (async function* () {
    yield new TextEncoder().encode(records.map(record => `${JSON.stringify(record)}\n`).join(''))
  })()
  const source = {
    name: 'test',
    format: 'ndjson',
    replace_period: kind === 'telemetry.billing',
    body_bytes_max: null,
  } as const
  const { fault } = await app.intake.receive(kind, bytes, source)
  if (fault) throw fault
}
