import { z } from 'zod'
import { COMPARISONS } from '../../domain/detector.ts'
import { sqlCount, sqlTime, timeParam } from './cells.ts'

/** Statements behind `explain`: from a finding down to the samples and batches it rests on. */

/** A column that holds JSON text written by this product. */
function json<S extends z.ZodType>(content: S) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(content)
}

const parameters = z.record(
  z.string(),
  z.object({
    value: z.string(),
    unit: z.string(),
    compare: z.enum(COMPARISONS),
    origin: z.string(),
  }),
)
const evidence = z.object({
  figures: z.record(z.string(), z.number()),
  facts: z.record(z.string(), z.string()),
})

const tenants = z.array(z.string())
const span = { tenants, start: timeParam, end: timeParam }
const bounds = { flop_lo: z.number(), flop_mid: z.number(), flop_hi: z.number() }

export const evidenceQueries = {
  'evidence-finding': {
    params: z.object({ finding_id: z.string() }),
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
      tenant_ids: tenants,
      start: sqlTime,
      end: sqlTime,
      state: z.string(),
      severity: z.string(),
      confidence: z.number(),
      basis: z.string(),
      measured_lo: z.number(),
      measured_mid: z.number(),
      measured_hi: z.number(),
      unit: z.string(),
      threshold: z.number(),
      parameters: json(parameters),
      evidence: json(evidence),
      detected_at: sqlTime,
    }),
  },
  'evidence-runs': {
    params: z.object({ ...span, run_id: z.string(), limit: z.number() }),
    row: z.object({
      tenant_id: z.string(),
      run_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      devices_max: z.number(),
      device_s: z.number(),
      energy_j: z.number(),
      ...bounds,
      tier: z.string(),
      gang_ids: z.array(z.string()),
      total: sqlCount,
    }),
  },
  'evidence-gangs': {
    params: z.object({ tenants, gang_ids: z.array(z.string()) }),
    row: z.object({
      gang_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      devices: z.number(),
      chip: z.string(),
      fabric_id: z.string(),
      site: z.string(),
      device_s: z.number(),
      ...bounds,
      tier: z.string(),
    }),
  },
  'evidence-hours': {
    params: z.object(span),
    row: z.object({
      tenant_id: z.string(),
      chip: z.string(),
      tier: z.string(),
      hours: sqlCount,
      observed_s: z.number(),
      dark_s: z.number(),
      lo: z.number(),
      mid: z.number(),
      hi: z.number(),
    }),
  },
  'evidence-samples': {
    params: z.object({ ...span, limit: z.number() }),
    row: z.object({
      tenant_id: z.string(),
      batch_id: z.string(),
      source: z.string(),
      source_hash: z.string(),
      samples: sqlCount,
      devices: sqlCount,
      total: sqlCount,
    }),
  },
  'evidence-commitments': {
    params: z.object(span),
    row: z.object({
      commitment_id: z.string(),
      revision: z.number(),
      recorded_at: sqlTime,
      tenant_id: z.string(),
      accelerator: z.string(),
      accelerators: sqlCount,
      start: sqlTime,
      end: sqlTime,
      status: z.string(),
      fabric_gbps: z.number().nullable(),
      site: z.string(),
      batch_id: z.string(),
    }),
  },
} as const
