import { z } from 'zod'
import { COMPARISONS, SEVERITIES } from '../../domain/detector.ts'
import type { Manifest } from '../../domain/report/manifest.ts'
import type { TrainingRunReport } from '../../domain/report/report.ts'
import { sqlCount, sqlTime, timeParam } from './cells.ts'

const scope = {
  tenants: z.array(z.string()),
  from: timeParam,
  until: timeParam,
  limit: z.number(),
}

const json = z.string().transform((text): unknown => JSON.parse(text))

const parameters = json.pipe(
  z.record(
    z.string(),
    z.object({
      value: z.string(),
      unit: z.string(),
      compare: z.enum(COMPARISONS),
      origin: z.string(),
    }),
  ),
)

const evidence = json.pipe(
  z.object({ figures: z.record(z.string(), z.number()), facts: z.record(z.string(), z.string()) }),
)

const versionColumns = {
  report_id: z.string(),
  case_id: z.string(),
  version: z.number(),
  case_seq: z.number(),
  group_id: z.string(),
  built_at: sqlTime,
  content_hash: z.string(),
}

/** Statements that a report package is made from, and those that find one again. */
export const reportQueries = {
  'report-sources': {
    params: z.object(scope),
    row: z.object({
      stream: z.string(),
      batch_id: z.string(),
      rows: sqlCount,
      digest: z.string(),
      first: sqlTime,
      last: sqlTime,
      source: z.string(),
      source_hash: z.string(),
      received_at: sqlTime,
    }),
  },
  'report-runs': {
    params: z.object(scope),
    row: z.object({
      tenant_id: z.string(),
      run_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      chips: z.array(z.string()),
      fabrics: z.array(z.string()),
      sites: z.array(z.string()),
      workloads: z.array(z.string()),
      devices_max: z.number(),
      device_s: z.number(),
      energy_j: z.number(),
      flop_lo: z.number(),
      flop_mid: z.number(),
      flop_hi: z.number(),
      tier: z.string(),
      segments: z.array(z.tuple([sqlTime, sqlTime, z.number(), z.string(), z.number()])),
    }),
  },
  'report-usage': {
    params: z.object(scope),
    row: z.object({
      tenant_id: z.string(),
      chip: z.string(),
      tier: z.string(),
      hours: sqlCount,
      devices_max: z.number(),
      observed_s: z.number(),
      busy_s: z.number(),
      billed_s: z.number(),
      dark_s: z.number(),
      energy_j: z.number(),
      lo: z.number(),
      mid: z.number(),
      hi: z.number(),
    }),
  },
  'report-findings': {
    params: z.object({
      findings: z.array(z.string()),
      versions: z.array(z.number()),
      limit: z.number(),
    }),
    row: z.object({
      finding_id: z.string(),
      version: z.number(),
      detector_id: z.string(),
      detector_version: z.number(),
      detector_hash: z.string(),
      bundle_hash: z.string(),
      raises: z.string(),
      subject_kind: z.string(),
      subject_id: z.string(),
      tenant_ids: z.array(z.string()),
      start: sqlTime,
      end: sqlTime,
      state: z.string(),
      severity: z.enum(SEVERITIES),
      confidence: z.number(),
      basis: z.string(),
      measured_lo: z.number(),
      measured_mid: z.number(),
      measured_hi: z.number(),
      unit: z.string(),
      threshold: z.number(),
      parameters,
      evidence,
      detected_at: sqlTime,
    }),
  },
  'report-accesses': {
    params: z.object({ tenants: z.array(z.string()), until: timeParam, limit: z.number() }),
    row: z.object({
      tenant_id: z.string(),
      principal: z.string(),
      ip: z.string(),
      time: sqlTime,
      action: z.string(),
    }),
  },
  'report-versions': {
    params: z.object({ case_id: z.string(), limit: z.number() }),
    row: z.object(versionColumns),
  },
  'report-content': {
    params: z.object({ report_id: z.string() }),
    // Our own text, checked by the content hash beside it and not member by member.
    row: z.object({
      ...versionColumns,
      report_json: z.string().transform((text): TrainingRunReport => JSON.parse(text)),
      manifest: z.string().transform((text): Manifest => JSON.parse(text)),
    }),
  },
} as const
