import { sha256Hex } from '../../domain/canonical.ts'
import type { Rejection } from '../../domain/records/reject.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { toSqlTime } from '../../domain/window.ts'
import type { DecodedRecord } from '../../ports/intake.ts'
import type { DeliveryContext, TableWrite } from './plan.ts'

/** Records that were not taken in: kept with their bytes, their place and the reason. */

const COLUMNS = [
  'quarantine_id',
  'stream',
  'reason',
  'detail',
  'raw_base64',
  'source',
  'position',
  'batch_id',
  'received_at',
]

/**
 * One row as a line. The id rests on where the record came from and on its bytes, so the same file
 * sent again does not fill quarantine with copies.
 */
export function quarantineLine(
  record: Pick<DecodedRecord, 'raw' | 'position' | 'stream'>,
  rejection: Rejection,
  delivery: DeliveryContext,
  source: string,
): string {
  const raw = typeof record.raw === 'string' ? Buffer.from(record.raw) : Buffer.from(record.raw)
  const stream = record.stream ?? delivery.kind
  const origin = [stream, source, record.position, rejection.reason, sha256Hex(raw)]
  const cells = [
    `qua-${sha256Hex(JSON.stringify(origin)).slice(0, 16)}`,
    stream,
    rejection.reason,
    rejection.detail.toWellFormed(),
    raw.toString('base64'),
    source,
    record.position,
    delivery.batch_id,
    toSqlTime(delivery.received_at),
  ]
  return tabLine(cells)
}

export function quarantineWrite(lines: readonly string[]): TableWrite {
  return { table: 'quarantine', columns: COLUMNS, lines, partitions: null }
}
