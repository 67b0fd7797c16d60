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
  info_received: ['info_requested', 'investigating'],
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
  if (event.at < current.updated_at) return 'the event is older than the one before it'
  if (!MAY_FOLLOW[event.kind].includes(current.state)) {
    return `${words(event.kind)} may not follow ${words(current.state)}`
  }
  return secondPerson(current, event)
}

/** Four eyes: who prepared a report does not certify it, who proposes not to file does not approve. */
function secondPerson(current: Case, event: CaseEvent): string | null {
  if (event.kind === 'certified' && event.actor === current.preparer) {
    return 'a report is certified by someone other than its preparer'
  }
  if (event.kind === 'no_file' && event.actor === event.body.approver) {
    return 'not filing is approved by someone other than who proposes it'
  }
  if (event.kind === 'filed' && current.filings.length > 0) {
    return 'the case was filed before; file a correction'
  }
  if (event.kind === 'corrected_filed' && current.filings.length === 0) {
    return 'there is no filed report to correct'
  }
  return null
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}
