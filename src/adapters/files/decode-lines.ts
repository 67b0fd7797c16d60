import { isUtf8 } from 'node:buffer'
import { countNewlines, NEWLINE } from '../../domain/newlines.ts'
import type { DecodeBounds, DecodedBlock, DecodedRecord, LineBlock } from '../../ports/intake.ts'
import { invalidUtf8, type Oversize, oversize, recordOf } from './read-record.ts'

/**
 * NDJSON: a line is a record, so a broken line harms no other. Blocks of whole lines leave uncut;
 * only a line longer than the bound leaves as the record that it is.
 */
export async function* decodeLines(
  bytes: AsyncIterable<Uint8Array>,
  bounds: DecodeBounds,
): AsyncGenerator<DecodedBlock> {
  let position = 1
  let rest: Uint8Array[] = []
  let rest_bytes = 0
  let long: Oversize | null = null
  for await (const chunk of bytes) {
    const first = chunk.indexOf(NEWLINE)
    if (first === -1) {
      rest_bytes += chunk.byteLength
      if (long) long.add(chunk)
      else rest.push(chunk)
      if (!long && rest_bytes > bounds.record_bytes_max) {
        long = startOversize(rest, bounds)
        rest = []
      }
      continue
    }
    const last = chunk.lastIndexOf(NEWLINE)
    // The line that began in an earlier chunk, then the others without copying them.
    const begun = long ? endOversize(long, chunk.subarray(0, first), position) : null
    const head = lineBlock([...rest, chunk.subarray(0, first + 1)], position, bounds)
    yield begun ?? head
    const body = lineBlock([chunk.subarray(first + 1, last + 1)], position + 1, bounds)
    if (body.bytes.byteLength > 0) yield body
    position += 1 + countNewlines(body.bytes)
    long = null
    rest = last + 1 < chunk.byteLength ? [chunk.subarray(last + 1)] : []
    rest_bytes = chunk.byteLength - last - 1
  }
  if (long) yield [long.record(position)]
  else if (rest.length > 0) yield lineBlock(rest, position, bounds)
}

function endOversize(long: Oversize, bytes: Uint8Array, position: number): DecodedRecord[] {
  long.add(bytes)
  return [long.record(position)]
}

function lineBlock(parts: readonly Uint8Array[], first: number, bounds: DecodeBounds): LineBlock {
  const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  return { bytes, first, read: (lines, position) => readLines(lines, position, bounds) }
}

/** The records of whole lines, of which the first has the position; blank lines only count. */
export function readLines(
  lines: Uint8Array,
  position: number,
  bounds: DecodeBounds,
): DecodedRecord[] {
  const records: DecodedRecord[] = []
  decodeBlock(asBuffer(lines), { count: position - 1 }, bounds, records)
  return records
}

function startOversize(parts: readonly Uint8Array[], bounds: DecodeBounds): Oversize {
  const started = oversize(bounds.raw_bytes_kept, bounds.record_bytes_max)
  for (const part of parts) started.add(part)
  return started
}

/** Only a block that is not UTF-8 is looked at line by line. */
function decodeBlock(
  block: Buffer,
  lines: { count: number },
  bounds: DecodeBounds,
  records: DecodedRecord[],
): void {
  if (block.byteLength === 0) return
  if (!isUtf8(block)) {
    decodeBytes(block, lines, bounds, records)
    return
  }
  const text = block.toString('utf8')
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    lines.count += 1
    // A record is at most three bytes per UTF-16 unit; only then is its exact length of interest.
    const size = end - start
    const tooLong =
      size * 3 > bounds.record_bytes_max &&
      Buffer.byteLength(text.slice(start, end)) > bounds.record_bytes_max
    if (tooLong) {
      records.push(startOversize([Buffer.from(text.slice(start, end))], bounds).record(lines.count))
    } else if (size > 0 && !isBlank(text, start, end)) {
      records.push(recordOf(text.slice(start, end), lines.count))
    }
    start = end + 1
  }
}

/** Cheap for the usual line, which starts with a brace. */
function isBlank(text: string, start: number, end: number): boolean {
  return text.charCodeAt(start) <= 32 && text.slice(start, end).trim() === ''
}

function decodeBytes(
  block: Buffer,
  lines: { count: number },
  bounds: DecodeBounds,
  records: DecodedRecord[],
): void {
  for (let start = 0; start < block.byteLength; ) {
    const newline = block.indexOf(NEWLINE, start)
    const end = newline === -1 ? block.byteLength : newline
    const line = block.subarray(start, end)
    if (isUtf8(line)) decodeBlock(line, lines, bounds, records)
    else {
      lines.count += 1
      records.push(
        line.byteLength > bounds.record_bytes_max
          ? startOversize([line], bounds).record(lines.count)
          : invalidUtf8(lines.count, Buffer.from(line)),
      )
    }
    // An empty line decodes to nothing above and still has a number.
    if (line.byteLength === 0) lines.count += 1
    start = end + 1
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
