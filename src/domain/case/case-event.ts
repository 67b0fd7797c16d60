import { z } from 'zod'
import { SEVERITIES } from '../detector.ts'

/**
 * What can happen to a case. Events are the case: they are appended, sealed by a hash chain and
 * never edited; everything else about a case is read from them.
 */

const instant = z.number().int()
const text = z.string().min(1)

export const DETERMINATIONS = ['foreign', 'unknown', 'domestic'] as const

export const deadlineShape = z.object({
  clock_id: text,
  trigger_at: instant,
  days: z.number().int(),
  time_zone: text,
  due_date: text,
  due_at: instant,
})

/** What a case remembers of a finding: enough to see later whether it changed materially. */
export const findingMarkShape = z.object({
  finding_id: text,
  version: z.number().int(),
  detector_id: text,
  /** `opener` findings open and drive a case, `signal` findings only accompany it. */
  role: z.enum(['opener', 'signal']),
  state: z.string(),
  severity: z.enum(SEVERITIES),
  basis: z.string(),
  subject_kind: z.string(),
  subject_id: z.string(),
  tenants: z.array(z.string()),
  start: instant,
  end: instant,
  lo: z.number(),
  mid: z.number(),
  hi: z.number(),
  /** The mid at the last material change: slow growth adds up until it counts. */
  reference_mid: z.number(),
  threshold: z.number(),
  status: z.enum(DETERMINATIONS),
  status_basis: z.string(),
  identity_hash: z.string(),
  detected_at: instant,
})
export type FindingMark = z.output<typeof findingMarkShape>

/** When the covered transaction occurred, as far as evidence goes, and what says so. */
export const transactionShape = z.object({
  at: instant,
  basis: z.enum(['commitment_signed', 'commitment_recorded', 'threshold_crossed', 'window_start']),
  evidence: z.string(),
})
export type Transaction = z.output<typeof transactionShape>

/** The regime pack as it stood when the case opened; a later pack does not rewrite old cases. */
export const caseRegimeShape = z.object({
  id: text,
  version: text,
  status: text,
  legal_force: z.boolean(),
})

export const KNOWLEDGE_SOURCES = ['analyst', 'reseller_notice', 'designated_alert'] as const

const reason = z.object({ reason: text })
const clocked = { deadline: deadlineShape }

export const caseEventBodies = {
  opened: z.object({
    ordinal: z.number().int().min(1),
    prong: z.union([z.literal(1), z.literal(2)]),
    tenants: z.array(z.string()),
    findings: z.array(findingMarkShape).min(1),
    regime: caseRegimeShape,
    time_zone: text,
    transaction: transactionShape,
    detected_at: instant,
    follows: z.string().nullable(),
    ...clocked,
  }),
  finding_attached: z.object({ finding: findingMarkShape }),
  finding_revised: z.object({ finding: findingMarkShape, material: z.boolean(), reason: text }),
  finding_withdrawn: z.object({
    finding_id: text,
    version: z.number().int(),
    role: z.enum(['opener', 'signal']),
    reason: text,
  }),
  determination_changed: z.object({ finding: findingMarkShape, from: z.enum(DETERMINATIONS) }),
  transaction_moved: z.object({ transaction: transactionShape, ...clocked }),
  group_changed: z.object({ from: text, to: text, tenants: z.array(z.string()) }),
  absorbed: z.object({
    case_id: text,
    tenants: z.array(z.string()),
    findings: z.array(findingMarkShape),
  }),
  merged: z.object({ into: text }),
  escalated: z.object({ reason: text, severity: z.enum(SEVERITIES) }),
  reopened: reason,
  triaged: reason,
  investigation_started: reason,
  info_requested: z.object({ of: z.enum(['customer', 'reseller']), question: text }),
  info_received: z.object({ answer: text, declared: z.record(z.string(), z.string()).optional() }),
  decision_reached: reason,
  closed_no_action: reason,
  no_file: z.object({ reason: text, approver: text }),
  knowledge_established: z.object({
    knowledge_at: instant,
    source: z.enum(KNOWLEDGE_SOURCES),
    reason: text,
    ...clocked,
  }),
  draft_started: reason,
  review_requested: reason,
  returned: reason,
  certified: z.object({ officer: text, title: text, statement: text }),
  filed: z.object({ report_id: text, external_ref: z.string().nullable() }),
  acknowledged: z.object({ external_ref: text }),
  rejected: reason,
  follow_up_requested: z.object({ request: text, ...clocked }),
  follow_up_answered: z.object({ report_id: text }),
  correction_needed: z.object({ report_id: z.string(), reason: text, ...clocked }),
  corrected_filed: z.object({
    report_id: text,
    prior_report_id: text,
    external_ref: z.string().nullable(),
  }),
  monitoring_started: reason,
  closed: reason,
  legal_hold_set: reason,
  legal_hold_lifted: reason,
} as const satisfies Record<string, z.ZodType>

export type CaseEventKind = keyof typeof caseEventBodies
export type CaseEventBody<K extends CaseEventKind> = z.output<(typeof caseEventBodies)[K]>

/** What happened, before it is put in its place in a case. */
export type CaseFact = {
  [K in CaseEventKind]: { readonly kind: K; readonly body: CaseEventBody<K> }
}[CaseEventKind]

/** A fact in its place: event `seq` of a case, by whom and when. */
export type CaseEvent = CaseFact & {
  readonly case_id: string
  readonly seq: number
  readonly group_id: string
  readonly at: number
  readonly actor: string
}

/** An event with the hashes that chain it to the one before. */
export type SealedCaseEvent = CaseEvent & { readonly prev_hash: string; readonly hash: string }

/** A sealed event as the store gave it back; `stored_at` is the store's own clock, as sortable text. */
export type StoredCaseEvent = SealedCaseEvent & { readonly stored_at: string }

/** The actor of everything that the product does of its own accord. */
export const SYSTEM_ACTOR = 'flopwatch'

export function isCaseEventKind(kind: string): kind is CaseEventKind {
  return Object.hasOwn(caseEventBodies, kind)
}

/** Checks a body against its kind; the edge where stored events come back in. */
export function readCaseFact(kind: string, body: unknown): CaseFact {
  if (!isCaseEventKind(kind)) throw new TypeError(`no case event is called ${kind}`)
  return factOf(kind, body)
}

function factOf<K extends CaseEventKind>(kind: K, body: unknown): CaseFact {
  return { kind, body: caseEventBodies[kind].parse(body) } as CaseFact
}
