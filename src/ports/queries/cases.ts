import { z } from 'zod'
import { readCaseFact, type StoredCaseEvent } from '../../domain/case/case-event.ts'
import { SEVERITIES } from '../../domain/detector.ts'
import { sqlCount, sqlTime, sqlTimeOrNull, timeParam } from './cells.ts'

const eventRow = z
  .object({
    case_id: z.string(),
    seq: z.number(),
    group_id: z.string(),
    at: sqlTime,
    actor: z.string(),
    kind: z.string(),
    body: z.string(),
    prev_hash: z.string(),
    hash: z.string(),
    stored_at: z.string(),
  })
  .transform(({ kind, body, ...row }): StoredCaseEvent => {
    const content: unknown = JSON.parse(body)
    return { ...row, ...readCaseFact(kind, content) }
  })

const limit = { limit: z.number() }
const tenants = { tenants: z.array(z.string()) }

/** One case as lists show it: the columns of the table `cases`. */
export const caseListRow = z.object({
  case_id: z.string(),
  seq: z.number(),
  group_id: z.string(),
  ordinal: z.number(),
  prong: z.number(),
  state: z.string(),
  is_open: z.number().transform(Boolean),
  determination: z.string(),
  severity: z.enum(SEVERITIES),
  tenant_ids: z.array(z.string()),
  finding_ids: z.array(z.string()),
  regime_id: z.string(),
  transaction_at: sqlTime,
  detected_at: sqlTime,
  knowledge_at: sqlTimeOrNull,
  transaction_due: sqlTime,
  knowledge_due: sqlTimeOrNull,
  next_due: sqlTimeOrNull,
  next_clock: z.string(),
  opened_at: sqlTime,
  updated_at: sqlTime,
})

/** Statements of the triage stage, and what lists of cases are read from. */
export const caseQueries = {
  'findings-standing': {
    params: z.object(limit),
    row: z.object({
      finding_id: z.string(),
      version: z.number(),
      detector_id: z.string(),
      raises: z.string(),
      subject_kind: z.string(),
      subject_id: z.string(),
      tenant_ids: z.array(z.string()),
      start: sqlTime,
      end: sqlTime,
      state: z.string(),
      severity: z.enum(SEVERITIES),
      basis: z.string(),
      unit: z.string(),
      measured_lo: z.number(),
      measured_mid: z.number(),
      measured_hi: z.number(),
      threshold: z.number(),
      detected_at: sqlTime,
      status: z.string(),
      status_basis: z.string(),
      identity_hash: z.string(),
      determined_version: z.number(),
    }),
  },
  'case-events-all': { params: z.object({ cases: z.array(z.string()), ...limit }), row: eventRow },
  'case-heads': {
    params: z.object({ cases: z.array(z.string()) }),
    row: z.object({
      case_id: z.string(),
      events: sqlCount,
      listed: z.number(),
    }),
  },
  'commitment-terms': {
    params: z.object({ ...tenants, ...limit }),
    row: z.object({
      commitment_id: z.string(),
      tenant_id: z.string(),
      accelerator: z.string(),
      accelerators: sqlCount,
      status: z.string(),
      start: sqlTime,
      end: sqlTime,
      fabric_gbps: z.number().nullable(),
      site: z.string(),
      declared_use: z.string(),
      signed_at: sqlTimeOrNull,
      revision: z.number(),
      revisions: sqlCount,
      recorded_at: sqlTime,
    }),
  },
  'usage-curve': {
    params: z.object({ ...tenants, from: timeParam, until: timeParam, ...limit }),
    row: z.object({ hour: sqlTime, lo: z.number(), mid: z.number(), hi: z.number() }),
  },
} as const
