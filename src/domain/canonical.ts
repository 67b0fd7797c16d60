import { hash } from 'node:crypto'

/**
 * The one spelling of a value that hashes and reports rest on: JSON after RFC 8785 (sorted keys,
 * no white space). Two programs that follow the RFC get the same bytes from the same content.
 */

export type Canonical =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Canonical[]
  | { readonly [key: string]: Canonical }

/**
 * Serialises after RFC 8785. ECMAScript's own number and string forms are those of the RFC, so
 * only key order is left to do. Keys whose value is undefined are left out; lone surrogates, which
 * the RFC forbids, become U+FFFD; NaN and infinities are a programmer error.
 */
export function canonicalJson(value: Canonical): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`${value} has no JSON form`)
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareUtf16(a, b))
    .map(([key, member]) => `${JSON.stringify(key.toWellFormed())}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** SHA-256 of the canonical form: equal content, equal digest. */
export function contentDigest(value: Canonical): string {
  return sha256Hex(canonicalJson(value))
}

/** SHA-256 in lower-case hex of bytes, or of text as UTF-8. */
export function sha256Hex(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex')
}

/** Order of UTF-16 code units: RFC 8785's key order, and the same on every machine's locale. */
export function compareUtf16(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function isList(value: object): value is readonly Canonical[] {
  return Array.isArray(value)
}
