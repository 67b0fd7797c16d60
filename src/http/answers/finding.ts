import { z } from 'zod'
import { SEVERITIES, STATES, SUBJECT_KINDS } from '../../domain/detector.ts'
import { determinationBody } from '../../domain/identity/determination.ts'
import { formatInstant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { answerTenant, tenant, time } from './common.ts'

const measured = z
  .object({ lo: z.number(), mid: z.number(), hi: z.number(), unit: z.string() })
  .meta({ id: 'Measured' })

const columns = {
  finding_id: z.string(),
  version: z.number(),
  detector_id: z.string(),
  raises: z.enum(['finding', 'signal']),
  subject_kind: z.enum(SUBJECT_KINDS),
  subject_id: z.string(),
  tenant_ids: z.array(tenant),
  start: time,
  end: time,
  state: z.enum([...STATES, 'withdrawn']),
  severity: z.enum(SEVERITIES),
  confidence: z.number().describe('probability that the threshold is passed, 0..1'),
  basis: z.enum(['observed', 'potential', 'declared']),
  measured,
  threshold: z.number().describe('in the unit of what was measured'),
  detected_at: time,
}

export const findingShape = z
  .object({
    ...columns,
    status: z
      .enum(['foreign', 'domestic', 'unknown'])
      .nullable()
      .describe('who was behind it; null: not determined yet'),
    status_basis: z.string().nullable(),
    group_id: z.string().nullable(),
  })
  .meta({ id: 'Finding', description: 'The newest version of what a detector found' })

const version = z.object({
  ...columns,
  detector_version: z.number(),
  detector_hash: z.string(),
  bundle_hash: z.string(),
  parameters: z.record(
    z.string(),
    z.object({ value: z.string(), unit: z.string(), compare: z.string(), origin: z.string() }),
  ),
  figures: z.record(z.string(), z.number()),
  facts: z.record(z.string(), z.string()),
})

export const findingDetailShape = z
  .object({
    versions: z.array(version).describe('newest first; nothing is ever edited'),
    determination: z
      .object({
        finding_version: z.number(),
        group_id: z.string(),
        use_time: time,
        known_at: time,
        determined_at: time,
        identity_hash: z.string(),
        body: determinationBody,
      })
      .nullable(),
  })
  .meta({ id: 'FindingDetail' })

type Columns = Omit<QueryRow<'read-findings'>, 'status' | 'status_basis' | 'group_id'>

function answerColumns(row: Columns) {
  return {
    finding_id: row.finding_id,
    version: row.version,
    detector_id: row.detector_id,
    raises: row.raises,
    subject_kind: row.subject_kind,
    subject_id: row.subject_id,
    tenant_ids: row.tenant_ids.map(answerTenant),
    start: formatInstant(row.start),
    end: formatInstant(row.end),
    state: row.state,
    severity: row.severity,
    confidence: row.confidence,
    basis: row.basis,
    measured: { lo: row.measured_lo, mid: row.measured_mid, hi: row.measured_hi, unit: row.unit },
    threshold: row.threshold,
    detected_at: formatInstant(row.detected_at),
  }
}

const statuses = ['foreign', 'domestic', 'unknown'] as const

export function answerFinding(row: QueryRow<'read-findings'>): z.output<typeof findingShape> {
  return {
    ...answerColumns(row),
    status: statuses.find(known => known === row.status) ?? null,
    status_basis: row.status_basis || null,
    group_id: row.group_id || null,
  }
}

/** A stored version, whose words for states and severities are read as they are. */
export function answerVersion(row: QueryRow<'evidence-finding'>) {
  const { parameters, evidence, detector_version, detector_hash, bundle_hash } = row
  const stored = { ...row, ...columnsShape.parse(row) }
  return {
    ...answerColumns(stored),
    detector_version,
    detector_hash,
    bundle_hash,
    parameters,
    figures: evidence.figures,
    facts: evidence.facts,
  }
}

const columnsShape = z.object({
  raises: columns.raises,
  subject_kind: columns.subject_kind,
  state: columns.state,
  severity: columns.severity,
  basis: columns.basis,
})

export function answerDetermination(row: QueryRow<'determination-newest'>) {
  return {
    finding_version: row.finding_version,
    group_id: row.group_id,
    use_time: formatInstant(row.use_time),
    known_at: formatInstant(row.known_at),
    determined_at: formatInstant(row.determined_at),
    identity_hash: row.identity_hash,
    body: row.body,
  }
}
