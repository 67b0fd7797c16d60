import { createMetrics } from '../../src/adapters/metrics.ts'
import { createHtmlRenderer } from '../../src/adapters/render/html.ts'
import { createPdfRenderer } from '../../src/adapters/render/pdf.ts'
import { openCatalogue } from '../../src/catalogue.ts'
import { readEvidence } from '../../src/commands/explain.ts'
import { createBuildNumbers } from '../../src/domain/build.ts'
import type { Regime } from '../../src/domain/regime.ts'
import { DAY_MS, HOUR_MS, type Instant, toSqlTime } from '../../src/domain/window.ts'
import type { ServerDeps } from '../../src/http/deps.ts'
import { appendUsage } from '../../src/ports/append-usage.ts'
import type { Row, Store } from '../../src/ports/store.ts'
import { createAttribute } from '../../src/stages/attribute.ts'
import { readCases } from '../../src/stages/cases/ledger.ts'
import { createClassify } from '../../src/stages/classify.ts'
import { createGroup } from '../../src/stages/group.ts'
import { createReport } from '../../src/stages/report.ts'
import { createTriage } from '../../src/stages/triage.ts'
import { addFindings, addShell, addUsCustomer, at, RULES, TRIAGE, usageRow } from './case-world.ts'
import { detectorSource } from './detectors.ts'
import { FILER } from './filer.ts'
import { POLICY } from './identity.ts'
import { shipped } from './reference.ts'
import { fakeClock } from './store.ts'

/**
 * A fleet small enough to check by hand, written as the stages leave it: a foreign shell with a
 * run over the threshold and a case, a domestic trainer, compute that nobody is named for, a chip
 * that nobody knows, and a tenant whose name is an attack on the page.
 */

export const NOW = at('2026-03-05T12:00:00Z')
export const HOSTILE = '<script>alert("x")</script>'
export const SHELL = 'shell-a'
export const HOME = 'home-a'
export const RUN = 'run-00000000000000aa'
const FIRST_DAY = at('2026-02-01')

const regime = (): Regime => {
  const found = shipped.regimes.get('us-iaas-2024')?.regime
  if (!found) throw new Error('the default regime pack is shipped')
  return found
}

/** Everything that a server asks for, over the store given. */
export function serverDeps(store: Store, changes: Partial<ServerDeps> = {}): ServerDeps {
  const classify = createClassify(store, shipped.workload, shipped.version)
  return {
    store,
    clock: fakeClock(NOW),
    version: '0.0.0',
    metrics: createMetrics({ process: false }),
    logger: null,
    tokens: [],
    regime: regime(),
    detectors: openCatalogue(detectorSource),
    colours: RULES.colours,
    readiness: { hindrances: () => [], retry_after_s: 1 },
    evidence: id => readEvidence(store, id, classify),
    classify,
    renderers: [createHtmlRenderer(), createPdfRenderer()],
    routes: [],
    ...changes,
  }
}

export async function seedConsole(store: Store): Promise<void> {
  await seedUsage(store)
  await seedRuns(store)
  await addShell(store, SHELL)
  await addUsCustomer(store, HOME, 'us-a')
  await addUsCustomer(store, HOSTILE, 'us-hostile')
  await addFindings(
    store,
    { finding_id: 'fnd-a1', tenants: [SHELL] },
    { finding_id: 'fnd-a2', tenants: [HOME] },
    { finding_id: 'fnd-a3', tenants: [HOSTILE], state: 'could', severity: 'medium' },
  )
  await judge(store)
  await store.append('quarantine', [
    {
      quarantine_id: 'q-1',
      stream: 'telemetry.accelerator',
      reason: 'out_of_range',
      detail: `interval_s is -1 ${HOSTILE}`,
      raw_base64: 'e30=',
      source: 'http:test',
      position: 3,
      batch_id: 'bat-1',
      received_at: toSqlTime(NOW - HOUR_MS),
    },
  ])
  await store.append('batches', [batchRow('bat-1', NOW - HOUR_MS)])
}

