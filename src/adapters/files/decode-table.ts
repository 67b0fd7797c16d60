import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { bodyFault } from '../../domain/body-fault.ts'
import { Fault } from '../../domain/fault.ts'
import type { DecodeBounds, DecodedRecord } from '../../ports/intake.ts'
import { invalidUtf8, refused } from './read-record.ts'

const ROWS_PER_BLOCK = 1000

/**
 * CSV with a header row (RFC 4180; FOCUS exports, identity tables). Every cell is text; the record
 * schemas read numbers and blanks from text anyway. A row that does not fit its header is
 * quarantined; a header that names a column twice makes the body malformed.
 */
export async function* decodeTable(
  bytes: AsyncIterable<Uint8Array>,
  bounds: DecodeBounds,
): AsyncGenerator<DecodedRecord[]> {
  let records: DecodedRecord[] = []
  const parser = parse({
    // Latin-1 maps bytes to characters one by one, so the raw bytes survive the parser.
    encoding: 'latin1',
    columns: checkHeader,
    info: true,
    raw: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: bounds.record_bytes_max,
    on_skip: error => {
      if (error) records.push(skipped(error))
      return undefined
    },
  })
  const source = Readable.from(bytes, { objectMode: true })
  source.on('error', error => parser.destroy(error))
  source.pipe(parser)
  try {
    for await (const row of parser) {
      records.push(recordOfRow(row as TableRow))
      if (records.length < ROWS_PER_BLOCK) continue
      yield records
      records = []
    }
  } catch (error) {
    throw tableFault(error)
  } finally {
    source.destroy()
  }
  if (records.length > 0) yield records
}

interface TableRow {
  readonly record: Record<string, string>
  readonly raw: string
  readonly info: { readonly lines: number }
}

function checkHeader(header: string[]): string[] {
  const names = header.map(name => Buffer.from(name, 'latin1').toString('utf8').trim())
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return names
  throw bodyFault(`the header names the column "${twice}" twice`, { byte: 0, line: 1 })
}

function recordOfRow({ record, raw, info }: TableRow): DecodedRecord {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for ASCII
  if (/^[\x00-\x7f]*$/.test(raw)) {
    return { position: info.lines, value: record, rejection: null, raw, flat: true }
  }
  const bytes = Buffer.from(raw, 'latin1')
  if (!isUtf8(bytes)) return invalidUtf8(info.lines, bytes)
  const cells = Object.entries(record).map(([name, cell]) => [
    name,
    Buffer.from(cell, 'latin1').toString('utf8'),
  ])
  return {
    position: info.lines,
    value: Object.fromEntries(cells) as object,
    rejection: null,
    raw: bytes,
    flat: true,
  }
}

function skipped(error: CsvError): DecodedRecord {
  const line = Number(error['lines'] ?? 0)
  const raw = Buffer.from(String(error['raw'] ?? error['record'] ?? ''), 'latin1')
  return refused(line, raw, {
    reason: error.code === 'CSV_MAX_RECORD_SIZE' ? 'record_too_large' : 'malformed_csv',
    detail: error.message,
  })
}

function tableFault(error: unknown): unknown {
  if (error instanceof Fault || !(error instanceof Error) || !('code' in error)) return error
  if (!String(error.code).startsWith('CSV_')) return error
  const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : 0
  const byte = 'bytes' in error && typeof error.bytes === 'number' ? error.bytes : 0
  return bodyFault(`the CSV cannot be read: ${error.message}`, { byte, line })
}
