import type { QueryRow } from '../../ports/queries/registry.ts'
import type { ConsolePage } from '../deps.ts'
import { compute, count, day, deviceHours, duration, moment, percent, words } from '../format.ts'
import { type Html, html } from '../html.ts'
import { head, section, table, tenantLink } from '../parts.ts'
import { qualityStrip } from '../views/quality-strip.ts'
import { readView, windowForm } from '../window.ts'
import { FAR } from './common.ts'

/** What was seen and what was not, and what became of everything that was sent. */
export const coveragePage: ConsolePage = {
  path: '/coverage',
  render: async (deps, { query }) => {
    const { store } = deps
    const view = await readView(deps, query)
    const window = { from: view.start, until: view.end }
    const always = { from: 0, until: FAR }
    const [totals] = await store.query('read-coverage-totals', window)
    const tenants = await store.query('read-coverage-tenants', { ...window, limit: TENANTS_MAX })
    const chips = await store.query('read-unknown-chips', { ...window, limit: CHIPS_MAX })
    const conflicts = await store.query('sample-conflicts-count', { ...window, limit: HOURS_MAX })
    const quarantine = await store.query('read-quarantine-counts', { ...always, limit: CHIPS_MAX })
    const ledger = await store.query('read-ledger', always)
    const partitions = await store.query('audit-partitions', { since: 0 })
    const body = html`${head('Data quality', html`What the picture rests on, ${day(view.start)} to ${day(view.end)}. Missing telemetry raises upper estimates; hiding never helps.`)}
${totals && section('In all', null, qualityStrip(totals, quarantine))}
${section('By tenant', 'The least seen first.', tenantTable(tenants))}
${section('Unknown chips', 'Stored and counted, but without an estimate until config/accelerators.yaml knows the model string.', chipTable(chips))}
${section('Conflicting samples', 'Two contents of one revision under one identity; one of them counts, the same on every replay.', conflictTable(conflicts))}
${section('Quarantine', html`What was not taken in, by reason; the records themselves are at <a href="/v1/quarantine">/v1/quarantine</a>.`, quarantineTable(quarantine))}
${section('Ledger of deliveries', html`Consumed = accepted + duplicates + quarantined, for every stream; each delivery is at <a href="/v1/batches">/v1/batches</a>.`, ledgerTable(ledger))}
${partitions.length > 0 && section('Partitions', html`What was read of each partition of the log; <code>flopwatch audit</code> sets it against what the store holds.`, partitionTable(partitions))}
<section>${windowForm(view)}</section>`
    return { title: 'Data quality', section: '/coverage', body }
  },
}

const TENANTS_MAX = 200
const CHIPS_MAX = 200
const HOURS_MAX = 20_000

function tenantTable(rows: readonly QueryRow<'read-coverage-tenants'>[]): Html {
  const all = (row: QueryRow<'read-coverage-tenants'>) => row.observed_device_s + row.dark_device_s
  return table(
    rows,
    [
      { title: 'Tenant', cell: row => tenantLink(row.tenant_id) },
      {
        title: 'Seen',
        kind: 'n',
        cell: row =>
          html`${percent(all(row) > 0 ? row.observed_device_s / all(row) : 0)}<small>${deviceHours(row.observed_device_s)}</small>`,
      },
      { title: 'Billed', kind: 'n', cell: row => deviceHours(row.billed_device_s) },
      {
        title: 'Dark',
        kind: 'n',
        cell: row =>
          html`${deviceHours(row.dark_device_s)}<small>${row.dark_hi > 0 && `up to ${compute(row.dark_hi)} operations`}</small>`,
      },
      { title: 'Unknown chips', kind: 'n', cell: row => deviceHours(row.unknown_chip_device_s) },
      { title: 'No figure', kind: 'n', cell: row => deviceHours(row.unmetered_s) },
      {
        title: 'Silent zero',
        kind: 'n',
        cell: row => (row.silent_zero_s > 0 ? duration(row.silent_zero_s * 1000) : '0 s'),
      },
      { title: 'Counter resets', kind: 'n', cell: row => count(row.counter_resets) },
    ],
    'Coverage by tenant',
    'No usage is stored for this time.',
  )
}