/** 20 days of 24 hours: operations of a day are 24 times those of the hour. */
async function seedUsage(store: Store): Promise<void> {
  const rows: Row[] = []
  for (let hour = 0; hour < 20 * 24; hour++) {
    const time = new Date(FIRST_DAY + hour * HOUR_MS).toISOString()
    const dark = hour >= 15 * 24 ? 14_400 : 0
    rows.push(usageRow(SHELL, time, 5e23, dark), usageRow(HOME, time, 3e23))
    rows.push(usageRow(HOSTILE, time, 1e21), { ...usageRow('', time, 1e20), chip: 'unknown' })
  }
  await appendUsage(store, rows)
  await store.append('ticks', [
    {
      until: toSqlTime(NOW),
      started_at: toSqlTime(NOW),
      finished_at: toSqlTime(NOW),
      build: '1',
      hours: 480,
      tenants: 4,
      findings: 3,
      cases_open: 1,
      cases_touched: 1,
    },
  ])
}

export function runRow(tenant_id: string, run_id: string, start: Instant, days: number): Row {
  const end = start + days * DAY_MS
  const half = start + (days / 2) * DAY_MS
  return {
    tenant_id,
    run_id,
    start: toSqlTime(start),
    end: toSqlTime(end),
    chips: ['nvidia-h100-sxm5-80gb'],
    fabrics: ['fabric-1'],
    sites: ['site-1'],
    workloads: ['job-1'],
    devices_max: 8,
    device_s: 8 * days * 86_400,
    energy_j: 1e12,
    flop_lo: 1e26,
    flop_mid: 2e26,
    flop_hi: 4e26,
    tier: 'T2',
    segments: [
      [toSqlTime(start), toSqlTime(half), 8, `${run_id}-g1`, 0],
      [toSqlTime(half), toSqlTime(end), 8, `${run_id}-g2`, 0.9],
    ],
    build: '1',
    is_deleted: 0,
  }
}

function gangRow(run_id: string, name: string, start: Instant, end: Instant): Row {
  return {
    tenant_id: SHELL,
    chip: 'nvidia-h100-sxm5-80gb',
    fabric_id: 'fabric-1',
    gang_id: `${run_id}-${name}`,
    start: toSqlTime(start),
    end: toSqlTime(end),
    devices: 8,
    nodes: [],
    site: 'site-1',
    workloads: ['job-1'],
    device_s: 8 * 10 * 86_400,
    energy_j: 5e11,
    flop_lo: 5e25,
    flop_mid: 1e26,
    flop_hi: 2e26,
    tier: 'T2',
    tensor_mean: 0.4,
    power_mean_w: 600,
    build: '1',
    is_deleted: 0,
  }
}

async function seedRuns(store: Store): Promise<void> {
  const middle = FIRST_DAY + 10 * DAY_MS
  await store.append('runs', [
    runRow(SHELL, RUN, FIRST_DAY, 20),
    runRow(HOME, 'run-00000000000000bb', FIRST_DAY + DAY_MS, 10),
    runRow(HOSTILE, 'run-00000000000000cc', FIRST_DAY + 2 * DAY_MS, 1),
    runRow('', 'run-00000000000000dd', FIRST_DAY + 3 * DAY_MS, 1),
  ])
  await store.append('day_gangs', [
    gangRow(RUN, 'g1', FIRST_DAY, middle),
    gangRow(RUN, 'g2', middle, middle + 10 * DAY_MS),
  ])
  const at = toSqlTime(NOW)
  const gone = { tenant_id: SHELL, change: 'merged', successor: RUN, at }
  await store.append('run_history', [{ run_id: 'run-00000000000000ee', ...gone }])
}

export function batchRow(batch_id: string, received: Instant): Row {
  return {
    batch_id,
    stream: 'telemetry.accelerator',
    source: 'http:test',
    source_hash: 'a'.repeat(64),
    received_at: toSqlTime(received),
    part: 1,
    consumed: 10,
    accepted: 7,
    revised: 0,
    duplicates: 2,
    conflicts: 0,
    quarantined: 1,
    bytes: 1000,
    time_min: null,
    time_max: null,
  }
}

/** Groups, determinations, cases and reports by the stages themselves. */
async function judge(store: Store): Promise<void> {
  const time = at('2026-03-03')
  const build = createBuildNumbers(() => time)
  await createGroup({ store, build, ownership: POLICY.ownership }).regroup(time)
  await createAttribute({ store, policy: POLICY }).determine(time)
  await createTriage({ store, policy: TRIAGE }).triage(time)
  const report = createReport({
    store,
    regime: regime(),
    filer: FILER,
    catalogueVersion: 'c'.repeat(64),
    renderers: [createHtmlRenderer(), createPdfRenderer()],
  })
  await report.build(await readCases(store))
}
