import type { QueryRow } from '../../ports/queries/registry.ts'
import type { Store } from '../../ports/store.ts'
import { type ConsoleDeps, type ConsolePage, operationsThreshold } from '../deps.ts'
import { day, moment } from '../format.ts'
import { html } from '../html.ts'
import type { PageText } from '../layout.ts'
import { readNames } from '../names.ts'
import { head, section } from '../parts.ts'
import { type CaseRow, caseCard, type FindingRow } from '../views/case-card.ts'
import { groupRanking, type RankedGroup } from '../views/group-ranking.ts'
import { headline } from '../views/headline.ts'
import { qualityStrip } from '../views/quality-strip.ts'
import { runTimeline } from '../views/run-timeline.ts'
import { thresholdName } from '../views/wording.ts'
import { readView, type View, windowForm } from '../window.ts'
import { FAR, oneOf } from './common.ts'

/** The first page: what happened and why, in a minute. */
export const overviewPage: ConsolePage = {
  path: '/',
  render: async (deps, { query }) => {
    const view = await readView(deps, query)
    const facts = await readOverview(deps, view)
    return overviewText(deps, view, facts)
  },
}

const CASES_MAX = 60
const GROUPS_MAX = 20
const RUNS_PER_TENANT = 40
const TIMELINE_RUNS_MAX = 400
const DARK_DAYS_MAX = 5000
const DARK_SHARE_MIN = 0.5
const REASONS_MAX = 50

type Overview = Awaited<ReturnType<typeof readOverview>>

async function readOverview({ store }: ConsoleDeps, view: View) {
  const window = { from: view.start, until: view.end }
  const cases = await readOpenCases(store, view)
  const findings = await readCaseFindings(store, cases)
  const reports = await store.query('read-reports', {
    from: 0,
    until: FAR,
    cases: cases.map(found => found.case_id),
    after: '',
    limit: 1000,
  })
  const groups = await readGroups(store, window, cases)
  const runs = await store.query('read-timeline', {
    ...window,
    tenants: [],
    runs_per_tenant: RUNS_PER_TENANT,
    limit: TIMELINE_RUNS_MAX,
  })
  const dark = await store.query('read-dark-days', {
    ...window,
    tenants: [...new Set(runs.map(run => run.tenant_id))],
    share_min: DARK_SHARE_MIN,
    limit: DARK_DAYS_MAX,
  })
  const [totals] = await store.query('read-coverage-totals', window)
  const quarantine = await store.query('read-quarantine-counts', {
    from: 0,
    until: FAR,
    limit: REASONS_MAX,
  })
  const tenants = [
    ...cases.flatMap(found => found.tenant_ids),
    ...groups.flatMap(group => group.tenant_ids),
    ...runs.map(run => run.tenant_id),
  ]
  const names = await readNames(store, tenants)
  return { cases, findings, reports, groups, runs, dark, totals, quarantine, names }
}

/** The largest groups, and those with a case however little they used. */
async function readGroups(
  store: Store,
  window: { readonly from: number; readonly until: number },
  cases: readonly CaseRow[],
): Promise<QueryRow<'read-groups'>[]> {
  const all = { groups: [], after: '', by_size: true, limit: GROUPS_MAX }
  const largest = await store.query('read-groups', { ...window, ...all })
  const shown = new Set(largest.map(group => group.group_id))
  const missing = cases.map(found => found.group_id).filter(id => !shown.has(id))
  if (missing.length === 0) return largest
  const rest = { groups: missing, after: '', by_size: true, limit: missing.length }
  const more = await store.query('read-groups', { ...window, ...rest })
  const groups = largest[0]?.groups ?? more.length
  return [...largest, ...more.map(group => ({ ...group, groups }))]
}

/** Open cases, the one that is due first at the front; what lies beyond the bound is told. */
async function readOpenCases(store: Store, view: View): Promise<CaseRow[]> {
  const cases = await store.query('read-cases', {
    from: view.start,
    until: FAR,
    open_only: true,
    groups: [],
    tenants: [],
    after: '',
    limit: CASES_MAX + 1,
  })
  return cases.toSorted((a, b) => (a.next_due ?? FAR) - (b.next_due ?? FAR))
}

