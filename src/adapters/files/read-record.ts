import { createHash } from 'node:crypto'
import { quoted, type Rejection } from '../../domain/records/reject.ts'
import type { DecodedRecord } from '../../ports/intake.ts'
import { locateFault } from './locate-fault.ts'
import { duplicateMember, NESTING_MAX, scanJson } from './scan-json.ts'

/** JSON text of one record to a value, with everything that JSON.parse lets pass. */

/** What JSON.parse said, where the text is not JSON at all. */
export interface JsonFault {
  readonly message: string
  /** Characters from the start of the text. */
  readonly at: number
}

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: JsonFault }

/**
 * Reads JSON; a bare `NaN`, which several languages write and JSON lacks, reads as null and so as
 * *missing*. Infinities stay a fault: they are a value, and no true one.
 */
export function readJson(text: string): JsonReading {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return readWithNaN(text)
  }
}

function readWithNaN(text: string): JsonReading {
  const named = /\bNaN\b/.test(text)
  const plain = named ? withoutNaN(text) : text
  try {
    if (named) return { ok: true, value: JSON.parse(plain) }
  } catch {
    // Still no JSON: the fault below is that of the text with its NaN read.
  }
  const at = locateFault(plain)
  return { ok: false, fault: { message: describeAt(plain, at), at } }
}

/** `-NaN` and `NaN` outside of strings become null, blanks keeping every position as it was. */
function withoutNaN(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\bNaN\b/gs, part =>
    part.endsWith('NaN') ? 'null'.padEnd(part.length) : part,
  )
}

function describeAt(text: string, at: number): string {
  if (at >= text.trimEnd().length) return 'it ends too early'
  return `${quoted(text.slice(at, at + 12))} cannot stand there`
}

/** One record from its text. Never throws. */
export function recordOf(text: string, position: number): DecodedRecord {
  const read = readJson(text)
  if (!read.ok) {
    const { message, at } = read.fault
    return refused(position, text, {
      reason: 'malformed_json',
      detail: `not JSON at character ${at + 1} of ${quoted(text)}: ${message}`,
    })
  }
  return recordOfValue(read.value, text, position)
}

/** The checks that need both the value and the text it came from. */
export function recordOfValue(value: unknown, text: string, position: number): DecodedRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(position, text, {
      reason: 'not_an_object',
      detail: `the record is ${quoted(value)}; it must be a JSON object`,
    })
  }
  const { members, depth } = scanJson(text)
  if (depth > NESTING_MAX) {
    return refused(position, text, {
      reason: 'nested_too_deep',
      detail: `the record nests ${depth} levels deep; ${NESTING_MAX} are read`,
    })
  }
  const name = duplicateMember(text, value, members)
  if (name !== null) {
    return refused(position, text, {
      reason: 'duplicate_key',
      detail: `${quoted(name)} occurs twice in one object`,
    })
  }
  return { position, value, rejection: null, raw: text }
}

export function refused(
  position: number,
  raw: string | Uint8Array,
  rejection: Rejection,
): DecodedRecord {
  return { position, value: null, rejection, raw }
}

export function invalidUtf8(position: number, raw: Uint8Array): DecodedRecord {
  return refused(position, raw, {
    reason: 'invalid_utf8',
    detail: 'the record holds bytes that are not UTF-8 (Latin-1 text?); send it as UTF-8',
  })
}

/** A record that is longer than the bound: its beginning, its length and the hash of the whole. */
export interface Oversize {
  add(bytes: Uint8Array): void
  record(position: number): DecodedRecord
}

/** Keeps `kept` bytes of what is added; the rest is only counted and hashed. */
export function oversize(kept: number, max: number): Oversize {
  const hash = createHash('sha256')
  const beginning: Uint8Array[] = []
  let length = 0
  return {
    add(bytes) {
      if (length < kept) beginning.push(bytes.slice(0, kept - length))
      length += bytes.byteLength
      hash.update(bytes)
    },
    record: position =>
      refused(position, Buffer.concat(beginning), {
        reason: 'record_too_large',
        detail: `the record has ${length} bytes of at most ${max}; SHA-256 ${hash.digest('hex')}`,
      }),
  }
}
