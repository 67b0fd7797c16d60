import { z } from 'zod'
import { formatInstant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { time } from './common.ts'

export const reportShape = z
  .object({
    report_id: z.string(),
    case_id: z.string(),
    version: z.number(),
    case_version: z.number().describe('number of events of the case that it tells'),
    group_id: z.string(),
    built_at: time,
    content_hash: z.string(),
    files: z.record(z.string(), z.string()).describe('where each file of the package is'),
  })
  .meta({
    id: 'Report',
    description: 'One version of a report; the same bytes are the same version',
  })

export function answerReport(row: QueryRow<'read-reports'>): z.output<typeof reportShape> {
  const { report_id, case_id, version, case_seq, group_id, built_at, content_hash } = row
  return {
    report_id,
    case_id,
    version,
    case_version: case_seq,
    group_id,
    built_at: formatInstant(built_at),
    content_hash,
    files: Object.fromEntries(
      ['json', 'html', 'pdf'].map(format => [format, `/v1/reports/${report_id}.${format}`]),
    ),
  }
}

export const reportDetailShape = reportShape
  .extend({ manifest: z.record(z.string(), z.unknown()) })
  .meta({ id: 'ReportDetail' })
