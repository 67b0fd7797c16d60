/**
 * Time as the product uses it: instants are milliseconds since the epoch (UTC), windows are
 * half-open. This file and the system clock are the only ones that may build a `Date`.
 */

/** Milliseconds since 1970-01-01T00:00:00Z; always an integer. */
export type Instant = number

/** Half-open `[start, end)`. */
export interface Window {
  readonly start: Instant
  readonly end: Instant
}

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

const RFC_3339 = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?)?$/

/**
 * Reads RFC 3339 text. A missing zone means UTC, a bare date its midnight, and digits below the
 * millisecond are cut. Returns null for anything else, impossible dates included.
 */
export function parseInstant(text: string): Instant | null {
  if (!RFC_3339.test(text)) return null
  const zoned = /([Zz]|[+-]\d{2}:\d{2})$/.test(text.slice(10)) || text.length === 10
  const ms = Date.parse(zoned ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`)
  if (!Number.isFinite(ms)) return null
  return dayExists(text) ? Math.floor(ms) : null
}

/** `Date.parse` rolls 31 February over into March; a record with such a date is malformed. */
function dayExists(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** RFC 3339 UTC with milliseconds, e.g. `2026-01-31T05:00:00.000Z`. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString()
}

/** For libraries that want a `Date`; ours are instants. */
export function toDate(at: Instant): Date {
  return new Date(at)
}

/** `2026-01-31`, the UTC day that holds the instant. */
export function formatDay(at: Instant): string {
  return formatInstant(at).slice(0, 10)
}

/** The one spelling that the store takes exactly, as parameter and in rows. */
export function toSqlTime(at: Instant): string {
  return formatInstant(at).replace('T', ' ').slice(0, 23)
}

/** The same to the whole second, for columns of full hours, days and blocks. */
export function toSqlSecond(at: Instant): string {
  return toSqlTime(at).slice(0, 'YYYY-MM-DD hh:mm:ss'.length)
}

/** Reads the store's spelling `YYYY-MM-DD HH:MM:SS[.mmm]`, which is always UTC. */
export function fromSqlTime(text: string): Instant {
  return Date.parse(`${text.replace(' ', 'T')}Z`)
}

export function floorHour(at: Instant): Instant {
  return Math.floor(at / HOUR_MS) * HOUR_MS
}

/** The midnight (UTC) that its day begins with. */
export function floorDay(at: Instant): Instant {
  return Math.floor(at / DAY_MS) * DAY_MS
}

/** Every hour of the UTC days that the instants lie in, sorted, each once. */
export function hoursOfDays(instants: readonly Instant[]): Instant[] {
  const days = new Set(instants.map(floorDay))
  return [...days]
    .sort((a, b) => a - b)
    .flatMap(day => Array.from({ length: DAY_MS / HOUR_MS }, (_, hour) => day + hour * HOUR_MS))
}

/**
 * The hour that a sample ending at `end` is filed under: an interval that ends on the full hour
 * belongs to the hour before it.
 */
export function sampleHour(end: Instant): Instant {
  return floorHour(end - 1)
}
