import { compareUtf16 } from '../canonical.ts'
import type { Deadline } from '../filing-clock.ts'
import type { Instant } from '../window.ts'
import type {
  CaseEvent,
  CaseEventBody,
  CaseEventKind,
  FindingMark,
  SealedCaseEvent,
  Transaction,
} from './case-event.ts'
import { refusal } from './case-lifecycle.ts'

/** What is known of a case after its events so far. Read from events, never stored as truth. */
export interface Case {
  readonly case_id: string
  readonly group_id: string
  readonly ordinal: number
  readonly prong: 1 | 2
  /** The number of events that stand: the version of the case. */
  readonly seq: number
  /** Events that lost against others at the same place of the chain; see case-record. */
  readonly void_events: number
  readonly state: CaseStatus
  readonly opened_at: Instant
  readonly updated_at: Instant
  readonly tenants: readonly string[]
  readonly findings: readonly FindingMark[]
  readonly regime: CaseEventBody<'opened'>['regime']
  readonly time_zone: string
  readonly transaction: Transaction
  readonly detected_at: Instant
  readonly knowledge: CaseEventBody<'knowledge_established'> | null
  readonly clocks: CaseClocks
  /** Everyone who drafted the report at hand or put it up for review; none of them certifies it. */
  readonly preparers: readonly string[]
  readonly certification: Certification | null
  readonly filings: readonly Filing[]
  readonly declared: Readonly<Record<string, string>>
  readonly follows: string | null
  readonly merged_into: string | null
  readonly legal_hold: boolean
  readonly last_hash: string
}

export interface CaseClocks {
  readonly from_transaction: Deadline
  readonly from_knowledge: Deadline | null
  readonly correction: Deadline | null
  readonly follow_up: Deadline | null
}

export type Certification = CaseEventBody<'certified'> & { readonly at: Instant }

export interface Filing {
  readonly report_id: string
  readonly at: Instant
  readonly external_ref: string | null
  readonly prior_report_id: string | null
}

export const CASE_STATUSES = [
  'detected',
  'triage',
  'investigating',
  'info_requested',
  'decision',
  'knowledge_established',
  'drafting',
  'review',
  'certified',
  'filed',
  'acknowledged',
  'rejected',
  'follow_up_requested',
  'follow_up_answered',
  'correction_needed',
  'corrected_filed',
  'monitoring',
  'no_file',
  'closed_no_action',
  'closed',
  'merged',
] as const
export type CaseStatus = (typeof CASE_STATUSES)[number]

const FINAL: ReadonlySet<CaseStatus> = new Set(['no_file', 'closed_no_action', 'closed', 'merged'])
const FILED: ReadonlySet<CaseStatus> = new Set([
  'filed',
  'acknowledged',
  'follow_up_requested',
  'follow_up_answered',
  'corrected_filed',
  'monitoring',
])

export function isOpen(state: CaseStatus): boolean {
  return !FINAL.has(state)
}

/** Whether a report of the case is with the authority, so that a change means a correction. */
export function isFiled(state: CaseStatus): boolean {
  return FILED.has(state)
}

/** Whether the first report has been made, so that the clocks to it stand still. */
export function isReported(current: Pick<Case, 'filings' | 'state'>): boolean {
  return current.filings.length > 0 && current.state !== 'rejected'
}

/** Reads a case from its events in order; null without events. Fails on an event that may not follow. */
export function foldCase(events: readonly SealedCaseEvent[]): Case | null {
  let current: Case | null = null
  for (const event of events) {
    const why = refusal(current, event)
    if (why !== null) throw new RangeError(`${event.case_id} event ${event.seq}: ${why}`)
    current = applyEvent(current, event, event.hash)
  }
  return current
}

/** The one transition: what a case is after an event that `refusal` lets through. */
export function applyEvent(current: Case | null, event: CaseEvent, hash: string): Case {
  if (current === null) {
    if (event.kind !== 'opened') throw new RangeError('the first event of a case opens it')
    return openedCase(event, event.body, hash)
  }
  return {
    ...current,
    seq: event.seq,
    updated_at: event.at,
    last_hash: hash,
    ...effect(current, event),
    state: statusAfter(current, event.kind),
  }
}

/** Statuses that an event moves a case to; events that are not here leave it where it is. */
const LEADS_TO: Partial<Record<CaseEventKind, CaseStatus>> = {
  merged: 'merged',
  reopened: 'triage',
  triaged: 'triage',
  investigation_started: 'investigating',
  info_requested: 'info_requested',
  info_received: 'investigating',
  decision_reached: 'decision',
  closed_no_action: 'closed_no_action',
  no_file: 'no_file',
  knowledge_established: 'knowledge_established',
  draft_started: 'drafting',
  review_requested: 'review',
  returned: 'drafting',
  certified: 'certified',
  filed: 'filed',
  acknowledged: 'acknowledged',
  rejected: 'rejected',
  follow_up_requested: 'follow_up_requested',
  follow_up_answered: 'follow_up_answered',
  correction_needed: 'correction_needed',
  corrected_filed: 'corrected_filed',
  monitoring_started: 'monitoring',
  closed: 'closed',
}

