import { dueColour } from '../../domain/case/case-summary.ts'
import { Fault } from '../../domain/fault.ts'
import { formatInstant, parseInstant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { ConsoleDeps, ConsolePage } from '../deps.ts'
import { day, deviceHours, untilDue, words } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type Names, nameGroup, readNames } from '../names.ts'
import {
  badge,
  head,
  link,
  operationsCell,
  operationsOf,
  section,
  severityBadge,
  statusBadge,
  table,
  tenantLink,
} from '../parts.ts'
import { findingTable } from '../views/finding-table.ts'
import { runTable } from '../views/run-table.ts'
import { readView, type View, windowForm } from '../window.ts'
import { FAR, oneOf, pager, ROWS_SHOWN } from './common.ts'

/** Plain lists, a page at a time by the key of the last row. */

const COUNTED = { limit: ROWS_SHOWN + 1 }

export const casesPage: ConsolePage = {
  path: '/cases',
  render: async (deps, { query }) => {
    const rows = await deps.store.query('read-cases', {
      from: 0,
      until: FAR,
      open_only: false,
      groups: [],
      tenants: [],
      after: query['after'] ?? '',
      ...COUNTED,
    })
    const shown = rows.slice(0, ROWS_SHOWN)
    const names = await readNames(
      deps.store,
      shown.flatMap(row => row.tenant_ids),
    )
    const last = rows.length > ROWS_SHOWN ? shown.at(-1) : undefined
    const body = html`${head('Cases', 'One per control group and opening; closed ones stay.')}
<section>${caseTable(deps, shown, names)}${pager(last ? `?after=${last.case_id}` : null, shown.length, 'cases')}</section>`
    return { title: 'Cases', section: '/cases', body }
  },
}

function caseTable(
  { clock, colours }: ConsoleDeps,
  rows: readonly QueryRow<'read-cases'>[],
  names: Names,
): Html {
  const now = clock.now()
  const due = ({ is_open, next_due }: QueryRow<'read-cases'>) => {
    if (!is_open || next_due === null) return html`<span class="soft">no clock runs</span>`
    const colour = dueColour(next_due, now, colours)
    return html`${day(next_due)} ${badge(colour, untilDue(next_due, now))}`
  }
  return table(
    rows.toSorted((a, b) => (a.next_due ?? FAR) - (b.next_due ?? FAR)),
    [
      {
        title: 'Case',
        cell: row =>
          html`${link('/cases', row.case_id, nameGroup(row.tenant_ids, names))}<small class="id">${row.case_id}</small>`,
      },
      { title: 'Identity', cell: row => statusBadge(row.determination) },
      { title: 'Severity', cell: row => severityBadge(row.severity) },
      {
        title: 'State',
        cell: row => html`${words(row.state)}<small>opened ${day(row.opened_at)}</small>`,
      },
      { title: 'Due', kind: 'w', cell: due },
      { title: 'Findings', kind: 'n', cell: row => row.finding_ids.length },
    ],
    'Cases',
    'No case was ever opened.',
  )
}

export const findingsPage: ConsolePage = {
  path: '/findings',
  render: async (deps, { query }) => {
    const rows = await deps.store.query('read-findings', {
      ...oneOf({}),
      after: query['after'] ?? '',
      ...COUNTED,
    })
    const shown = rows.slice(0, ROWS_SHOWN)
    const last = rows.length > ROWS_SHOWN ? shown.at(-1) : undefined
    const body = html`${head('Findings', 'What the detectors hold to be so now; what was taken back is kept in the versions.')}
<section>${findingTable(shown, deps.detectors.detectors)}${pager(last ? `?after=${last.finding_id}` : null, shown.length, 'findings')}</section>`
    return { title: 'Findings', section: '/findings', body }
  },
}

export const runsPage: ConsolePage = {
  path: '/runs',
  render: async (deps, { query }) => {
    const view = await readView(deps, query)
    const tenant = query['tenant']
    const rows = await deps.store.query('read-runs', {
      from: view.start,
      until: view.end,
      tenants: tenant === undefined ? [] : [tenant],
      operations_min: 0,
      after_start: readAfter(query['after_start']) ?? view.end,
      after_id: query['after'] ?? '',
      ...COUNTED,
    })
    const shown = rows.slice(0, ROWS_SHOWN)
    const last = rows.length > ROWS_SHOWN ? shown.at(-1) : undefined
    const href = last ? nextRuns(view, last, tenant) : null
    const body = html`${head('Runs', html`Computations that overlap ${day(view.start)} to ${day(view.end)}, newest first.`)}
<section>${runTable(shown)}${pager(href, shown.length, 'runs')}</section><section>${windowForm(view)}</section>`
    return { title: 'Runs', section: '/runs', body }
  },
}

function readAfter(text: string | undefined): number | null {
  if (text === undefined) return null
  const at = parseInstant(text) ?? Number(text)
  if (!Number.isSafeInteger(at) || at < 0 || at > FAR) {
    throw new Fault('USAGE', '`after_start` is not the start of a run')
  }
  return at
}

function nextRuns(view: View, last: QueryRow<'read-runs'>, tenant: string | undefined): string {
  const key = { after: last.run_id, after_start: String(last.start) }
  const window = { from: formatInstant(view.start), to: formatInstant(view.end) }
  return `?${new URLSearchParams({ ...window, ...key, ...(tenant === undefined ? {} : { tenant }) })}`
}

export const tenantsPage: ConsolePage = {
  path: '/tenants',
  render: async (deps, { query }) => {
    const view = await readView(deps, query)
    const rows = await deps.store.query('read-tenants', {
      from: view.start,
      until: view.end,
      tenants: [],
      after: query['after'] ?? '',
      first: query['after'] === undefined,
      ...COUNTED,
    })
    const shown = rows.slice(0, ROWS_SHOWN)
    const names = await readNames(
      deps.store,
      shown.map(row => row.tenant_id),
    )
    const last = rows.length > ROWS_SHOWN ? shown.at(-1) : undefined
    const next = new URLSearchParams({
      from: formatInstant(view.start),
      to: formatInstant(view.end),
      after: last?.tenant_id ?? '',
    })
    const body = html`${head('Tenants', html`Accounts and what they used, ${day(view.start)} to ${day(view.end)}.`)}
${section('By id', null, html`${tenantTable(shown, names)}${pager(last ? `?${next}` : null, shown.length, 'tenants')}`)}
<section>${windowForm(view)}</section>`
    return { title: 'Tenants', section: '/tenants', body }
  },
}

function tenantTable(rows: readonly QueryRow<'read-tenants'>[], names: Names): Html {
  return table(
    rows,
    [
      {
        title: 'Tenant',
        cell: row => html`${tenantLink(row.tenant_id)}<small>${names(row.tenant_id).name}</small>`,
      },
      { title: 'Identity', cell: row => statusBadge(names(row.tenant_id).status) },
      { title: 'Seen', kind: 'n', cell: row => deviceHours(row.observed_device_s) },
      { title: 'Dark', kind: 'n', cell: row => deviceHours(row.dark_device_s) },
      { title: 'Accelerators', cell: row => row.chips.join(', ') },
      { title: 'Operations', kind: 'n', cell: row => operationsCell(operationsOf(row), row.tier) },
    ],
    'Tenants',
    'No tenant is known yet.',
  )
}