async function readCaseFindings(store: Store, cases: readonly CaseRow[]): Promise<FindingRow[]> {
  const ids = cases.flatMap(found => found.finding_ids)
  if (ids.length === 0) return []
  return store.query('read-findings', { ...oneOf({ ids }), limit: ids.length })
}

function overviewText(deps: ConsoleDeps, view: View, facts: Overview): PageText {
  const threshold = operationsThreshold(deps)
  const byId = new Map(facts.findings.map(finding => [finding.finding_id, finding]))
  const findingsOf = (found: CaseRow) => found.finding_ids.flatMap(id => byId.get(id) ?? [])
  const now = deps.clock.now()
  const { title, lead } = headline(facts.cases, findingsOf, threshold, now)
  const marked = new Set(facts.cases.flatMap(found => found.tenant_ids))
  const { totals } = facts
  const body = html`${head(title, lead)}
${!view.has_usage && emptyStore()}
${caseSection(deps, facts, findingsOf)}
${section(
  'Who used most',
  html`Control groups (accounts that act as one) by operations, ${day(view.start)} to ${day(view.end)}, against ${thresholdName(threshold)}.`,
  groupRanking(ranked(facts, findingsOf), facts.names, threshold),
)}
${section(
  'Runs over time',
  html`Each bar is one computation, found from accelerators that start and stop together; thin where it paused.`,
  runTimeline(facts.runs, facts.dark, marked, facts.names, view),
)}
${totals && section('What this picture rests on', html`How much was seen, and what was not. <a href="/coverage">Data quality in detail</a>.`, qualityStrip(totals, facts.quarantine))}
<section>${windowForm(view)}<p class="soft">${view.as_of !== null && html`Data up to ${moment(view.as_of)} have been looked at.`}</p></section>`
  return { title: 'Overview', section: '/', body }
}

function emptyStore() {
  return section(
    'Nothing is stored yet',
    null,
    html`<p>Send records to <code>POST /v1/telemetry/accelerator</code>, read files with <code>flopwatch ingest FILE…</code>, or see it work with <code>flopwatch demo</code>.</p>`,
  )
}

function caseSection(
  deps: ConsoleDeps,
  facts: Overview,
  findingsOf: (found: CaseRow) => readonly FindingRow[],
) {
  if (facts.cases.length === 0) return null
  const cards = facts.cases.slice(0, CASES_MAX).map(found =>
    caseCard({
      found,
      findings: findingsOf(found),
      report: latestReport(facts.reports, found.case_id),
      names: facts.names,
      detectors: deps.detectors.detectors,
      now: deps.clock.now(),
      colours: deps.colours,
    }),
  )
  const more = facts.cases.length > CASES_MAX
  return section(
    'Open cases',
    'One per control group, the one that is due first in front. A person decides about each; nothing is filed by a rule.',
    html`<div class="cards">${cards}</div>${more && html`<p><a href="/cases">There are more cases.</a></p>`}`,
  )
}

function latestReport(
  reports: readonly QueryRow<'read-reports'>[],
  caseId: string,
): QueryRow<'read-reports'> | null {
  const own = reports.filter(report => report.case_id === caseId)
  return own.toSorted((a, b) => b.version - a.version)[0] ?? null
}

function ranked(
  { groups, cases }: Overview,
  findingsOf: (found: CaseRow) => readonly FindingRow[],
): RankedGroup[] {
  const all = groups.map(group => {
    const found = cases.find(one => one.group_id === group.group_id)
    const potential = found
      ? findingsOf(found).find(one => one.basis === 'potential' && one.unit === 'operations')
      : undefined
    return {
      group,
      case_id: found?.case_id ?? null,
      potential: potential
        ? {
            lo: potential.measured_lo,
            mid: potential.measured_mid,
            hi: potential.measured_hi,
          }
        : null,
    }
  })
  const reach = ({ group, potential }: RankedGroup) => Math.max(group.flop_hi, potential?.hi ?? 0)
  return all.toSorted((a, b) => reach(b) - reach(a))
}
