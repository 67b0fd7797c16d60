import { formatOperations, type Operations } from '../quantity.ts'
import { formatInstant, type Instant } from '../window.ts'

/** One answer to a field of the report: a value with where it comes from, or that nobody knows. */
export interface ReportEntry {
  /** Whom or what it is about: a party, tenant or run; '' when the field is about the report. */
  readonly subject: string
  readonly value: string | null
  readonly source: string
  readonly note: string
}

/** What a field says instead of a value (regulation 6.3): explicit, never blank. */
export const NOT_KNOWN = 'not known to provider'

export function known(subject: string, value: string, source: string, note = ''): ReportEntry {
  return { subject, value, source, note }
}

export function unknown(subject: string, source: string, note = NOT_KNOWN): ReportEntry {
  return { subject, value: null, source, note }
}

/** A value that may be missing: null and empty text are not known. */
export function maybe(
  subject: string,
  value: string | null | undefined,
  source: string,
  note = '',
): ReportEntry {
  const there = value !== null && value !== undefined && value !== ''
  if (there) return known(subject, value, source, note)
  return unknown(subject, source, note === '' ? NOT_KNOWN : `${note}: ${NOT_KNOWN}`)
}

/** Operations as they leave the product: decimal text, four significant digits. */
export interface OperationsText {
  readonly lo: string
  readonly mid: string
  readonly hi: string
}

export function operationsText({ lo, mid, hi }: Operations): OperationsText {
  return { lo: formatOperations(lo), mid: formatOperations(mid), hi: formatOperations(hi) }
}

/** `3.2e26 (90 % between 1.1e26 and 6.0e26)` for prose. */
export function operationsPhrase(operations: Operations): string {
  const { lo, mid, hi } = operationsText(operations)
  return `${mid} operations (between ${lo} and ${hi})`
}

/** Ends a sentence that may end in an abbreviation already. */
export function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}

/** Times in reports; whole seconds read better and nothing measured is finer. */
export function timeText(at: Instant): string {
  return formatInstant(at).replace(/\.\d{3}Z$/, 'Z')
}

export function timeOrNull(at: Instant | null | undefined): string | null {
  return at === null || at === undefined ? null : timeText(at)
}

/** A share as a percentage with at most two decimals, `24.99 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`
}
