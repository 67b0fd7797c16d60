import { isUtf8 } from 'node:buffer'
import { Fault } from '../../domain/fault.ts'
import type { Decode, DecodeBounds, DecodedRecord } from '../../ports/intake.ts'
import { invalidUtf8, readJson, recordOfValue, refused } from './read-record.ts'

/**
 * All records of one message: one JSON object, an array, or NDJSON. What a body answers with a
 * fault is here one more record, a rejected one: a message that cannot be read must neither stop
 * its partition nor vanish.
 */
export async function decodeMessage(
  decode: Decode,
  value: Uint8Array,
  bounds: DecodeBounds,
): Promise<readonly DecodedRecord[]> {
  const single = singleObject(value, bounds)
  if (single !== null) return [single]
  const records: DecodedRecord[] = []
  try {
    for await (const block of decode(oneChunk(value), 'auto', bounds)) records.push(...block)
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
    const raw = value.subarray(0, bounds.raw_bytes_kept)
    const reason = fault.code === 'BODY_TOO_LARGE' ? 'record_too_large' : 'malformed_json'
    records.push(refused(records.length + 1, raw, { reason, detail: fault.message }))
  }
  return records
}

const [OPEN, NEWLINE] = [0x7b, 0x0a]

/** The rule rather than the exception: one object on one line. null: look closer. */
function singleObject(value: Uint8Array, bounds: DecodeBounds): DecodedRecord | null {
  if (value[0] !== OPEN || value.byteLength > bounds.record_bytes_max) return null
  const newline = value.indexOf(NEWLINE)
  if (newline !== -1 && newline !== value.byteLength - 1) return null
  if (!isUtf8(value)) return invalidUtf8(1, value)
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  const read = readJson(text)
  return read.ok ? recordOfValue(read.value, text.trimEnd(), 1) : null
}

async function* oneChunk(value: Uint8Array): AsyncGenerator<Uint8Array> {
  yield value
}
