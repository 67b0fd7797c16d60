import { formatInstant } from '../window.ts'
import type { Case, CaseStatus } from './case.ts'
import type { CaseEvent, CaseEventKind } from './case-event.ts'

/**
 * What may follow what (regulation 12.3), and who may do it. Machines attach, revise and escalate
 * at any time; people decide, and filing or declining to file needs a second person.
 */

const WORKING = ['detected', 'triage', 'investigating', 'info_requested', 'decision'] as const
const FILED = [
  'filed',
  'acknowledged',
  'follow_up_requested',
  'follow_up_answered',
  'corrected_filed',
  'monitoring',
] as const
const OPEN = [
  ...WORKING,
  'knowledge_established',
  'drafting',
  'review',
  'certified',
  'rejected',
  'correction_needed',
  ...FILED,
] as const
/** Closed without filing: new material facts open the same case again. */
const DECLINED = ['no_file', 'closed_no_action'] as const
const ANY = [...OPEN, ...DECLINED, 'closed', 'merged'] as const

const MAY_FOLLOW: Record<CaseEventKind, readonly CaseStatus[]> = {
  opened: [],
  finding_attached: OPEN,
  finding_revised: OPEN,
  finding_withdrawn: OPEN,
  determination_changed: OPEN,
  transaction_moved: OPEN,
  group_changed: OPEN,
  absorbed: OPEN,
  merged: OPEN,
  escalated: OPEN,
  reopened: DECLINED,
  triaged: ['detected'],
  investigation_started: ['triage'],
  info_requested: ['investigating', 'info_requested'],
  info_received: [
    'investigating',
    'info_requested',
    'decision',
    'knowledge_established',
    'drafting',
    'correction_needed',
  ],
  decision_reached: ['investigating', 'info_requested'],
  closed_no_action: ['detected', 'triage', 'investigating'],
  no_file: ['decision'],
  knowledge_established: WORKING,
  draft_started: ['knowledge_established', 'rejected', 'correction_needed'],
  review_requested: ['drafting'],
  returned: ['review'],
  certified: ['review'],
  filed: ['certified'],
  acknowledged: ['filed', 'corrected_filed', 'follow_up_answered'],
  rejected: ['filed', 'corrected_filed', 'follow_up_answered'],
  follow_up_requested: FILED,
  follow_up_answered: ['follow_up_requested'],
  correction_needed: FILED,
  corrected_filed: ['certified'],
  monitoring_started: ['filed', 'acknowledged', 'corrected_filed', 'follow_up_answered'],
  closed: FILED,
  legal_hold_set: ANY,
  legal_hold_lifted: ANY,
}

/** Why an event may not be appended to a case, in words for the person who tried; null if it may. */
export function refusal(current: Case | null, event: CaseEvent): string | null {
  if (current === null) return event.kind === 'opened' ? null : 'the case does not exist'
  if (event.kind === 'opened') return 'the case is already open'
  if (event.seq !== current.seq + 1) {
    return `the case is at version ${current.seq}; reload it and decide again`
  }
  if (event.at < current.updated_at) {
    return `the event is older than the one before it, of ${formatInstant(current.updated_at)}`
  }
  return kindRefusal(current, event.kind) ?? secondPerson(current, event)
}

/** Why no event of a kind may come next, whoever tries; null if one may. */
export function kindRefusal(current: Case, kind: CaseEventKind): string | null {
  if (!MAY_FOLLOW[kind].includes(current.state)) {
    return `${words(kind)} may not follow ${words(current.state)}`
  }
  switch (kind) {
    case 'filed':
      return current.filings.length > 0 ? 'the case was filed before; file a correction' : null
    case 'corrected_filed':
      return current.filings.length === 0 ? 'there is no filed report to correct' : null
    case 'legal_hold_set':
      return current.legal_hold ? 'the case is under a legal hold already' : null
    case 'legal_hold_lifted':
      return current.legal_hold ? null : 'the case is under no legal hold'
    default:
      return null
  }
}

/** Four eyes: who prepared a report does not certify it, who proposes not to file does not approve. */
function secondPerson(current: Case, event: CaseEvent): string | null {
  if (event.kind === 'certified') {
    const signers = [event.actor, event.body.officer]
    const own = current.preparers.some(one => signers.some(signer => samePerson(one, signer)))
    return own ? 'a report is certified by someone other than its preparer' : null
  }
  if (event.kind === 'no_file' && samePerson(event.actor, event.body.approver)) {
    return 'not filing is approved by someone other than who proposes it'
  }
  return null
}

/** A name in other letters is no second person. */
function samePerson(one: string, other: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
  return plain(one) === plain(other)
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}