function chipTable(rows: readonly QueryRow<'read-unknown-chips'>[]): Html {
  return table(
    rows,
    [
      {
        title: 'As the driver spells it',
        cell: row => html`<code>${row.accelerator || '(empty)'}</code>`,
      },
      { title: 'Devices', kind: 'n', cell: row => count(row.devices) },
      { title: 'Tenants', kind: 'n', cell: row => count(row.tenants) },
      { title: 'Time', kind: 'n', cell: row => deviceHours(row.device_s) },
      { title: 'First', kind: 'w', cell: row => moment(row.first_hour) },
      { title: 'Last', kind: 'w', cell: row => moment(row.last_hour) },
    ],
    'Accelerators that the catalogue does not know',
    'The catalogue knows every accelerator that was seen.',
  )
}

function conflictTable(rows: readonly QueryRow<'sample-conflicts-count'>[]): Html {
  const byTenant = [...Map.groupBy(rows, row => row.tenant_id)].map(([tenant_id, own]) => ({
    tenant_id,
    hours: own.length,
    conflicts: own.reduce((sum, row) => sum + row.conflicts, 0),
  }))
  return table(
    byTenant,
    [
      { title: 'Tenant', cell: row => tenantLink(row.tenant_id) },
      { title: 'Conflicts', kind: 'n', cell: row => count(row.conflicts) },
      { title: 'Hours with any', kind: 'n', cell: row => count(row.hours) },
    ],
    'Conflicts by tenant',
    'No two samples contradict each other.',
  )
}

function quarantineTable(rows: readonly QueryRow<'read-quarantine-counts'>[]): Html {
  return table(
    rows,
    [
      { title: 'Stream', cell: row => row.stream },
      { title: 'Reason', cell: row => words(row.reason) },
      { title: 'Records', kind: 'n', cell: row => count(row.records) },
      { title: 'Newest', kind: 'w', cell: row => moment(row.last_at) },
      { title: 'What was wrong with it', cell: row => row.example },
    ],
    'Quarantine by reason',
    'Nothing was quarantined.',
  )
}

function ledgerTable(rows: readonly QueryRow<'read-ledger'>[]): Html {
  const balanced = (row: QueryRow<'read-ledger'>) =>
    row.consumed === row.accepted + row.duplicates + row.quarantined
  return table(
    rows,
    [
      { title: 'Stream', cell: row => row.stream },
      { title: 'Deliveries', kind: 'n', cell: row => count(row.batches) },
      { title: 'Consumed', kind: 'n', cell: row => count(row.consumed) },
      {
        title: 'Accepted',
        kind: 'n',
        cell: row =>
          html`${count(row.accepted)}<small>${row.revised > 0 && `${count(row.revised)} revised`}</small>`,
      },
      { title: 'Duplicates', kind: 'n', cell: row => count(row.duplicates) },
      { title: 'Quarantined', kind: 'n', cell: row => count(row.quarantined) },
      { title: 'Adds up', cell: row => (balanced(row) ? 'yes' : html`<b>no</b>`) },
      { title: 'Newest', kind: 'w', cell: row => moment(row.last_at) },
    ],
    'Deliveries by stream',
    'Nothing was delivered yet.',
  )
}

function partitionTable(rows: readonly QueryRow<'audit-partitions'>[]): Html {
  return table(
    rows,
    [
      { title: 'Partition', cell: row => html`${row.topic}/${String(row.partition)}` },
      {
        title: 'Offsets',
        kind: 'n',
        cell: row => html`${count(row.offset_first)}–${count(row.offset_next)}`,
      },
      { title: 'Consumed', kind: 'n', cell: row => count(row.consumed) },
      { title: 'Accepted', kind: 'n', cell: row => count(row.accepted) },
      { title: 'Duplicates', kind: 'n', cell: row => count(row.duplicates) },
      { title: 'Quarantined', kind: 'n', cell: row => count(row.quarantined) },
      {
        title: 'Adds up',
        cell: row =>
          row.consumed === row.accepted + row.duplicates + row.quarantined
            ? 'yes'
            : html`<b>no</b>`,
      },
    ],
    'Partitions of the log',
    'No partition was read yet.',
  )
}
