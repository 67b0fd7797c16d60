import type { ClickHouseClient } from '@clickhouse/client'
import type { z } from 'zod'
import type { App } from '../../src/app.ts'
import { type QueryName, queryRegistry } from '../../src/ports/queries/registry.ts'
import { SEED_UNTIL } from './seeded-app.ts'

/** Parameters for every named query, made from their names and from what a seeded store holds. */

/** Statements without rows change the store. */
export function writes(name: QueryName): boolean {
  return queryRegistry[name].row === null
}

/** A value for each parameter: by its name where the store or the table below knows one. */
export function paramsOf(name: QueryName, facts: Readonly<Record<string, unknown>>): never {
  const shape: Readonly<Record<string, z.ZodType>> = queryRegistry[name].params.shape
  const values = Object.entries(shape).map(([param, type]) => [
    param,
    [facts[`${name}.${param}`], facts[param], '', 0, false, []].find(
      value => value !== undefined && type.safeParse(value).success,
    ),
  ])
  return Object.fromEntries(values) as never
}

const DAY = 24 * 3_600_000

/** Where each parameter's value comes from: a statement that gives it as column `value`. */
const ASKED: Readonly<Record<string, string>> = {
  tenants: "select groupUniqArray(tenant_id) as value from usage_hours where tenant_id != ''",
  'scope-fill.slices':
    "select arrayMap(tenant -> 0, groupUniqArray(tenant_id)) as value from usage_hours where tenant_id != ''",
  'scope-fill.counts':
    "select arrayMap(tenant -> 1, groupUniqArray(tenant_id)) as value from usage_hours where tenant_id != ''",
  devices: "select groupArray(device_id) as value from samples where device_id = 'torn'",
  'device-hours-fill.devices': 'select 2 as value',
  'device-hours-fill.hours': 'select 1 as value',
  hours: 'select arraySort(groupUniqArray(toUnixTimestamp(hour) * 1000)) as value from samples',
  // each hour from its beginning on
  tails: 'select arraySort(groupUniqArray(toUnixTimestamp(hour) * 1000)) as value from samples',
  sinces: 'select arraySort(groupUniqArray(toUnixTimestamp(hour) * 1000)) as value from samples',
  block_s: 'select 300 as value',
  counted: "select 'samples' as value",
  'quarantine-of-batch.batch_id': 'select any(batch_id) as value from quarantine',
  topic: "select 'telemetry.accelerator' as value",
  topics: "select ['telemetry.accelerator'] as value",
  partitions: 'select [0] as value',
  'outbox-pending.topic': "select 'findings' as value",
  'outbox-advance.until': "select '2026-01-01 00:00:00' as value",
  'sample-losers.sources': "select ['kafka:telemetry.accelerator/0'] as value",
  'sample-losers.devices': "select ['streamed'] as value",
  'audit-quarantine.sources': "select ['kafka:telemetry.accelerator/0'] as value",
  'audit-held.sources': "select ['kafka:telemetry.accelerator/0'] as value",
  'audit-superseded.sources': "select ['kafka:telemetry.accelerator/0'] as value",
  'sample-versions.times':
    "select [toUnixTimestamp64Milli(any(time))] as value from samples where device_id = 'torn'",
  'tenants-rebuilt.build': 'select toUInt64(max(build)) as value from device_hours',
  tenant_id: 'select any(tenant_id) as value from (select * from runs final)',
  run_id: 'select any(run_id) as value from (select * from runs final)',
  'read-run-history.run_id': 'select any(run_id) as value from run_history',
  'tenants-near.detectors':
    "select groupArray(detector_id) as value from (select * from outcomes final where measured_hi > 0 and subject_kind = 'run' order by all)",
  // a little more than each has
  'tenants-near.limits':
    "select groupArray(measured_hi * 1.01) as value from (select * from outcomes final where measured_hi > 0 and subject_kind = 'run' order by all)",
  gangs: 'select groupArray(gang_id) as value from day_gangs',
  gang_ids: 'select groupArray(gang_id) as value from day_gangs',
  finding_id: 'select any(finding_id) as value from findings',
  findings: 'select groupUniqArray(finding_id) as value from findings',
  'report-findings.findings':
    'select groupArray(finding_id) as value from (select * from findings order by finding_id, version)',
  'report-findings.versions':
    'select groupArray(version) as value from (select * from findings order by finding_id, version)',
  'read-cases.tenants': 'select emptyArrayString() as value',
  group_id: "select any(group_id) as value from group_members where links != '[]'",
  accounts: 'select groupUniqArray(billing_account_id) as value from charge_generations',
  account: 'select any(billing_account_id) as value from charges',
  period_start: 'select toUnixTimestamp64Milli(any(period_start)) as value from charges',
  id: 'select any(quarantine_id) as value from quarantine',
  report_id: 'select any(report_id) as value from reports',
  kinds: 'select groupUniqArray(kind) as value from identity_records',
  'charge-versions.ids': 'select groupArray(charge_id) as value from charges',
  'commitment-versions.ids': 'select groupArray(commitment_id) as value from commitments',
  'identity-versions.ids': 'select groupArray(id) as value from identity_records',
  'access-present.ids': 'select groupArray(access_id) as value from accesses',
  'access-present.tenants': 'select groupUniqArray(tenant_id) as value from accesses',
  'report-accesses.tenants': 'select groupUniqArray(tenant_id) as value from accesses',
  'commitment-terms.tenants': 'select groupUniqArray(tenant_id) as value from commitments',
  'evidence-commitments.tenants': 'select groupUniqArray(tenant_id) as value from commitments',
}

/** What the store holds and the ends of its time, by parameter or by query and parameter. */
export async function readFacts(
  reader: ClickHouseClient,
  app: App,
): Promise<Readonly<Record<string, unknown>>> {
  const [early, late] = [SEED_UNTIL - 40 * DAY, SEED_UNTIL + 40 * DAY]
  const facts: Record<string, unknown> = {
    ...Object.fromEntries(['from', 'since', 'start'].map(name => [name, early])),
    ...Object.fromEntries(
      ['until', 'before', 'end', 'as_of', 'known_at', 'after_start', 'after_at'].map(name => [
        name,
        late,
      ]),
    ),
    limit: 1000,
    everybody: 1,
    scope: 0,
    near_share: 0.02,
    places: [1],
    offset: 0,
    holders_max: 50,
    firsts: [0],
    nexts: [1_000_000],
    runs_per_tenant: 3,
    operations_min: 0,
    catalogue: app.reference.version,
    version: app.reference.version,
  }
  for (const [name, query] of Object.entries(ASKED)) {
    const result = await reader.query({ query, format: 'JSONEachRow' })
    const [row] = await result.json<{ value: unknown }>()
    facts[name] = readWide(row?.value)
  }
  return facts
}

/** Wide numbers come as text; those asked for here are instants and builds. */
function readWide(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readWide)
  return typeof value === 'string' && /^\d{12,16}$/.test(value) ? Number(value) : value
}
