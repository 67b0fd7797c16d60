import type { Deadline } from '../filing-clock.ts'
import { formatOperations } from '../quantity.ts'
import { formatDay } from '../window.ts'
import type { CaseEvent, FindingMark } from './case-event.ts'

/** What an event says, in one line of plain text. */
export function eventText(event: CaseEvent): string {
  switch (event.kind) {
    case 'opened': {
      const { findings, tenants, transaction } = event.body
      const day = `transaction of ${formatDay(transaction.at)}: ${transaction.evidence}`
      return `${count(findings.length, 'finding')} about ${count(tenants.length, 'account')}; ${day}; ${due(event.body.deadline)}`
    }
    case 'finding_attached':
      return markText(event.body.finding)
    case 'finding_revised':
      return `${markText(event.body.finding)}; ${event.body.reason}${event.body.material ? ' (material)' : ''}`
    case 'determination_changed':
      return `${event.body.finding.finding_id}: from ${event.body.from} to ${event.body.finding.status}`
    case 'finding_withdrawn':
      return `${event.body.finding_id}: ${event.body.reason}`
    case 'absorbed':
      return `took over ${event.body.case_id}`
    case 'merged':
      return `goes on in ${event.body.into}`
    case 'group_changed':
      return `control group ${event.body.to}, ${count(event.body.tenants.length, 'account')}`
    case 'transaction_moved': {
      const { transaction } = event.body
      return `to ${formatDay(transaction.at)}: ${transaction.evidence}; ${due(event.body.deadline)}`
    }
    default:
      return actionText(event)
  }
}

/** Events of people differ by what they carry, and each part reads the same in all of them. */
function actionText({ body }: CaseEvent): string {
  const said: (string | null)[] = [
    'knowledge_at' in body ? `knowledge of ${formatDay(body.knowledge_at)}, ${body.source}` : null,
    'of' in body ? `to the ${body.of}: ${body.question}` : null,
    'reason' in body ? body.reason : null,
    'answer' in body ? body.answer : null,
    'declared' in body ? declaredText(body.declared) : null,
    'request' in body ? body.request : null,
    'officer' in body ? `${body.officer}, ${body.title}: ${body.statement}` : null,
    'approver' in body ? `approved by ${body.approver}` : null,
    'report_id' in body && body.report_id !== '' ? `report ${body.report_id}` : null,
    'prior_report_id' in body ? `in place of ${body.prior_report_id}` : null,
    'external_ref' in body && body.external_ref !== null ? `reference ${body.external_ref}` : null,
    'deadline' in body ? due(body.deadline) : null,
  ]
  return said.filter(part => part !== null).join('; ')
}

function declaredText(declared: Readonly<Record<string, string>> | undefined): string | null {
  if (declared === undefined) return null
  const facts = Object.entries(declared).map(
    ([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`,
  )
  return `declared ${facts.join(', ')}`
}

function markText({ finding_id, detector_id, state, lo, mid, hi }: FindingMark): string {
  const [low, middle, high] = [lo, mid, hi].map(formatOperations)
  return `${finding_id} (${detector_id}) ${state}: ${middle} (${low} to ${high})`
}

function due({ clock_id, due_date, days }: Deadline): string {
  return `${clock_id} due ${due_date}, ${count(days, 'day')} on`
}

function count(amount: number, one: string): string {
  return `${amount} ${one}${amount === 1 ? '' : 's'}`
}
