import { hash } from 'node:crypto'

/**
 * The one spelling of a value that hashes and reports rest on: JSON after RFC 8785 (sorted keys,
 * no white space). Two programs that follow the RFC get the same bytes from the same content.
 */

/** Plain data, for those who want the compiler to say what the functions below check. */
export type Canonical =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Canonical[]
  | { readonly [key: string]: Canonical }

/**
 * Serialises plain data after RFC 8785. ECMAScript's own number and string forms are those of the
 * RFC, so only key order is left to do. Keys whose value is undefined are left out; lone
 * surrogates, which the RFC forbids, become U+FFFD. What JSON cannot say is a programmer error.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  if (typeof value === 'number') return canonicalNumber(value)
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no JSON form`)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareUtf16(a, b))
    .map(([key, member]) => `${JSON.stringify(key.toWellFormed())}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no JSON form`)
  return JSON.stringify(value)
}

/** SHA-256 of the canonical form: equal content, equal digest. */
export function contentDigest(value: unknown): string {
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
