import { type Case, type CaseClocks, isOpen, isReported } from '../domain/case/case.ts'
import { type AllowedAction, allowedActions } from '../domain/case/case-action.ts'
import type { SealedCaseEvent } from '../domain/case/case-event.ts'
import type { CaseRecord } from '../domain/case/case-record.ts'
import {
  type ColourRule,
  caseDetermination,
  caseSeverity,
  type DeadlineColour,
  dueColour,
} from '../domain/case/case-summary.ts'
import { eventText } from '../domain/case/event-text.ts'
import type { Deadline } from '../domain/filing-clock.ts'
import { formatOperations } from '../domain/quantity.ts'
import { DAY_MS, formatDay, formatInstant, type Instant } from '../domain/window.ts'
import { formatTable } from '../terminal/table.ts'

/** Cases for people at a terminal, and as JSON for their machines: the same facts in both. */

export interface SeenAt {
  readonly at: Instant
  readonly colours: ColourRule
}

export function caseListText(cases: readonly Case[], seen: SeenAt): string {
  if (cases.length === 0) return 'There is no case.'
  const columns = [
    'case',
    'tenants',
    'state',
    'severity',
    'foreign person?',
    'due, from transaction',
    'due, from knowledge',
    'other clock',
  ]
  const rows = cases.map(found => {
    const { from_transaction, from_knowledge, correction, follow_up } = found.clocks
    const other = [correction, follow_up].filter(clock => clock !== null)
    return [
      found.case_id,
      found.tenants.map(tenant => tenant || '(unattributed)').join('\n'),
      words(found.state),
      caseSeverity(found),
      caseDetermination(found),
      clockText(found, from_transaction, seen),
      clockText(found, from_knowledge, seen),
      other.map(clock => clockText(found, clock, seen)).join('\n') || '-',
    ]
  })
  return formatTable(
    columns.map(name => ({ name })),
    rows,
  )
}

export function caseText(
  { current, standing, voided }: CaseRecord,
  seen: SeenAt,
  banner: string,
): string {
  const lost = 'Void: appended at the same moment as others, without effect'
  return [
    headText(current, banner),
    `Clocks on ${formatDay(seen.at)}\n${clockTable(current, seen)}`,
    `Findings\n${findingTable(current)}`,
    `Events\n${eventTable(standing)}`,
    ...(voided.length > 0 ? [`${lost}\n${eventTable(voided)}`] : []),
    `Next\n${actionTable(allowedActions(current))}`,
  ].join('\n\n')
}

