import type { Detector } from '../../domain/detector.ts'
import { day, limit, words } from '../format.ts'
import { type Html, html, joined } from '../html.ts'
import { badge, link, severityBadge, statusBadge, table, tenantLink } from '../parts.ts'
import type { FindingRow } from './case-card.ts'
import { detectorTitle, measuredText, stateWords } from './wording.ts'

/** Findings as rows: what, about whom, how sure. */
export function findingTable(rows: readonly FindingRow[], detectors: readonly Detector[]): Html {
  return table(
    rows,
    [
      {
        title: 'Finding',
        cell: row =>
          html`${link('/findings', row.finding_id, detectorTitle(detectors, row.detector_id))}<small>${row.detector_id}${row.raises === 'signal' && ' · signal only'}</small>`,
      },
      { title: 'About', cell: subject },
      {
        title: 'Measured',
        cell: row =>
          html`${measuredText(row)}<small>${row.threshold > 0 && `against ${limit(row.threshold, row.unit)}; `}${row.basis}</small>`,
      },
      {
        title: 'Answer',
        cell: row => html`${severityBadge(row.severity)} ${stateWords(row.state)}`,
      },
      {
        title: 'Identity',
        cell: row => (row.status ? statusBadge(row.status) : badge('', 'not yet')),
      },
      {
        title: 'Time',
        kind: 'w',
        cell: row => html`${day(row.start)}<small>to ${day(row.end)}</small>`,
      },
    ],
    'Findings',
    'No finding.',
  )
}

function subject(row: FindingRow): Html {
  const { subject_kind, subject_id } = row
  if (subject_kind === 'run') return html`run ${link('/runs', subject_id)}`
  if (subject_kind === 'tenant') return html`tenant ${tenantLink(subject_id)}`
  const members = joined(
    row.tenant_ids.map(id => tenantLink(id)),
    html`<br>`,
  )
  return html`${words(subject_kind)} ${members}`
}
