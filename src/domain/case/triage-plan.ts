import { compareUtf16, sha256Hex } from '../canonical.ts'
import { SEVERITIES } from '../detector.ts'
import { type ClockRule, deadline } from '../filing-clock.ts'
import type { Instant } from '../window.ts'
import { type Case, isFiled, isOpen } from './case.ts'
import type { CaseEventBody, CaseFact, FindingMark, Transaction } from './case-event.ts'
import { caseSeverity } from './case-summary.ts'
import type { TriageRules } from './triage-rules.ts'

/**
 * What a tick adds to the cases: the pure part of triage. It compares what the cases remember of
 * findings with what the findings are now, and answers with facts to append.
 */

/** A finding as triage meets it; `reference_mid` is settled against the case. */
export type FreshMark = Omit<FindingMark, 'reference_mid'>

export interface TriagePolicy {
  readonly rules: TriageRules
  readonly regime: CaseEventBody<'opened'>['regime']
  readonly time_zone: string
  /** DL-1 and DL-5 of the pack (regulation 6.1). */
  readonly initial: ClockRule
  readonly correction: ClockRule
}

/** All findings of one control group, with the case that is to hold them, if there is one. */
export interface GroupFindings {
  readonly group_id: string
  readonly tenants: readonly string[]
  readonly marks: readonly FreshMark[]
  /** The open case, else the latest closed one, else null. */
  readonly latest: Case | null
  /** Earliest transaction of each opener that the case does not know in this version. */
  readonly transactions: ReadonlyMap<string, Transaction>
}

export interface PlannedFact {
  readonly case_id: string
  readonly group_id: string
  readonly fact: CaseFact
}

/** `case-` and 16 hex digits of the group and the ordinal of its opening. */
export function caseIdOf(groupId: string, ordinal: number): string {
  return `case-${sha256Hex(`${groupId}|${ordinal}`).slice(0, 16)}`
}

export function planGroup(group: GroupFindings, policy: TriagePolicy, at: Instant): PlannedFact[] {
  const openers = group.marks.filter(isStandingOpener)
  const { latest } = group
  if (latest === null) return openers.length === 0 ? [] : opening(group, null, policy, at)
  const place = (fact: CaseFact) => ({ case_id: latest.case_id, group_id: latest.group_id, fact })
  if (isOpen(latest.state)) return updates(latest, group, policy, at).map(place)
  const news = updates(latest, group, policy, at)
    .filter(isMaterialFact)
    .filter(fact => fact.kind !== 'finding_withdrawn')
  const reason = news[0] === undefined ? null : reasonOf(news[0])
  if (reason === null || openers.length === 0 || latest.state === 'merged') return []
  if (latest.state === 'closed') return opening(group, latest, policy, at)
  return [
    { kind: 'reopened' as const, body: { reason } },
    ...updates(latest, group, policy, at),
  ].map(place)
}

function isStandingOpener(mark: FreshMark): boolean {
  return mark.role === 'opener' && mark.state !== 'withdrawn'
}

function opening(
  group: GroupFindings,
  follows: Case | null,
  policy: TriagePolicy,
  at: Instant,
): PlannedFact[] {
  const standing = group.marks.filter(mark => mark.state !== 'withdrawn')
  const openers = standing.filter(isStandingOpener)
  const ordinal = (follows?.ordinal ?? 0) + 1
  const transaction = earliest(openers, group.transactions)
  const body: CaseEventBody<'opened'> = {
    ordinal,
    // A later development on something already reported is the second prong (regulation 5).
    prong: follows === null ? 1 : 2,
    tenants: [...group.tenants],
    findings: byId(standing).map(settle),
    regime: policy.regime,
    time_zone: policy.time_zone,
    transaction,
    deadline: deadline(policy.initial, transaction.at, policy.time_zone),
    detected_at: Math.min(...openers.map(mark => mark.detected_at)),
    follows: follows?.case_id ?? null,
  }
  const case_id = caseIdOf(group.group_id, ordinal)
  const facts: CaseFact[] = [{ kind: 'opened', body }, ...knowledge(openers, policy, at)]
  return facts.map(fact => ({ case_id, group_id: group.group_id, fact }))
}

function earliest(
  openers: readonly FreshMark[],
  transactions: ReadonlyMap<string, Transaction>,
): Transaction {
  const [first] = openers
    .map(mark => transactions.get(mark.finding_id) ?? windowStart(mark))
    .toSorted((a, b) => a.at - b.at || compareUtf16(a.evidence, b.evidence))
  return first ?? { at: 0, basis: 'window_start', evidence: 'no finding' }
}

function windowStart(mark: FreshMark): Transaction {
  return { at: mark.start, basis: 'window_start', evidence: `start of ${mark.finding_id}` }
}

/** A designated alert establishes knowledge at the moment it is triaged, not when it is read. */
function knowledge(marks: readonly FreshMark[], policy: TriagePolicy, at: Instant): CaseFact[] {
  const designated = policy.rules.designated_alerts.find(alert =>
    marks.some(
      mark =>
        mark.detector_id === alert.detector && alert.states.some(state => state === mark.state),
    ),
  )
  if (!designated) return []
  const body: CaseEventBody<'knowledge_established'> = {
    knowledge_at: at,
    source: 'designated_alert',
    reason: designated.why,
    deadline: deadline(policy.initial, at, policy.time_zone),
  }
  return [{ kind: 'knowledge_established', body }]
}

