import type { QueryRow } from '../../ports/queries/registry.ts'
import { count, deviceHours, duration, energy, moment } from '../format.ts'
import { type Html, html } from '../html.ts'
import { link, operationsCell, operationsOf, table, tenantLink } from '../parts.ts'

/** Runs as rows. */
export function runTable(rows: readonly QueryRow<'read-runs'>[]): Html {
  return table(
    rows,
    [
      {
        title: 'Run',
        cell: row => html`${link('/runs', row.run_id)}<small>${row.chips.join(', ')}</small>`,
      },
      { title: 'Tenant', cell: row => tenantLink(row.tenant_id) },
      {
        title: 'Time',
        kind: 'w',
        cell: row =>
          html`${moment(row.start)}<small>for ${duration(row.end - row.start)}, ${count(row.segment_count)} segments</small>`,
      },
      {
        title: 'Devices',
        kind: 'n',
        cell: row => html`${count(row.devices_max)}<small>${deviceHours(row.device_s)}</small>`,
      },
      { title: 'Energy', kind: 'n', cell: row => energy(row.energy_j) },
      { title: 'Operations', kind: 'n', cell: row => operationsCell(operationsOf(row), row.tier) },
    ],
    'Runs',
    'No run overlaps this time.',
  )
}
