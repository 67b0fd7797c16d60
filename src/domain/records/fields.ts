import { z } from 'zod'
import { type Instant, parseInstant } from '../window.ts'

/** The pieces that record schemas are made of, and what counts as "not there". */

/** Longest identifier or label; real ones stay under 200 characters. */
export const TEXT_CHARACTERS_MAX = 1024

const BLANK_TEXTS: ReadonlySet<string> = new Set([
  '',
  'n/a',
  '[n/a]',
  'null',
  'nan',
  '[not supported]',
  '[unknown error]',
])

/** Blank, `[N/A]`, `NULL`, `NaN` and their like: a tool's way to say that it has no value. */
function isBlankText(text: string): boolean {
  return text.length <= 15 && BLANK_TEXTS.has(text.trim().toLowerCase())
}

/**
 * DCGM's blank values (dcgm_structs.h): 64-bit integers from 9223372036854775792, which all read
 * as 2^63 in a double, and floats 2^47 .. 2^47 + 3.
 */
function isBlankNumber(value: number): boolean {
  return value === 2 ** 63 || (value >= 2 ** 47 && value <= 2 ** 47 + 3 && Number.isInteger(value))
}

/** The 32-bit blanks, 2147483632 .. 2147483635; counters may pass them, gauges never. */
export function isBlankGauge(value: number): boolean {
  return value >= 2_147_483_632 && value <= 2_147_483_635
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** A number, also when it came as text. null: missing. undefined: there, but not a number. */
export function readNumber(value: unknown): number | null | undefined {
  if (typeof value === 'number') return isBlankNumber(value) ? null : value
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return undefined
  if (isBlankText(value)) return null
  const text = value.trim()
  if (!DECIMAL.test(text)) return undefined
  const number = Number(text)
  return isBlankNumber(number) ? null : number
}

/** A text. Whole numbers are taken as identifiers. '' : missing. undefined: something else. */
export function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return isBlankText(value) ? '' : value
  if (value === null || value === undefined) return ''
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}

/** Prefix of an issue's message that names the quarantine reason, where it is no plain type error. */
export const TIME_INVALID = 'time_invalid'

/** Anything at all; an absent member reads as null, so that absent and blank are one thing. */
const anything = z.unknown().prefault(null)

export const text = anything
  .transform((value, context): string => {
    const read = readText(value)
    if (read !== undefined) return read
    context.addIssue({ code: 'invalid_type', expected: 'string', input: value })
    return z.NEVER
  })
  .pipe(
    z
      .string()
      .max(TEXT_CHARACTERS_MAX)
      .refine(isWellFormed, { params: { utf8: false } }),
  )

/** A text that must be there. */
export const requiredText = text.refine(value => value !== '', { params: { missing: true } })

/** A text or null, for fields where a blank is an answer of its own. */
export const textOrNull = text.transform(value => (value === '' ? null : value))

/** A finite number or null when it is missing. */
export const numberOrNull = anything.transform((value, context): number | null => {
  const read = readNumber(value)
  if (read !== undefined) return read
  context.addIssue({ code: 'invalid_type', expected: 'number', input: value })
  return z.NEVER
})

export const shareOrNull = numberOrNull.pipe(z.number().min(0).max(1).nullable())

/** RFC 3339 text to milliseconds; a bare date is its UTC midnight. null when it is missing. */
export const instantOrNull = textOrNull.transform((value, context): Instant | null => {
  if (value === null) return null
  const at = parseInstant(value)
  if (at !== null) return at
  context.addIssue({ code: 'custom', message: TIME_INVALID, input: value })
  return z.NEVER
})

export const requiredInstant = instantOrNull.transform((value, context): Instant => {
  if (value !== null) return value
  context.addIssue({ code: 'custom', input: value, params: { missing: true } })
  return z.NEVER
})

/** ISO 3166-1 alpha-2, in capitals. */
export const countryOrNull = textOrNull.pipe(
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'an ISO 3166-1 two-letter code')
    .nullable(),
)

export const requiredCountry = countryOrNull.transform((value, context): string => {
  if (value !== null) return value
  context.addIssue({ code: 'custom', input: value, params: { missing: true } })
  return z.NEVER
})

/** A country or one of its subdivisions (ISO 3166-2): where an entity is organised, `US-DE`. */
export const jurisdictionOrNull = textOrNull.pipe(
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'an ISO 3166 code such as US or US-DE')
    .nullable(),
)

/** Half a surrogate pair has no UTF-8 form; the store would refuse the whole insert over it. */
export function isWellFormed(value: string): boolean {
  return value.isWellFormed()
}

/** Yes/no as systems write it. null: not said. */
export const booleanOrNull = anything.transform((value, context): boolean | null => {
  if (typeof value === 'boolean') return value
  const read = readText(value)?.trim().toLowerCase()
  if (read === '') return null
  if (read === 'true' || read === 'yes' || read === 'y' || read === '1') return true
  if (read === 'false' || read === 'no' || read === 'n' || read === '0') return false
  context.addIssue({ code: 'invalid_type', expected: 'boolean', input: value })
  return z.NEVER
})

/** One of the listed words; a blank is the fallback. */
export function wordOr<const Words extends readonly string[]>(
  words: Words,
  fallback: Words[number],
) {
  return anything
    .transform(value => (readText(value) === '' ? fallback : value))
    .pipe(z.enum(words))
}

/** A list, also when one bare value or nothing was sent. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.preprocess(
    value => (value === null || value === undefined ? [] : Array.isArray(value) ? value : [value]),
    z.array(item).max(1000),
  )
}
