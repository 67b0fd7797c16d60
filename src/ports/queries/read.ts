import { z } from 'zod'
import { SEVERITIES, STATES, SUBJECT_KINDS } from '../../domain/detector.ts'
import { TIERS } from '../../domain/quantity.ts'
import { caseListRow } from './cases.ts'
import { sqlBoolean, sqlCount, sqlTime, sqlTimeOrNull, timeParam } from './cells.ts'
import { coverageQueries } from './read-coverage.ts'

/** What the HTTP interface and the console ask: lists in pages by key, single things by id. */

const window = { from: timeParam, until: timeParam }
const limit = { limit: z.number() }
const tenants = { tenants: z.array(z.string()) }
const after = { after: z.string() }
const texts = z.array(z.string())

const operations = { flop_lo: z.number(), flop_mid: z.number(), flop_hi: z.number() }
/** '' where nothing was used. */
const tierOrNone = z.enum(['', ...TIERS]).transform(tier => (tier === '' ? null : tier))

const runColumns = {
  tenant_id: z.string(),
  run_id: z.string(),
  start: sqlTime,
  end: sqlTime,
  chips: texts,
  fabrics: texts,
  sites: texts,
  workloads: texts,
  devices_max: sqlCount,
  device_s: z.number(),
  energy_j: z.number(),
  ...operations,
  tier: z.enum(TIERS),
}

const segment = z
  .tuple([sqlTime, sqlTime, sqlCount, z.string(), z.number()])
  .transform(([start, end, devices, gang_id, link_p]) => ({ start, end, devices, gang_id, link_p }))

const groupColumns = {
  group_id: z.string(),
  tenant_ids: texts,
  observed_device_s: z.number(),
  dark_device_s: z.number(),
  ...operations,
  tier: tierOrNone,
}

const findingColumns = {
  finding_id: z.string(),
  version: z.number(),
  detector_id: z.string(),
  raises: z.enum(['finding', 'signal']),
  subject_kind: z.enum(SUBJECT_KINDS),
  subject_id: z.string(),
  tenant_ids: texts,
  start: sqlTime,
  end: sqlTime,
  state: z.enum([...STATES, 'withdrawn']),
  severity: z.enum(SEVERITIES),
  confidence: z.number(),
  basis: z.enum(['observed', 'potential', 'declared']),
  measured_lo: z.number(),
  measured_mid: z.number(),
  measured_hi: z.number(),
  unit: z.string(),
  threshold: z.number(),
  detected_at: sqlTime,
}

const reportColumns = {
  report_id: z.string(),
  case_id: z.string(),
  version: z.number(),
  case_seq: z.number(),
  group_id: z.string(),
  built_at: sqlTime,
  content_hash: z.string(),
}

export const readQueries = {
  ...coverageQueries,
  'read-ready': { params: z.object({}), row: z.object({ answer: z.number() }) },
  'read-extent': {
    params: z.object({}),
    row: z.object({ first_hour: sqlTimeOrNull, last_hour: sqlTimeOrNull, until: sqlTimeOrNull }),
  },
  'read-runs': {
    params: z.object({
      ...window,
      ...tenants,
      /** As text: operations are beyond what crosses the seam as a number. */
      operations_min: z.number().transform(String),
      after_start: timeParam,
      after_id: z.string(),
      ...limit,
    }),
    row: z.object({ ...runColumns, segment_count: sqlCount }),
  },
  'read-run': {
    params: z.object({ run_id: z.string() }),
    row: z.object({ ...runColumns, segments: z.array(segment) }),
  },
  'read-run-history': {
    params: z.object({ run_id: z.string(), ...limit }),
    row: z.object({ change: z.string(), successor: z.string(), at: sqlTime }),
  },
  'read-gangs': {
    params: z.object({ tenant_id: z.string(), gangs: texts, ...limit }),
    row: z.object({
      gang_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      devices: sqlCount,
      device_s: z.number(),
      energy_j: z.number(),
      ...operations,
      tier: z.enum(TIERS),
      tensor_mean: z.number().nullable(),
      power_mean_w: z.number().nullable(),
      chip: z.string(),
      fabric_id: z.string(),
    }),
  },
  'read-timeline': {
    params: z.object({ ...window, ...tenants, runs_per_tenant: z.number(), ...limit }),
    row: z.object({
      tenant_id: z.string(),
      run_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      devices_max: sqlCount,
      ...operations,
      tier: z.enum(TIERS),
      busy: z.array(z.tuple([sqlTime, sqlTime]).transform(([start, end]) => ({ start, end }))),
      tenant_runs: sqlCount,
    }),
  },
  'read-tenants': {
    params: z.object({ ...window, ...tenants, ...after, first: z.boolean(), ...limit }),
    row: z.object({
      tenant_id: z.string(),
      group_id: z.string(),
      devices: sqlCount,
      observed_device_s: z.number(),
      billed_device_s: z.number(),
      dark_device_s: z.number(),
      busy_device_s: z.number(),
      energy_j: z.number(),
      ...operations,
      tier: tierOrNone,
      chips: texts,
    }),
  },
  'read-groups': {
    params: z.object({ ...window, groups: texts, ...after, by_size: z.boolean(), ...limit }),
    row: z.object({ ...groupColumns, groups: sqlCount }),
  },
  'read-group-links': {
    params: z.object({ group_id: z.string(), ...limit }),
    row: z.object({
      tenant_id: z.string(),
      links: z
        .string()
        .transform((text): unknown => JSON.parse(text))
        .pipe(z.array(z.object({ kind: z.string(), tenant_id: z.string() }).catchall(z.unknown()))),
    }),
  },
  'read-findings': {
    params: z.object({
      ...window,
      ids: texts,
      ...tenants,
      subjects: texts,
      detectors: texts,
      states: texts,
      severities: texts,
      withdrawn: z.boolean(),
      ...after,
      ...limit,
    }),
    row: z.object({
      ...findingColumns,
      status: z.string(),
      status_basis: z.string(),
      group_id: z.string(),
    }),
  },
  'read-cases': {
    params: z.object({
      ...window,
      open_only: z.boolean(),
      groups: texts,
      ...tenants,
      ...after,
      ...limit,
    }),
    row: caseListRow,
  },
  'read-standings': {
    params: z.object({ ...tenants, ...limit }),
    row: z.object({
      tenant_id: z.string(),
      status: z.string(),
      basis: z.string(),
      reason: z.string(),
      name: z.string().nullable(),
    }),
  },
  'read-customers': {
    params: z.object({ ...tenants, ...limit }),
    row: z.object({
      tenant_id: z.string(),
      party_id: z.string(),
      name: z.string(),
      resold: sqlBoolean,
    }),
  },
  'read-usage-days': {
    params: z.object({ ...window, ...tenants, ...limit }),
    row: z.object({
      day: sqlTime,
      observed_device_s: z.number(),
      billed_device_s: z.number(),
      dark_device_s: z.number(),
      ...operations,
      dark_hi: z.number(),
    }),
  },
  'read-reports': {
    params: z.object({ ...window, cases: texts, ...after, ...limit }),
    row: z.object(reportColumns),
  },
} as const
