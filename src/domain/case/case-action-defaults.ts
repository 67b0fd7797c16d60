import { type ClockRule, type Deadline, deadline } from '../filing-clock.ts'
import type { Instant } from '../window.ts'
import type { Case } from './case.ts'
import type { ActionKind } from './case-action.ts'

/** What an action need not say because the case, the regime pack or the store knows it. */

/** Clocks that actions start; null where the regime pack has none. */
export interface ActionPolicy {
  /** DL-1, DL-5 and DL-4 of the pack (regulation 6.1). */
  readonly initial: ClockRule
  readonly correction: ClockRule
  readonly follow_up: ClockRule | null
}

/** The newest stored version of the report of a case. */
export interface LatestReport {
  readonly report_id: string
  readonly built_at: Instant
}

interface Stated {
  readonly actor: string
  readonly at: Instant
  readonly stated: Readonly<Record<string, unknown>>
  readonly report: LatestReport | null
}

interface Defaults {
  /** Gives way to what was stated. */
  readonly body: Readonly<Record<string, unknown>>
  /** Does not. */
  readonly computed: Readonly<Record<string, unknown>>
  readonly fault: string | null
}

/** Steps forward need no reason; to close, to decide, to return or to correct does. */
const REASONS: Partial<Record<ActionKind, string>> = {
  triaged: 'taken up',
  investigation_started: 'taken up',
  draft_started: 'report begun',
  review_requested: 'ready for review',
  monitoring_started: 'accounts are watched',
}

export function actionDefaults(
  current: Case,
  kind: ActionKind,
  known: Stated,
  policy: ActionPolicy,
): Defaults {
  const reason = REASONS[kind]
  const { body = {}, computed = {}, fault = null } = ownDefaults(current, kind, known, policy)
  return { body: reason === undefined ? body : { reason, ...body }, computed, fault }
}

function ownDefaults(
  current: Case,
  kind: ActionKind,
  known: Stated,
  policy: ActionPolicy,
): Partial<Defaults> {
  switch (kind) {
    case 'info_requested':
      return { body: { of: 'customer' } }
    case 'info_received':
      return 'declared' in known.stated ? { body: { answer: 'answers to the questionnaire' } } : {}
    case 'certified': {
      const statement = 'This report is true and complete to the best of my knowledge.'
      return { body: { officer: known.actor, title: 'certifying officer', statement } }
    }
    case 'knowledge_established':
      return knowledgeDefaults(current, known, policy)
    case 'follow_up_requested':
      if (policy.follow_up === null) return { fault: 'the regime pack has no clock for answers' }
      return { computed: { deadline: clockFrom(current, policy.follow_up, known.at) } }
    case 'correction_needed': {
      const report_id = current.filings.at(-1)?.report_id ?? ''
      const due = clockFrom(current, policy.correction, known.at)
      return { body: { report_id }, computed: { deadline: due } }
    }
    default:
      return filingDefaults(current, kind, known)
  }
}

/** The case keeps the days of the pack under which it was opened (regulation 12.3). */
function knowledgeDefaults(
  current: Case,
  { at, stated }: Stated,
  { initial }: ActionPolicy,
): Partial<Defaults> {
  const given = stated['knowledge_at']
  const knowledge_at = typeof given === 'number' ? given : at
  const rule = { ...initial, days: current.clocks.from_transaction.days }
  return {
    body: { knowledge_at, source: 'analyst' },
    computed: { deadline: clockFrom(current, rule, knowledge_at) },
  }
}

function filingDefaults(
  current: Case,
  kind: ActionKind,
  { report, stated }: Stated,
): Partial<Defaults> {
  const external_ref = current.filings.at(-1)?.external_ref ?? undefined
  if (kind === 'acknowledged') return { body: { external_ref } }
  if (kind !== 'filed' && kind !== 'corrected_filed' && kind !== 'follow_up_answered') return {}
  const prior = current.filings.at(-1)?.report_id
  const computed = kind === 'corrected_filed' ? { prior_report_id: prior } : {}
  const body = { external_ref: null, report_id: report?.report_id }
  if ('report_id' in stated) return { body, computed }
  const since = kind === 'follow_up_answered' ? null : (current.certification?.at ?? null)
  if (report === null || (since !== null && report.built_at < since)) {
    const why = report === null ? 'has no report' : 'was certified after its last report was built'
    return { fault: `the case ${why}; run \`flopwatch report ${current.case_id}\` first` }
  }
  return { body, computed }
}

function clockFrom(current: Case, rule: ClockRule, trigger: Instant): Deadline {
  return deadline(rule, trigger, current.time_zone)
}
