import { type CaseRecord, caseRecord } from '../../domain/case/case-record.ts'
import { caseDetermination, caseSeverity } from '../../domain/case/case-summary.ts'
import { Fault } from '../../domain/fault.ts'
import { DAY_MS } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { type ConsoleDeps, type ConsolePage, operationsThreshold } from '../deps.ts'
import { day, plural, words } from '../format.ts'
import { type Content, type Html, html, joined } from '../html.ts'
import { type Names, nameGroup, readNames } from '../names.ts'
import { facts, head, section, severityBadge, statusBadge, table, tenantLink } from '../parts.ts'
import { cumulate, cumulativePlot } from '../plot/cumulative.ts'
import { type FindingRow, leadFinding } from '../views/case-card.ts'
import { eventList } from '../views/case-events.ts'
import { caseClocks } from '../views/clocks.ts'
import { determinationTree } from '../views/determination.ts'
import { findingTable } from '../views/finding-table.ts'
import { confidenceText, howSure, measuredText, thresholdText } from '../views/wording.ts'
import { FAR, oneOf } from './common.ts'

/** One case: who, what, how sure, by when; then everything that it rests on. */
export const casePage: ConsolePage = {
  path: '/cases/:id',
  render: async (deps, { id }) => {
    const { store } = deps
    const events = await store.query('case-events-all', { cases: [id], limit: EVENTS_MAX })
    const record = caseRecord(events)
    if (record === null) throw new Fault('NOT_FOUND', `there is no case ${id}`)
    const { current } = record
    const ids = current.findings.map(mark => mark.finding_id)
    const findings = await store.query('read-findings', { ...oneOf({ ids }), withdrawn: true })
    const lead = leadFinding(findings)
    const determined = await store.query('determination-newest', {
      findings: lead ? [lead.finding_id] : [],
    })
    const tenants = [...current.tenants]
    const names = await readNames(store, tenants)
    const usage = await store.query('read-usage-days', {
      from: Math.min(...current.findings.map(mark => mark.start)),
      until: Math.max(...current.findings.map(mark => mark.end)),
      tenants,
      limit: DAYS_MAX,
    })
    const reports = await store.query('read-reports', {
      from: 0,
      until: FAR,
      cases: [id],
      after: '',
      limit: REPORTS_MAX,
    })
    const known = { ...record, findings, lead, determined, names, usage, reports }
    return { title: nameGroup(tenants, names), section: '/cases', body: caseBody(deps, known) }
  },
}

const EVENTS_MAX = 10_000
const REPORTS_MAX = 100
const DAYS_MAX = 1200

interface Known extends CaseRecord {
  readonly findings: readonly FindingRow[]
  readonly lead: FindingRow | null
  readonly determined: readonly QueryRow<'determination-newest'>[]
  readonly names: Names
  readonly usage: readonly QueryRow<'read-usage-days'>[]
  readonly reports: readonly QueryRow<'read-reports'>[]
}

function caseBody(deps: ConsoleDeps, known: Known): Html {
  const { current, lead, names, findings, standing, voided } = known
  const body = known.determined[0]?.body
  return html`${head(nameGroup(current.tenants, names), html`${statusBadge(caseDetermination(current))} ${severityBadge(caseSeverity(current))} ${words(current.state)}. Case <span class="id">${current.case_id}</span>, opened ${day(current.opened_at)}.`)}
<div class="two">${section('In short', null, summary(known))}
${section('By when', null, caseClocks(current, deps.clock.now(), deps.colours))}</div>
${usageSection(deps, known)}
${section('Who is behind it', body && html`${body.reason}. As of the time of use, by what was known on ${day(known.determined[0]?.known_at ?? 0)}.`, body ? determinationTree(body) : html`<p class="none">Nobody has been determined for the finding that leads this case.</p>`)}
${section('Findings', lead && 'The evidence of each is behind its name.', findingTable(findings, deps.detectors.detectors))}
${section('Reports', null, reportTable(known.reports))}
${section('What happened', html`${plural(standing.length, 'event')}, each sealed by the hash of the one before; the chain holds. Head <span class="id">${current.last_hash.slice(0, 16)}…</span>`, eventList(standing))}
${voided.length > 0 && section('Void', html`Appended at the same moment as others that stand: kept, without effect.`, eventList(voided))}`
}

function summary({ current, lead, names }: Known): Html {
  const reseller = current.tenants.filter(id => names(id).is_resold)
  return facts([
    [
      'Who',
      joined(
        current.tenants.map(
          id =>
            html`${tenantLink(id, names(id).name ?? id)} <span class="soft">${names(id).name !== null && id}</span>`,
        ),
        html`<br>`,
      ),
    ],
    ['Through', reseller.length > 0 && `reseller, for ${reseller.join(', ')}`],
    ['What', lead && html`${measuredText(lead)}, ${thresholdText(lead)}; ${lead.basis}`],
    ['How sure', lead && sure(lead)],
    ['Why a case', names(current.tenants[0] ?? '').reason],
    ['Prong', current.prong === 1 ? '1: the transaction as agreed' : '2: a later development'],
    [
      'Regime',
      html`${current.regime.id} v${current.regime.version}, ${current.regime.legal_force ? 'in force' : 'not in force'}`,
    ],
    ['Control group', html`<span class="id">${current.group_id}</span>`],
    ['Legal hold', current.legal_hold && 'set'],
  ])
}

function sure(lead: FindingRow): Content {
  return `${howSure(lead)}${lead.basis === 'observed' ? `; probability ${confidenceText(lead.confidence)}` : ''}`
}

function usageSection(deps: ConsoleDeps, { usage }: Known): Content {
  const [first, last] = [usage[0], usage.at(-1)]
  if (!first || !last) return null
  const stretches = usage.map(row => ({
    start: row.day,
    end: row.day + DAY_MS,
    operations: { lo: row.flop_lo, mid: row.flop_mid, hi: row.flop_hi },
  }))
  const window = { start: first.day, end: last.day + DAY_MS }
  return section(
    'Operations of the control group',
    'All accounts together, added up day by day: telemetry, and billed hours that no telemetry showed.',
    cumulativePlot(cumulate(stretches), window, operationsThreshold(deps)),
  )
}

function reportTable(reports: readonly QueryRow<'read-reports'>[]): Html {
  const file = (id: string, ending: string, name: string) =>
    html`<a href="/v1/reports/${encodeURIComponent(id)}${ending}">${name}</a>`
  return table(
    reports.toSorted((a, b) => b.version - a.version),
    [
      { title: 'Version', kind: 'n', cell: row => row.version },
      { title: 'Built', kind: 'w', cell: row => day(row.built_at) },
      {
        title: 'Files',
        cell: ({ report_id: id }) =>
          html`${file(id, '.html', 'HTML')} · ${file(id, '.pdf', 'PDF')} · ${file(id, '.json', 'JSON')} · ${file(id, '/manifest.json', 'manifest')}`,
      },
      { title: 'Tells events up to', kind: 'n', cell: row => row.case_seq },
      {
        title: 'Content',
        cell: row => html`<span class="id">${row.content_hash.slice(0, 16)}…</span>`,
      },
    ],
    'Reports',
    'No report has been built yet; `flopwatch report` writes one.',
  )
}
