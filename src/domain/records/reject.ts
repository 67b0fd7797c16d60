/**
 * Why a record was not taken in. A code is part of the outer face: it is stored with the record,
 * counted and shown, so codes are added but never renamed.
 */
export const QUARANTINE_REASONS = {
  malformed_json: 'the record is not JSON',
  malformed_csv: 'the row does not fit its header',
  invalid_utf8: 'the record holds bytes that are not UTF-8, or half a surrogate pair',
  duplicate_key: 'a member name occurs twice in one object, so what was meant is not known',
  nested_too_deep: 'the record nests deeper than any telemetry does',
  not_an_object: 'the record is JSON but no object',
  record_too_large: 'the record is longer than ingest.record_bytes_max',
  extra_too_large: 'the unknown fields together are longer than ingest.extra_characters_max',
  missing_field: 'a required field is absent or blank',
  wrong_type: 'a field has another type than the contract says',
  invalid_value: 'a field is none of the values that the contract lists',
  out_of_range: 'a number lies outside its range',
  field_too_long: 'a text is longer than any identifier or label may be',
  time_invalid: 'a time is not RFC 3339',
  time_too_old: 'a time lies before ingest.time_min',
  time_in_future: 'a time lies further ahead than ingest.future_skew_s',
  unknown_statement: 'an import holds a statement of a kind that is not read',
  store_refused: 'the store refused this row while it took its neighbours',
} as const

export type QuarantineReason = keyof typeof QUARANTINE_REASONS

/** `detail` is one sentence for the sender: which field, what it held, what would do. */
export interface Rejection {
  readonly reason: QuarantineReason
  readonly detail: string
}

/** What reading a record gives: a value, never a throw. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly rejection: Rejection }

export function taken<T>(value: T): Reading<T> {
  return { ok: true, value }
}

export function rejected(reason: QuarantineReason, detail: string): Reading<never> {
  return { ok: false, rejection: { reason, detail } }
}

/** A value as it may be quoted in a message: short, on one line. */
export function quoted(value: unknown): string {
  const text = String(JSON.stringify(value))
  return text.length > 60 ? `${text.slice(0, 57).toWellFormed()}…` : text
}