function statusAfter(current: Case, kind: CaseEventKind): CaseStatus {
  // An answer that comes late is recorded; it does not take a case back to its investigation.
  if (kind === 'info_received' && current.state !== 'info_requested') return current.state
  return LEADS_TO[kind] ?? current.state
}

function openedCase(event: CaseEvent, body: CaseEventBody<'opened'>, hash: string): Case {
  return {
    case_id: event.case_id,
    group_id: event.group_id,
    ordinal: body.ordinal,
    prong: body.prong,
    seq: event.seq,
    void_events: 0,
    state: 'detected',
    opened_at: event.at,
    updated_at: event.at,
    tenants: sorted(body.tenants),
    findings: body.findings,
    regime: body.regime,
    time_zone: body.time_zone,
    transaction: body.transaction,
    detected_at: body.detected_at,
    knowledge: null,
    clocks: {
      from_transaction: body.deadline,
      from_knowledge: null,
      correction: null,
      follow_up: null,
    },
    preparers: [],
    certification: null,
    filings: [],
    declared: {},
    follows: body.follows,
    merged_into: null,
    legal_hold: false,
    last_hash: hash,
  }
}

/** What an event changes beyond the status. */
function effect(current: Case, event: CaseEvent): Partial<Case> {
  switch (event.kind) {
    case 'finding_attached':
    case 'finding_revised':
    case 'determination_changed':
      return withFindings(current, [event.body.finding])
    case 'finding_withdrawn':
      return withdrawn(current, event.body)
    case 'absorbed':
      return {
        ...withFindings(current, event.body.findings),
        tenants: sorted([...current.tenants, ...event.body.tenants]),
      }
    case 'group_changed':
      return {
        group_id: event.body.to,
        tenants: sorted([...current.tenants, ...event.body.tenants]),
      }
    case 'transaction_moved':
      return {
        transaction: event.body.transaction,
        clocks: { ...current.clocks, from_transaction: event.body.deadline },
      }
    case 'merged':
      return { merged_into: event.body.into }
    case 'info_received':
      return { declared: { ...current.declared, ...event.body.declared } }
    case 'legal_hold_set':
      return { legal_hold: true }
    case 'legal_hold_lifted':
      return { legal_hold: false }
    default:
      return filingEffect(current, event)
  }
}

function filingEffect(current: Case, event: CaseEvent): Partial<Case> {
  const { clocks, filings } = current
  switch (event.kind) {
    case 'knowledge_established':
      return { knowledge: event.body, clocks: { ...clocks, from_knowledge: event.body.deadline } }
    case 'draft_started':
      return { preparers: [event.actor], certification: null }
    case 'review_requested':
      return { preparers: [...new Set([...current.preparers, event.actor])], certification: null }
    case 'certified':
      return { certification: { ...event.body, at: event.at } }
    case 'filed':
      return { filings: [...filings, { ...event.body, at: event.at, prior_report_id: null }] }
    case 'corrected_filed':
      return {
        filings: [...filings, { ...event.body, at: event.at }],
        clocks: { ...clocks, correction: null },
      }
    case 'correction_needed':
      return { clocks: { ...clocks, correction: event.body.deadline } }
    case 'follow_up_requested':
      return { clocks: { ...clocks, follow_up: event.body.deadline } }
    case 'follow_up_answered':
      return { clocks: { ...clocks, follow_up: null } }
    default:
      return {}
  }
}

function withFindings(current: Case, marks: readonly FindingMark[]): Partial<Case> {
  const fresh = new Map(current.findings.map(mark => [mark.finding_id, mark]))
  for (const mark of marks) fresh.set(mark.finding_id, mark)
  return {
    findings: [...fresh.values()],
    tenants: sorted([...current.tenants, ...marks.flatMap(mark => mark.tenants)]),
  }
}

function withdrawn(current: Case, body: CaseEventBody<'finding_withdrawn'>): Partial<Case> {
  const findings = current.findings.map(mark =>
    mark.finding_id === body.finding_id
      ? { ...mark, version: body.version, state: 'withdrawn' }
      : mark,
  )
  return { findings }
}

function sorted(tenants: readonly string[]): readonly string[] {
  return [...new Set(tenants)].sort(compareUtf16)
}
