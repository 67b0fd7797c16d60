import { z } from 'zod'
import { CASE_STATUSES } from '../../domain/case/case.ts'
import { DETERMINATIONS, type SealedCaseEvent } from '../../domain/case/case-event.ts'
import type { CaseRecord } from '../../domain/case/case-record.ts'
import { SEVERITIES } from '../../domain/detector.ts'
import type { Deadline } from '../../domain/filing-clock.ts'
import { formatInstant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { time, timeOr, timeOrNull } from './common.ts'

export const caseShape = z
  .object({
    case_id: z.string(),
    version: z.number().describe('number of events'),
    group_id: z.string(),
    prong: z.number(),
    state: z.enum(CASE_STATUSES),
    is_open: z.boolean(),
    determination: z.enum(DETERMINATIONS),
    severity: z.enum(SEVERITIES),
    tenant_ids: z.array(z.string()),
    finding_ids: z.array(z.string()),
    regime_id: z.string(),
    transaction_at: time,
    detected_at: time,
    knowledge_at: timeOrNull,
    transaction_due: time.describe('end of the clock from the transaction'),
    knowledge_due: timeOrNull.describe('end of the clock from knowledge; null: not running'),
    next_due: timeOrNull.describe('the earlier of the clocks that run'),
    next_clock: z.string().nullable(),
    opened_at: time,
    updated_at: time,
  })
  .meta({ id: 'Case', description: 'One investigation of one control group' })

export function answerCase(row: QueryRow<'read-cases'>): z.output<typeof caseShape> {
  return {
    case_id: row.case_id,
    version: row.seq,
    group_id: row.group_id,
    prong: row.prong,
    state: z.enum(CASE_STATUSES).parse(row.state),
    is_open: row.is_open,
    determination: z.enum(DETERMINATIONS).parse(row.determination),
    severity: row.severity,
    tenant_ids: row.tenant_ids,
    finding_ids: row.finding_ids,
    regime_id: row.regime_id,
    transaction_at: formatInstant(row.transaction_at),
    detected_at: formatInstant(row.detected_at),
    knowledge_at: timeOr(row.knowledge_at),
    transaction_due: formatInstant(row.transaction_due),
    knowledge_due: timeOr(row.knowledge_due),
    next_due: timeOr(row.next_due),
    next_clock: row.next_clock || null,
    opened_at: formatInstant(row.opened_at),
    updated_at: formatInstant(row.updated_at),
  }
}

const deadline = z
  .object({
    clock_id: z.string(),
    trigger_at: time,
    days: z.number(),
    due_date: z.string(),
    due_at: time,
    time_zone: z.string(),
  })
  .nullable()
  .meta({ id: 'Deadline' })

export const caseEventShape = z
  .object({
    seq: z.number(),
    at: time,
    actor: z.string(),
    kind: z.string(),
    body: z.record(z.string(), z.unknown()),
    prev_hash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'CaseEvent', description: 'Sealed by the hash of the event before' })

export const caseDetailShape = z
  .object({
    case_id: z.string(),
    version: z.number(),
    group_id: z.string(),
    state: z.enum(CASE_STATUSES),
    prong: z.number(),
    tenant_ids: z.array(z.string()),
    regime: z.object({
      id: z.string(),
      version: z.string(),
      status: z.string(),
      legal_force: z.boolean(),
    }),
    transaction: z.object({ at: time, basis: z.string(), evidence: z.string() }),
    clocks: z.object({
      from_transaction: deadline,
      from_knowledge: deadline,
      correction: deadline,
      follow_up: deadline,
    }),
    head_hash: z.string().describe('seals all events; whoever kept it can prove them later'),
    events: z.array(caseEventShape),
    void_events: z
      .array(caseEventShape)
      .describe('lost against events appended at the same moment: kept, without effect'),
  })
  .meta({ id: 'CaseDetail' })

export function answerCaseDetail({
  current,
  standing,
  voided,
}: CaseRecord): z.output<typeof caseDetailShape> {
  const { clocks, transaction } = current
  return {
    case_id: current.case_id,
    version: current.seq,
    group_id: current.group_id,
    state: current.state,
    prong: current.prong,
    tenant_ids: [...current.tenants],
    regime: current.regime,
    transaction: { ...transaction, at: formatInstant(transaction.at) },
    clocks: {
      from_transaction: answerDeadline(clocks.from_transaction),
      from_knowledge: answerDeadline(clocks.from_knowledge),
      correction: answerDeadline(clocks.correction),
      follow_up: answerDeadline(clocks.follow_up),
    },
    head_hash: current.last_hash,
    events: standing.map(answerCaseEvent),
    void_events: voided.map(answerCaseEvent),
  }
}

export function answerCaseEvent(event: SealedCaseEvent): z.output<typeof caseEventShape> {
  const { seq, at, actor, kind, body, prev_hash, hash } = event
  return { seq, at: formatInstant(at), actor, kind, body: { ...body }, prev_hash, hash }
}

function answerDeadline(found: Deadline | null) {
  if (found === null) return null
  return {
    ...found,
    trigger_at: formatInstant(found.trigger_at),
    due_at: formatInstant(found.due_at),
  }
}
