import type { CaseEvent } from '../../domain/case/case-event.ts'
import type { Deadline } from '../../domain/filing-clock.ts'
import { compute, day, plural, words } from '../format.ts'
import { type Content, type Html, html } from '../html.ts'
import { link, time } from '../parts.ts'

/** What happened to a case, event by event, newest first. */
export function eventList(events: readonly CaseEvent[]): Html {
  return html`<ol class="events">${events.toReversed().map(
    event => html`<li>${time(event.at)}<div><b>${sentence(words(event.kind))}</b> <span class="soft">by ${event.actor}</span><br>
${eventText(event)}</div></li>`,
  )}</ol>`
}

function eventText(event: CaseEvent): Content {
  switch (event.kind) {
    case 'opened':
      return html`${plural(event.body.findings.length, 'finding')} about ${plural(event.body.tenants.length, 'account')}; transaction of ${day(event.body.transaction.at)}: ${event.body.transaction.evidence}. ${due(event.body.deadline)}`
    case 'finding_attached':
      return markText(event.body.finding)
    case 'finding_revised':
      return html`${markText(event.body.finding)} ${event.body.reason}${event.body.material ? ' (material)' : ' (not material)'}`
    case 'determination_changed':
      return html`${markText(event.body.finding)} from ${event.body.from} to ${event.body.finding.status}`
    case 'finding_withdrawn':
      return html`${link('/findings', event.body.finding_id)}: ${event.body.reason}`
    case 'absorbed':
      return html`took over ${link('/cases', event.body.case_id)}`
    case 'merged':
      return html`goes on in ${link('/cases', event.body.into)}`
    case 'group_changed':
      return html`the control group is now <span class="id">${event.body.to}</span>, ${plural(event.body.tenants.length, 'account')}`
    case 'transaction_moved':
      return html`to ${day(event.body.transaction.at)}: ${event.body.transaction.evidence}. ${due(event.body.deadline)}`
    default:
      return otherText(event)
  }
}

function otherText({ body }: CaseEvent): Content {
  const said: Content[] = []
  if ('reason' in body) said.push(body.reason)
  if ('question' in body) said.push(body.question)
  if ('answer' in body) said.push(body.answer)
  if ('request' in body) said.push(body.request)
  if ('statement' in body) said.push(body.statement)
  if ('report_id' in body) said.push(html`report <span class="id">${body.report_id}</span>`)
  if ('deadline' in body) said.push(due(body.deadline))
  return said.flatMap((part, at) => (at === 0 ? [part] : ['. ', part]))
}

type Mark = Extract<CaseEvent, { kind: 'finding_attached' }>['body']['finding']

function markText({ finding_id, detector_id, state, lo, mid, hi }: Mark): Html {
  return html`${link('/findings', finding_id, detector_id)} ${words(state)}: ${compute(mid)} (${compute(lo)} – ${compute(hi)}).`
}

function due({ clock_id, due_date, days }: Deadline): string {
  return `${clock_id}: due ${due_date}, ${plural(days, 'day')}`
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
