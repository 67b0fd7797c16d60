import { Fault } from '../../domain/fault.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { ConsoleDeps, ConsolePage } from '../deps.ts'
import { bounds, compute, count, day, deviceHours, energy, percent, words } from '../format.ts'
import { type Html, html, joined } from '../html.ts'
import type { PageText } from '../layout.ts'
import { readNames, type TenantName } from '../names.ts'
import {
  facts,
  head,
  link,
  operationsOf,
  section,
  statusBadge,
  table,
  tierBadge,
} from '../parts.ts'
import { usagePlot } from '../plot/usage-days.ts'
import { findingTable } from '../views/finding-table.ts'
import { runTable } from '../views/run-table.ts'
import { readView, type View, windowForm } from '../window.ts'
import { FAR, oneOf, ROWS_SHOWN } from './common.ts'

/** One account: who stands behind it, what it used, what was found. */
export const tenantPage: ConsolePage = {
  path: '/tenants/:id',
  render: (deps, { id, query }) => tenantText(deps, id, query),
}

/** Compute that nobody is named for: measured like any other and never dropped. */
export const unattributedPage: ConsolePage = {
  path: '/unattributed',
  render: (deps, { query }) => tenantText(deps, '', query),
}

const DAYS_MAX = 1200

async function tenantText(
  deps: ConsoleDeps,
  id: string,
  query: Readonly<Record<string, string>>,
): Promise<PageText> {
  const { store } = deps
  const view = await readView(deps, query)
  const window = { from: view.start, until: view.end }
  const only = { tenants: [id] }
  const [use] = await store.query('read-tenants', {
    ...window,
    ...only,
    after: '',
    first: true,
    limit: 1,
  })
  if (!use)
    throw new Fault('NOT_FOUND', `there is no tenant ${id || 'without a name'} in this time`)
  const name = (await readNames(store, [id]))(id)
  const days = await store.query('read-usage-days', { ...window, ...only, limit: DAYS_MAX })
  const runs = await store.query('read-runs', {
    ...window,
    ...only,
    operations_min: 0,
    after_start: view.end,
    after_id: '',
    limit: ROWS_SHOWN,
  })
  const findings = await store.query('read-findings', oneOf(only))
  const orders = await store.query('commitment-terms', { ...only, limit: ROWS_SHOWN })
  const cases = await store.query('read-cases', {
    from: 0,
    until: FAR,
    open_only: false,
    groups: [],
    ...only,
    after: '',
    limit: ROWS_SHOWN,
  })
  const title = id === '' ? 'Unattributed compute' : (name.name ?? id)
  const body = html`${head(title, id === '' ? 'Measured on devices whose records name no tenant.' : html`Account <span class="id">${id}</span> ${statusBadge(name.status)}`)}
<div class="two">${section('Who stands behind it', null, identityFacts(use, name, cases))}
${section('What it used', `${day(view.start)} to ${day(view.end)}.`, useFacts(use))}</div>
${section('Day by day', null, usagePlot(days, view))}
${section('Findings', null, findingTable(findings, deps.detectors.detectors))}
${section('Runs', runs.length === ROWS_SHOWN ? html`The newest ${ROWS_SHOWN}; <a href="${runsHref(id, view)}">all of them</a>.` : null, runTable(runs))}
${orders.length > 0 && section('Commitments', 'What was ordered, each in its newest revision.', orderTable(orders))}
<section>${windowForm(view)}</section>`
  return { title, section: '/tenants', body }
}

function runsHref(id: string, view: View): string {
  const query = new URLSearchParams({ tenant: id, from: day(view.start), to: day(view.end) })
  return `/runs?${query}`
}

function identityFacts(
  use: QueryRow<'read-tenants'>,
  name: TenantName,
  cases: readonly QueryRow<'read-cases'>[],
): Html {
  return facts([
    ['Customer', name.name ?? 'not known to provider'],
    ['Reseller', name.is_resold && 'the account comes through a reseller'],
    [
      'Identity',
      html`${statusBadge(name.status)} ${name.reason}${name.basis !== '' && ` (${name.basis})`}`,
    ],
    ['Control group', html`<span class="id">${use.group_id}</span>`],
    [
      'Cases',
      joined(
        cases.map(
          found =>
            html`${link('/cases', found.case_id)} <span class="soft">${words(found.state)}</span>`,
        ),
        html`<br>`,
      ),
    ],
  ])
}

function useFacts(use: QueryRow<'read-tenants'>): Html {
  const operations = operationsOf(use)
  const all_s = use.observed_device_s + use.dark_device_s
  return facts([
    [
      'Operations',
      operations.hi > 0
        ? html`<b>${compute(operations.mid)}</b> (${bounds(operations)}) ${tierBadge(use.tier)}`
        : 'none',
    ],
    ['Seen', deviceHours(use.observed_device_s)],
    [
      'Busy',
      all_s > 0 && `${deviceHours(use.busy_device_s)}, ${percent(use.busy_device_s / all_s)}`,
    ],
    ['Billed', deviceHours(use.billed_device_s)],
    [
      'Dark',
      `${deviceHours(use.dark_device_s)} billed, but not seen${all_s > 0 ? ` (${percent(use.dark_device_s / all_s)})` : ''}`,
    ],
    ['Energy', energy(use.energy_j)],
    ['Devices', `up to ${count(use.devices)} in an hour`],
    ['Accelerators', use.chips.join(', ')],
  ])
}

function orderTable(rows: readonly QueryRow<'commitment-terms'>[]): Html {
  return table(
    rows,
    [
      {
        title: 'Commitment',
        cell: row =>
          html`<span class="id">${row.commitment_id}</span><small>revision ${row.revision}</small>`,
      },
      { title: 'Status', cell: row => row.status },
      { title: 'Accelerators', cell: row => `${count(row.accelerators)} × ${row.accelerator}` },
      {
        title: 'Term',
        kind: 'w',
        cell: row => html`${day(row.start)}<small>to ${day(row.end)}</small>`,
      },
      {
        title: 'Fabric',
        kind: 'n',
        cell: row => (row.fabric_gbps === null ? 'not said' : `${count(row.fabric_gbps)} Gbit/s`),
      },
      { title: 'Declared use', cell: row => row.declared_use || 'none' },
      {
        title: 'Signed',
        kind: 'w',
        cell: row => (row.signed_at === null ? 'not said' : day(row.signed_at)),
      },
    ],
    'Commitments',
    'No commitment.',
  )
}
