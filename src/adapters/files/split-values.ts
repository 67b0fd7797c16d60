import { type BodyPosition, bodyFault } from '../../domain/body-fault.ts'
import type { DecodeBounds } from '../../ports/intake.ts'
import { type Oversize, oversize } from './read-record.ts'

/** `array`: one JSON array of values. `sequence`: values with only white space between them. */
export type ValueLayout = 'array' | 'sequence'

/** The bytes of one value and where it begins. */
export interface ByteSpan {
  readonly parts: readonly Uint8Array[]
  readonly byte: number
  readonly line: number
  /** Set instead of `parts` when the value is longer than the bound. */
  readonly long: Oversize | null
}

interface Cutter {
  byte: number
  line: number
  depth: number
  inString: boolean
  escaped: boolean
  /** `value`: inside one; `before`: one must come; `between`: a comma or the end must come. */
  state: 'start' | 'before' | 'value' | 'between' | 'end'
  first: boolean
  value: Value
}

interface Value {
  parts: Uint8Array[]
  bytes: number
  long: Oversize | null
  readonly byte: number
  readonly line: number
}

const SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Cuts values out of a stream by brackets and quotes alone. Memory holds one value, at most
 * `record_bytes_max` of it and what the current chunk adds. Throws BODY_MALFORMED where the frame around
 * the values is broken.
 */
export async function* splitValues(
  bytes: AsyncIterable<Uint8Array>,
  layout: ValueLayout,
  bounds: DecodeBounds,
): AsyncGenerator<ByteSpan[]> {
  const cutter: Cutter = {
    byte: 0,
    line: 1,
    depth: 0,
    inString: false,
    escaped: false,
    state: layout === 'array' ? 'start' : 'before',
    first: true,
    value: emptyValue(0, 1),
  }
  for await (const chunk of bytes) {
    const spans: ByteSpan[] = []
    const fault = cutChunk(cutter, chunk, { layout, bounds, spans })
    if (spans.length > 0) yield spans
    if (fault) throw fault
  }
  const ended = layout === 'array' ? cutter.state === 'end' : cutter.state === 'before'
  if (!ended) throw bodyFault('the body ends in the middle of its JSON', at(cutter))
}

interface Cutting {
  readonly layout: ValueLayout
  readonly bounds: DecodeBounds
  readonly spans: ByteSpan[]
}

/** Cuts until the chunk ends or the frame breaks; the fault comes back so that spans survive it. */
function cutChunk(cutter: Cutter, chunk: Uint8Array, cutting: Cutting): unknown {
  try {
    cutBytes(cutter, chunk, cutting)
    return null
  } catch (fault) {
    return fault
  }
}

function cutBytes(cutter: Cutter, chunk: Uint8Array, { layout, bounds, spans }: Cutting): void {
  let from = 0
  for (let index = 0; index < chunk.byteLength; index += 1) {
    const byte = chunk[index] ?? 0
    if (cutter.state === 'value') {
      const end = endsValue(cutter, byte, layout)
      if (end !== null) {
        keep(cutter, chunk.subarray(from, end === 'before' ? index : index + 1), bounds)
        spans.push(takeSpan(cutter))
        cutter.state = layout === 'array' ? 'between' : 'before'
        if (end === 'before') betweenValues(cutter, byte, layout)
      }
    } else {
      betweenValues(cutter, byte, layout)
      if (isValue(cutter)) from = index
    }
    cutter.byte += 1
    if (byte === 0x0a) cutter.line += 1
  }
  if (isValue(cutter)) keep(cutter, chunk.subarray(from), bounds)
}

function isValue(cutter: Cutter): boolean {
  return cutter.state === 'value'
}

/** One byte outside of any value. */
function betweenValues(cutter: Cutter, byte: number, layout: ValueLayout): void {
  if (SPACE.has(byte)) return
  switch (cutter.state) {
    case 'start':
      if (byte !== OPEN_ARRAY) throw bodyFault('a JSON array must begin with [', at(cutter))
      cutter.state = 'before'
      return
    case 'between':
      if (byte === COMMA) cutter.state = 'before'
      else if (byte === CLOSE_ARRAY) cutter.state = 'end'
      else throw bodyFault('a comma or ] must follow a value', at(cutter))
      cutter.first = false
      return
    case 'before':
      if (layout === 'array' && byte === CLOSE_ARRAY && cutter.first) {
        cutter.state = 'end'
        return
      }
      if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        throw bodyFault(`a value must stand before "${String.fromCharCode(byte)}"`, at(cutter))
      }
      beginValue(cutter, byte)
      return
    default:
      throw bodyFault('something follows the end of the JSON', at(cutter))
  }
}

function beginValue(cutter: Cutter, byte: number): void {
  cutter.state = 'value'
  cutter.value = emptyValue(cutter.byte, cutter.line)
  cutter.inString = byte === QUOTE
  cutter.escaped = false
  cutter.depth = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? 1 : 0
}

/** Whether this byte ends the value: after it, or before it (a comma ends a bare number). */
function endsValue(cutter: Cutter, byte: number, layout: ValueLayout): 'after' | 'before' | null {
  if (cutter.inString) {
    if (cutter.escaped) cutter.escaped = false
    else if (byte === BACKSLASH) cutter.escaped = true
    else if (byte === QUOTE) {
      cutter.inString = false
      return cutter.depth === 0 ? 'after' : null
    }
    return null
  }
  if (byte === QUOTE) cutter.inString = true
  else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) cutter.depth += 1
  else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
    if (cutter.depth === 0) return 'before'
    cutter.depth -= 1
    return cutter.depth === 0 ? 'after' : null
  } else if (cutter.depth === 0 && (byte === COMMA || SPACE.has(byte))) {
    return layout === 'array' || SPACE.has(byte) ? 'before' : null
  }
  return null
}

function emptyValue(byte: number, line: number): Value {
  return { parts: [], bytes: 0, long: null, byte, line }
}

/** Beyond the bound parts are only counted and hashed. */
function keep(cutter: Cutter, part: Uint8Array, bounds: DecodeBounds): void {
  const { value } = cutter
  value.bytes += part.byteLength
  if (value.long === null && value.bytes > bounds.record_bytes_max) {
    value.long = oversize(bounds.raw_bytes_kept, bounds.record_bytes_max)
    for (const earlier of value.parts) value.long.add(earlier)
    value.parts = []
  }
  if (value.long) value.long.add(part)
  else value.parts.push(part)
}

function takeSpan(cutter: Cutter): ByteSpan {
  const { parts, long, byte, line } = cutter.value
  cutter.value = emptyValue(0, 0)
  return { parts, byte, line, long }
}

function at(cutter: Cutter): BodyPosition {
  return { byte: cutter.byte, line: cutter.line }
}
