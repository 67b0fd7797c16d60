import { bodyFault } from '../../domain/body-fault.ts'
import { Fault } from '../../domain/fault.ts'
import type { BodyFormat, DecodeBounds, DecodedBlock } from '../../ports/intake.ts'
import { decodeLines } from './decode-lines.ts'
import { decodeTable } from './decode-table.ts'
import { decodeValues } from './decode-values.ts'
import { gunzip } from './gunzip.ts'
import { type Ahead, readAhead } from './read-ahead.ts'
import { readJson } from './read-record.ts'

/** Far enough to see a first line of telemetry and how the next one begins. */
const LOOK_BYTES = 65_536

/**
 * Bytes to records, whatever the body turns out to be: gzip or plain; a JSON array, one JSON object
 * or several, NDJSON, or CSV. The body is told by its bytes; `format` settles only what bytes
 * cannot (a table, or lines of which the first is broken). See `Decode` for the faults.
 */
export async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  format: BodyFormat,
  bounds: DecodeBounds,
): AsyncGenerator<DecodedBlock> {
  const plain = bounded(gunzip(bytes), bounds.body_bytes_max)
  const ahead = await readAhead(plain, LOOK_BYTES, head => secondLineBegins(head) !== null)
  const body = withoutByteOrderMark(ahead)
  const layout = layoutOf(body, format)
  switch (layout) {
    case 'array':
    case 'sequence':
      yield* decodeValues(body.all, layout, bounds)
      return
    case 'lines':
      yield* decodeLines(body.all, bounds)
      return
    case 'table':
      yield* decodeTable(body.all, bounds)
      return
  }
}

type Layout = 'array' | 'sequence' | 'lines' | 'table'

function layoutOf({ head, ended }: Ahead, format: BodyFormat): Layout {
  const text = Buffer.from(head).toString('latin1')
  const first = text.trimStart().charAt(0)
  if (first === '' && ended) throw bodyFault('the body is empty', { byte: 0, line: 1 })
  if (first === '') return 'lines'
  if (format === 'csv') return 'table'
  if (first === '[') return 'array'
  if (format === 'ndjson') return 'lines'
  if (first === '{') return objectsOf(text, head)
  const next = secondLineBegins(head)
  if (next === '{' || next === '[') return 'lines'
  if (next !== null && text.split('\n', 1)[0]?.includes(',')) return 'table'
  throw bodyFault(`the body begins with "${first}", which is neither JSON nor a table`, {
    byte: text.length - text.trimStart().length,
    line: 1,
  })
}

/**
 * NDJSON, or objects spread over lines? A line that is whole JSON says NDJSON, and so does a next
 * line that opens an object, which inside an object cannot stand there: then only the first line
 * is broken.
 */
function objectsOf(text: string, head: Uint8Array): 'sequence' | 'lines' {
  const next = secondLineBegins(head)
  if (next === null) return text.length >= LOOK_BYTES ? 'lines' : 'sequence'
  if (next === '{') return 'lines'
  const line = text.trimStart().split('\n', 1)[0] ?? ''
  return readJson(line).ok ? 'lines' : 'sequence'
}

/** First character after the first line that holds anything; null while there is none. */
function secondLineBegins(head: Uint8Array): string | null {
  const text = Buffer.from(head).toString('latin1').trimStart()
  const newline = text.indexOf('\n')
  return newline === -1 ? null : text.slice(newline).trimStart().charAt(0) || null
}

function withoutByteOrderMark(ahead: Ahead): Ahead {
  const { head, all, ended } = ahead
  if (head[0] !== 0xef || head[1] !== 0xbb || head[2] !== 0xbf) return ahead
  return { head: head.subarray(3), all: skipBytes(all, 3), ended }
}

async function* skipBytes(
  bytes: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of bytes) {
    const skipped = Math.min(left, chunk.byteLength)
    left -= skipped
    if (skipped < chunk.byteLength) yield chunk.subarray(skipped)
  }
}

/** The bound after decompression: a small archive can hold any amount of zeros. */
async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  max: number | null,
): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const chunk of bytes) {
    total += chunk.byteLength
    if (max !== null && total > max) {
      throw new Fault('BODY_TOO_LARGE', `the body is longer than ${max} bytes`)
    }
    yield chunk
  }
}