function headText(current: Case, banner: string): string {
  const { certification, filings, declared } = current
  const lines: (readonly [string, string])[] = [
    ['case', `${current.case_id}, version ${current.seq}`],
    ['state', `${words(current.state)}${current.legal_hold ? ', under a legal hold' : ''}`],
    ['accounts', current.tenants.map(tenant => tenant || '(unattributed)').join(', ')],
    ['foreign person?', caseDetermination(current)],
    ['severity', caseSeverity(current)],
    ['transaction', `${formatInstant(current.transaction.at)}: ${current.transaction.evidence}`],
    [
      'knowledge',
      current.knowledge ? formatInstant(current.knowledge.knowledge_at) : 'not established',
    ],
    ['prepared by', current.preparers.join(', ') || 'nobody yet'],
    [
      'certified by',
      certification ? `${certification.officer}, ${certification.title}` : 'nobody yet',
    ],
    ...filings.map(({ report_id, at, external_ref }): [string, string] => [
      'filed',
      `${report_id} on ${formatDay(at)}, ${external_ref ?? 'no reference'}`,
    ]),
    ...Object.entries(declared).map(([name, value]): [string, string] => [words(name), value]),
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  const rows = lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
  return [...rows, '', banner].join('\n')
}

const CLOCKS: readonly (readonly [keyof CaseClocks, string])[] = [
  ['from_transaction', 'from the transaction'],
  ['from_knowledge', 'from knowledge'],
  ['correction', 'correction'],
  ['follow_up', 'answer to a request'],
]

function clockTable(current: Case, seen: SeenAt): string {
  const rows = CLOCKS.flatMap(([name, title]) => {
    const clock = current.clocks[name]
    const started = clock
      ? `${formatDay(clock.trigger_at)} + ${clock.days} d (${clock.clock_id})`
      : '-'
    const initial = name === 'from_transaction' || name === 'from_knowledge'
    return clock === null && !initial ? [] : [[title, started, clockText(current, clock, seen)]]
  })
  return formatTable(
    ['clock', 'started', 'due'].map(name => ({ name })),
    rows,
  )
}

/** `2026-11-03 (10 d left, green)`; an initial clock stands still once the report is filed. */
function clockText(current: Case, clock: Deadline | null, seen: SeenAt): string {
  if (clock === null) return 'not running'
  const { days_left, colour, runs } = clockReading(current, clock, seen)
  if (!runs) return `${clock.due_date} (${isOpen(current.state) ? 'met by filing' : 'stopped'})`
  const left = days_left < 0 ? `${-days_left} d ${colour}` : `${days_left} d left, ${colour}`
  return `${clock.due_date} (${left})`
}

interface ClockReading {
  readonly runs: boolean
  /** Whole days; 0 on the last day, negative once it is over. */
  readonly days_left: number
  readonly colour: DeadlineColour
}

function clockReading(current: Case, clock: Deadline, { at, colours }: SeenAt): ClockReading {
  const { from_transaction, from_knowledge } = current.clocks
  const initial = clock === from_transaction || clock === from_knowledge
  const runs = isOpen(current.state) && !(initial && isReported(current))
  const days_left = Math.floor((clock.due_at - at) / DAY_MS)
  return { runs, days_left, colour: runs ? dueColour(clock.due_at, at, colours) : 'none' }
}

function findingTable({ findings }: Case): string {
  const names = [
    'finding',
    'detector',
    'about',
    'state',
    'severity',
    'operations',
    'foreign person?',
  ]
  const rows = findings.map(mark => [
    mark.finding_id,
    mark.detector_id,
    `${mark.subject_kind} ${mark.subject_id || '(unattributed)'}`,
    mark.state,
    mark.severity,
    mark.role === 'opener'
      ? `${formatOperations(mark.mid)} (${formatOperations(mark.lo)} to ${formatOperations(mark.hi)})`
      : 'signal',
    `${mark.status} (${mark.status_basis || '-'})`,
  ])
  return formatTable(
    names.map(name => ({ name })),
    rows,
  )
}

const WHAT_WIDTH = 72

function eventTable(events: readonly SealedCaseEvent[]): string {
  const names = ['seq', 'at', 'actor', 'kind', 'what']
  const rows = events.map(event => [
    String(event.seq),
    formatInstant(event.at).slice(0, 19).replace('T', ' '),
    event.actor,
    words(event.kind),
    wrapped(eventText(event), WHAT_WIDTH),
  ])
  return formatTable(
    names.map(name => ({ name })),
    rows,
  )
}

function actionTable(allowed: readonly AllowedAction[]): string {
  if (allowed.length === 0) return 'Nothing: the case goes on elsewhere.'
  const rows = allowed.map(({ word, about, fields }) => [word, about, fields.join('\n')])
  return formatTable(
    ['action', 'does', '--set'].map(name => ({ name })),
    rows,
  )
}

/** Breaks a line at spaces; a longer word keeps its line to itself. */
function wrapped(text: string, width: number): string {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}

export function caseJson(current: Case, seen: SeenAt) {
  const clock = (deadline: Deadline | null) => {
    if (deadline === null) return null
    const { clock_id, days, due_date, due_at, trigger_at } = deadline
    return {
      clock_id,
      trigger_at: formatInstant(trigger_at),
      days,
      due_date,
      due_at: formatInstant(due_at),
      ...clockReading(current, deadline, seen),
    }
  }
  const { clocks, knowledge, certification, filings } = current
  return {
    case_id: current.case_id,
    version: current.seq,
    group_id: current.group_id,
    tenants: current.tenants,
    state: current.state,
    severity: caseSeverity(current),
    determination: caseDetermination(current),
    transaction_at: formatInstant(current.transaction.at),
    knowledge_at: knowledge ? formatInstant(knowledge.knowledge_at) : null,
    clocks: {
      from_transaction: clock(clocks.from_transaction),
      from_knowledge: clock(clocks.from_knowledge),
      correction: clock(clocks.correction),
      follow_up: clock(clocks.follow_up),
    },
    preparers: current.preparers,
    certification: certification && { ...certification, at: formatInstant(certification.at) },
    filings: filings.map(filing => ({ ...filing, at: formatInstant(filing.at) })),
    declared: current.declared,
    legal_hold: current.legal_hold,
    merged_into: current.merged_into,
    findings: current.findings.map(({ finding_id }) => finding_id),
    head_hash: current.last_hash,
    allowed: allowedActions(current).map(({ word, kind, fields }) => ({
      action: word,
      kind,
      fields,
    })),
  }
}

export function eventJson(event: SealedCaseEvent) {
  const { case_id, seq, group_id, at, actor, kind, body, prev_hash, hash } = event
  const what = eventText(event)
  return { case_id, seq, group_id, at: formatInstant(at), actor, kind, body, prev_hash, hash, what }
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}
