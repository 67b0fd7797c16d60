import type { Engine } from '../../src/adapters/clickhouse/connect.ts'
import { type App, openApp } from '../../src/app.ts'
import { reportStage } from '../../src/commands/report.ts'
import { type DeliveryKind, isDeliveryKind } from '../../src/domain/streams.ts'
import { HOUR_MS, MINUTE_MS, toSqlTime } from '../../src/domain/window.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { readCases } from '../../src/stages/cases/ledger.ts'
import { SILENT } from './app-bench.ts'
import { findingRow } from './case-world.ts'
import { fakeClock, projectFolder } from './store.ts'

/** The end of the simulated day that the store is filled with. */
export const SEED_UNTIL = Date.UTC(2026, 9, 31)

/**
 * The product over an engine, with a day of the demo fleet taken through all its stages. `prepare`
 * is called on the empty schema.
 */
export async function openSeededApp(
  engine: Engine,
  prepare: () => Promise<void> = async () => undefined,
): Promise<App> {
  const clock = fakeClock(SEED_UNTIL + HOUR_MS)
  const app = await openApp({
    projectFolder,
    siteFile: null,
    clock,
    logger: SILENT,
    ...placeOf(engine),
  })
  await prepare()
  const simulation = simulate('demo', { seed: 1, until: SEED_UNTIL, days: 1 })
  for (const { name, lines } of simulation.streams) {
    if (isDeliveryKind(name)) await send(app, name, lines)
  }
  await send(app, 'telemetry.accelerator', unruly())
  await app.pipeline.tick(SEED_UNTIL, true)
  // A late sample in the hour before its start moves a run, so that there is history to read; the
  // commitments have just been recorded when the second tick begins.
  await send(app, 'telemetry.accelerator', [sample('mover', 600)])
  clock.set(clock.now() + MINUTE_MS)
  await app.pipeline.tick(SEED_UNTIL, false)
  await nameLineage(app)
  await nameLinks(app)
  await readPartition(app)
  const cases = await readCases(app.store, '')
  await reportStage(app).build(cases.slice(0, 1))
  // And one hour stays dirty.
  await send(app, 'telemetry.accelerator', [sample('late', 30)])
  return app
}

async function send(app: App, kind: DeliveryKind, lines: Iterable<string>): Promise<void> {
  const bytes = (async function* () {
    yield new TextEncoder().encode([...lines].map(line => `${line}\n`).join(''))
  })()
  const source = {
    name: 'seed',
    format: 'ndjson',
    replace_period: kind === 'telemetry.billing',
    body_bytes_max: null,
  } as const
  const { fault } = await app.intake.receive(kind, bytes, source)
  if (fault) throw fault
}

/** A day holds no two runs that are stages of one model. */
async function nameLineage({ store }: App): Promise<void> {
  const runs = await store.query('overview-runs', { limit: 1 })
  await store.append(
    'run_lineages',
    runs.map(({ tenant_id, run_id }) => ({
      tenant_id,
      run_id,
      lineage_id: run_id,
      p: 1,
      build: '1',
      is_deleted: 0,
    })),
  )
}

/** A day of tenants that share nothing holds no links, and nobody has stood still together. */
async function nameLinks({ store }: App): Promise<void> {
  const runs = await store.query('overview-runs', { limit: 1000 })
  const tenants = [...new Set(runs.map(run => run.tenant_id))].slice(0, 2)
  await store.append(
    'account_links',
    tenants.map(tenant_id => ({
      level: 'possible',
      tenant_id,
      entity_id: 'grp-linked',
      p: 0.7,
      evidence: '[]',
      build: '1',
      is_deleted: 0,
    })),
  )
  const finding = {
    finding_id: 'stalls',
    detector_id: 'cross-account-costall',
    tenants,
    state: 'present',
  }
  await store.append('findings', [{ ...findingRow(finding), detected_at: toSqlTime(SEED_UNTIL) }])
}

/** Three messages of a partition: a sample, its revision, and one that is none; then a hole. */
async function readPartition(app: App): Promise<void> {
  const lines = [
    sample('streamed', 80),
    sample('streamed', 80, { revision: 1, tensor_active: 0.7 }),
    'not a record',
  ]
  const messages = lines.map((line, index) => ({ offset: index, value: Buffer.from(line) }))
  const place = { topic: 'telemetry.accelerator', partition: 0, incarnation: 0, generation: 1 }
  const range = { ...place, epoch: 1, isStale: () => false }
  const read = (first: number, next: number) =>
    app.intake.receiveRanges('telemetry.accelerator', [
      { ...range, first, next, messages: messages.slice(first, next) },
    ])
  await app.store.append('partition_parts', [
    {
      topic: place.topic,
      partition: place.partition,
      epoch: 1,
      offset_first: 0,
      offset_next: 0,
      kind: 'claim',
      instance: app.instance,
    },
  ])
  await read(0, 1)
  await read(1, 3)
  await read(5, 6)
}

/** A minute that ends so many minutes before the end, as a line. */
function sample(device_id: string, minutesBefore: number, more: object = {}): string {
  const time = new Date(SEED_UNTIL - minutesBefore * 60_000).toISOString()
  const accelerator = 'NVIDIA H100 80GB HBM3'
  const fields = {
    time,
    interval_s: 60,
    device_id,
    tenant_id: 'unruly',
    accelerator,
    tensor_active: 0.5,
  }
  return JSON.stringify({ ...fields, ...more })
}

/** What a tidy fleet lacks: an unknown chip, a contradiction, a record that is none. */
function unruly(): string[] {
  return [
    sample('mystery', 90, { accelerator: 'Mystery 9000' }),
    sample('torn', 90),
    sample('torn', 90, { tensor_active: 0.6 }),
    '{"time":"yesterday"}',
    ...Array.from({ length: 30 }, (_, index) => sample('mover', 599 - index)),
  ]
}

function placeOf(engine: Engine) {
  if (engine.kind === 'embedded') return { environment: {}, flags: { data: engine.path } }
  return {
    environment: {
      CLICKHOUSE_URL: engine.url,
      CLICKHOUSE_DATABASE: engine.database,
      CLICKHOUSE_USER: engine.user,
      CLICKHOUSE_PASSWORD: engine.password,
    },
    flags: {},
  }
}
