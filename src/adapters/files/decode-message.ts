import { isUtf8 } from 'node:buffer'
import { Fault } from '../../domain/fault.ts'
import {
  type Decode,
  type DecodeBounds,
  type DecodedBlock,
  type DecodedRecord,
  recordsOf,
} from '../../ports/intake.ts'
import { readLines } from './decode-lines.ts'
import { invalidUtf8, readJson, recordOfValue, refused } from './read-record.ts'

/**
 * One message: one JSON object, an array, or NDJSON. What a body answers with a fault is here one
 * more record, a rejected one: a message that cannot be read must neither stop its partition nor
 * vanish.
 */
export async function decodeMessage(
  decode: Decode,
  value: Uint8Array,
  bounds: DecodeBounds,
): Promise<DecodedBlock> {
  switch (layoutOf(value, bounds)) {
    case 'object':
      return { bytes: value, first: 1, read: () => readWhole(decode, value, bounds) }
    case 'lines':
      return {
        bytes: value,
        first: 1,
        read: (lines, position) => readLines(lines, position, bounds),
      }
    default:
      return readBody(decode, value, bounds)
  }
}

const [OPEN, NEWLINE] = [0x7b, 0x0a]
const SPACE: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d])

/** The rule rather than the exception: objects, each on one line. null: look closer. */
function layoutOf(value: Uint8Array, bounds: DecodeBounds): 'object' | 'lines' | null {
  if (value[0] !== OPEN) return null
  const newline = value.indexOf(NEWLINE)
  if (newline === -1 || newline === value.byteLength - 1) {
    return value.byteLength > bounds.record_bytes_max ? null : 'object'
  }
  if (bounds.body_bytes_max !== null && value.byteLength > bounds.body_bytes_max) return null
  let next = newline + 1
  while (SPACE.has(value[next])) next += 1
  return value[next] === OPEN ? 'lines' : null
}

async function readWhole(
  decode: Decode,
  value: Uint8Array,
  bounds: DecodeBounds,
): Promise<readonly DecodedRecord[]> {
  if (!isUtf8(value)) return [invalidUtf8(1, value)]
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  const read = readJson(text)
  if (read.ok) return [recordOfValue(read.value, text.trimEnd(), 1)]
  return readBody(decode, value, bounds)
}

async function readBody(
  decode: Decode,
  value: Uint8Array,
  bounds: DecodeBounds,
): Promise<readonly DecodedRecord[]> {
  const records: DecodedRecord[] = []
  try {
    for await (const block of decode(oneChunk(value), 'auto', bounds)) {
      records.push(...(await recordsOf(block)))
    }
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
    const raw = value.subarray(0, bounds.raw_bytes_kept)
    const reason = fault.code === 'BODY_TOO_LARGE' ? 'record_too_large' : 'malformed_json'
    records.push(refused(records.length + 1, raw, { reason, detail: fault.message }))
  }
  return records
}

async function* oneChunk(value: Uint8Array): AsyncGenerator<Uint8Array> {
  yield value
}
