import { type ColourRule, dueColour } from '../../domain/case/case-summary.ts'
import { type Detector, SEVERITIES } from '../../domain/detector.ts'
import type { Instant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { day, plural, untilDue, words } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type Names, nameGroup } from '../names.ts'
import { badge, facts, link, statusBadge } from '../parts.ts'
import { confidenceText, detectorTitle, howSure, measuredText, thresholdText } from './wording.ts'

/** A case as a card: who, what, how sure, by when. */

export type CaseRow = QueryRow<'read-cases'>
export type FindingRow = QueryRow<'read-findings'>

export interface CardFacts {
  readonly found: CaseRow
  readonly findings: readonly FindingRow[]
  readonly report: QueryRow<'read-reports'> | null
  readonly names: Names
  readonly detectors: readonly Detector[]
  readonly now: Instant
  readonly colours: ColourRule
}

export function caseCard(card: CardFacts): Html {
  const { found, findings, names, now, colours } = card
  const lead = leadFinding(findings)
  const colour = found.is_open ? dueColour(found.next_due, now, colours) : 'none'
  return html`<article class="case ${colour}" aria-labelledby="${found.case_id}">
<header><h3 id="${found.case_id}">${link('/cases', found.case_id, nameGroup(found.tenant_ids, names))}</h3>${dueBadge(found, colour, now)}</header>
${facts([
  ['Who', whoText(found, names)],
  ['What', lead && whatText(lead, card.detectors)],
  ['How sure', lead && sureText(lead)],
  ['By when', clocksText(found, now)],
  ['State', `${words(found.state)} since ${day(found.opened_at)}`],
])}
${moreLinks(card)}</article>`
}

function dueBadge(found: CaseRow, colour: string, now: Instant): Html {
  if (!found.is_open) return badge('', 'closed')
  if (found.next_due === null) return badge('', 'no clock runs')
  return badge(colour, dueText(found.next_due, now))
}

function dueText(due: Instant, now: Instant): string {
  const text = untilDue(due, now)
  return due < now ? text : `due ${text}`
}

function whoText(found: CaseRow, names: Names): Html {
  const told = found.tenant_ids.map(names).find(name => name.status === found.determination)
  const accounts = plural(found.tenant_ids.length, 'account')
  return html`${statusBadge(found.determination)} ${accounts}<br>
<span class="soft">${told?.reason ?? ''}${told && told.basis !== '' && ` (${told.basis})`}</span>`
}

function whatText(lead: FindingRow, detectors: readonly Detector[]): Html {
  return html`${measuredText(lead)}<br><span class="soft">${thresholdText(lead)}; ${lead.basis}.
${detectorTitle(detectors, lead.detector_id)}.</span>`
}

function sureText(lead: FindingRow): Html {
  const probability = `(probability ${confidenceText(lead.confidence)})`
  return html`${howSure(lead)} <span class="soft">${lead.basis === 'observed' && probability}</span>`
}

function clocksText(found: CaseRow, now: Instant): Html {
  const knowledge =
    found.knowledge_due === null
      ? html`<span class="soft">clock from knowledge: not started, nobody has confirmed it</span>`
      : html`${day(found.knowledge_due)} from knowledge (${untilDue(found.knowledge_due, now)})`
  return html`<b>${day(found.transaction_due)}</b> from the transaction of ${day(found.transaction_at)} (${untilDue(found.transaction_due, now)})<br>${knowledge}`
}

function moreLinks({ found, findings, report }: CardFacts): Html {
  const id = report && encodeURIComponent(report.report_id)
  return html`<div class="more">${link('/cases', found.case_id, `Case with ${plural(findings.length, 'finding')}`)}
${id !== null && html`<a href="/v1/reports/${id}.html">Report</a><a href="/v1/reports/${id}.pdf">PDF</a>`}</div>`
}

/** The finding that says most: the worst, operations first, then by how much. */
export function leadFinding(findings: readonly FindingRow[]): FindingRow | null {
  const weight = (finding: FindingRow) => [
    finding.raises === 'finding' ? 1 : 0,
    finding.unit === 'operations' ? 1 : 0,
    SEVERITIES.indexOf(finding.severity),
    finding.confidence,
    finding.measured_mid,
  ]
  const ranked = findings
    .filter(finding => finding.state !== 'withdrawn')
    .toSorted((a, b) => firstDifference(weight(b), weight(a)))
  return ranked[0] ?? null
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
