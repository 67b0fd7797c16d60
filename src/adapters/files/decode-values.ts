import { isUtf8 } from 'node:buffer'
import { bodyFault } from '../../domain/body-fault.ts'
import type { DecodeBounds, DecodedRecord } from '../../ports/intake.ts'
import { invalidUtf8, readJson, recordOfValue } from './read-record.ts'
import { type ByteSpan, splitValues, type ValueLayout } from './split-values.ts'

/**
 * A JSON array, or JSON objects one after the other (also spread over lines): values are cut out
 * by their brackets and parsed one by one. Unlike NDJSON nothing tells where the next record
 * begins after a syntax fault, so one makes the body malformed. A value that is JSON but no good
 * record is quarantined like any other.
 */
export async function* decodeValues(
  bytes: AsyncIterable<Uint8Array>,
  layout: ValueLayout,
  bounds: DecodeBounds,
): AsyncGenerator<DecodedRecord[]> {
  let count = 0
  for await (const spans of splitValues(bytes, layout, bounds)) {
    const records: DecodedRecord[] = []
    const fault = decodeSpans(spans, count, records)
    count += records.length
    // What stands before a fault is not lost to it.
    if (records.length > 0) yield records
    if (fault) throw fault
  }
}

function decodeSpans(
  spans: readonly ByteSpan[],
  before: number,
  records: DecodedRecord[],
): unknown {
  try {
    for (const span of spans) records.push(recordOfSpan(span, before + records.length + 1))
    return null
  } catch (fault) {
    return fault
  }
}

function recordOfSpan(span: ByteSpan, position: number): DecodedRecord {
  if (span.long) return span.long.record(position)
  const joined = Buffer.concat(span.parts)
  if (!isUtf8(joined)) return invalidUtf8(position, joined)
  const text = joined.toString('utf8')
  const read = readJson(text)
  if (read.ok) return recordOfValue(read.value, text, position)
  const { message, at } = read.fault
  const before = text.slice(0, at)
  throw bodyFault(`record ${position} is not JSON: ${message}`, {
    byte: span.byte + Buffer.byteLength(before),
    line: span.line + before.split('\n').length - 1,
  })
}