/** What changed between the marks of a case and the findings of its group, in a fixed order. */
function updates(
  current: Case,
  group: GroupFindings,
  policy: TriagePolicy,
  at: Instant,
): CaseFact[] {
  const known = new Map(current.findings.map(mark => [mark.finding_id, mark]))
  const facts = byId(group.marks).flatMap(mark =>
    markFacts(known.get(mark.finding_id) ?? null, mark, policy.rules),
  )
  return [
    ...facts,
    ...escalation(current, group.marks),
    ...earlierTransaction(current, group, policy),
    ...correction(current, facts, policy, at),
  ]
}

function markFacts(known: FindingMark | null, mark: FreshMark, rules: TriageRules): CaseFact[] {
  if (known === null) {
    if (mark.state === 'withdrawn') return []
    return [{ kind: 'finding_attached', body: { finding: settle(mark) } }]
  }
  // Once a finding has driven a case it keeps driving it until it is withdrawn.
  const fresh = { ...mark, role: known.role === 'opener' ? known.role : mark.role }
  if (mark.state === 'withdrawn') {
    if (known.state === 'withdrawn') return []
    const { finding_id, version } = mark
    const body = { finding_id, version, role: known.role, reason: 'new data took it back' }
    return [{ kind: 'finding_withdrawn', body }]
  }
  const reason = changeOf(known, fresh, rules)
  const reference_mid = reason === null ? known.reference_mid : mark.mid
  const finding = { ...fresh, reference_mid }
  if (known.status !== mark.status) {
    return [{ kind: 'determination_changed', body: { finding, from: known.status } }]
  }
  if (known.version === mark.version && known.role === fresh.role) return []
  const body = { finding, material: reason !== null, reason: reason ?? 'measured anew' }
  return [{ kind: 'finding_revised', body }]
}

/** Why a new version of a finding is a material change, or null. */
function changeOf(known: FindingMark, mark: FreshMark, rules: TriageRules): string | null {
  if (known.state !== mark.state) return `the finding went from ${known.state} to ${mark.state}`
  if (rank(mark.severity) > rank(known.severity)) return `severity rose to ${mark.severity}`
  if (known.role !== mark.role) return 'the finding now opens a case of its own'
  if (known.status !== mark.status) return `the determination is now ${mark.status}`
  const ratio = known.reference_mid === 0 ? 0 : Math.abs(mark.mid / known.reference_mid - 1)
  if (ratio < rules.material_change.operations_ratio) return null
  return `the estimate changed by ${Math.round(ratio * 100)} %`
}

function rank(severity: FindingMark['severity']): number {
  return SEVERITIES.indexOf(severity)
}

function escalation(current: Case, marks: readonly FreshMark[]): CaseFact[] {
  const worst = Math.max(-1, ...marks.filter(isStandingOpener).map(mark => rank(mark.severity)))
  const severity = SEVERITIES[worst]
  if (severity === undefined || worst <= rank(caseSeverity(current))) return []
  return [{ kind: 'escalated', body: { severity, reason: `a finding of severity ${severity}` } }]
}

/** New evidence can only move a transaction to an earlier time; the first one stays otherwise. */
function earlierTransaction(current: Case, group: GroupFindings, policy: TriagePolicy): CaseFact[] {
  const fresh = group.marks.filter(
    mark => isStandingOpener(mark) && group.transactions.has(mark.finding_id),
  )
  if (fresh.length === 0) return []
  const transaction = earliest(fresh, group.transactions)
  if (transaction.at >= current.transaction.at) return []
  const rule = { ...policy.initial, days: current.clocks.from_transaction.days }
  const moved = deadline(rule, transaction.at, current.time_zone)
  return [{ kind: 'transaction_moved', body: { transaction, deadline: moved } }]
}

/** What a filed report said is no longer so: the authority must be told (regulation 6.1, DL-5). */
function correction(
  current: Case,
  facts: readonly CaseFact[],
  policy: TriagePolicy,
  at: Instant,
): CaseFact[] {
  const cause = facts.find(isMaterialFact)
  if (!isFiled(current.state) || cause === undefined) return []
  const body: CaseEventBody<'correction_needed'> = {
    report_id: current.filings.at(-1)?.report_id ?? '',
    reason: reasonOf(cause),
    deadline: deadline(policy.correction, at, current.time_zone),
  }
  return [{ kind: 'correction_needed', body }]
}

/** Signals accompany a case; only what drives it can change it materially. */
function isMaterialFact(fact: CaseFact): boolean {
  switch (fact.kind) {
    case 'finding_attached':
    case 'determination_changed':
      return fact.body.finding.role === 'opener'
    case 'finding_revised':
      return fact.body.material && fact.body.finding.role === 'opener'
    case 'finding_withdrawn':
      return fact.body.role === 'opener'
    default:
      return false
  }
}

function reasonOf(fact: CaseFact): string {
  switch (fact.kind) {
    case 'finding_attached':
      return `new finding ${fact.body.finding.finding_id} (${fact.body.finding.detector_id})`
    case 'finding_revised':
      return `${fact.body.finding.finding_id}: ${fact.body.reason}`
    case 'finding_withdrawn':
      return `${fact.body.finding_id}: ${fact.body.reason}`
    case 'determination_changed':
      return `the determination went from ${fact.body.from} to ${fact.body.finding.status}`
    default:
      return fact.kind.replaceAll('_', ' ')
  }
}

function settle(mark: FreshMark): FindingMark {
  return { ...mark, tenants: [...mark.tenants], reference_mid: mark.mid }
}

function byId(marks: readonly FreshMark[]): readonly FreshMark[] {
  return marks.toSorted((a, b) => compareUtf16(a.finding_id, b.finding_id))
}
