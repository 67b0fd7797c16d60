import type { z } from 'zod'
import { TIME_INVALID } from './fields.ts'
import { type QuarantineReason, quoted, type Reading, type Rejection, taken } from './reject.ts'

/** Reads a record by its schema; the first issue becomes a reason code and one sentence. */
export function readSchema<T extends z.ZodType>(schema: T, raw: object): Reading<z.output<T>> {
  const read = schema.safeParse(raw)
  if (read.success) return taken(read.data)
  const [issue] = read.error.issues
  return { ok: false, rejection: issue ? rejectionOf(issue, raw) : NO_ISSUE }
}

const NO_ISSUE: Rejection = {
  reason: 'invalid_value',
  detail: 'the record does not fit its schema',
}

function rejectionOf(issue: z.core.$ZodIssue, raw: object): Rejection {
  const field = issue.path.map(String).join('.') || 'record'
  const value = valueAt(raw, issue.path)
  const reason = reasonOf(issue, value)
  if (reason === 'missing_field') {
    return { reason, detail: `"${field}" is required and not there` }
  }
  const wanted = reason === 'time_invalid' ? 'write RFC 3339, 2026-01-31T05:00:00Z' : issue.message
  return { reason, detail: `"${field}" is ${quoted(value)}: ${wanted}` }
}

function reasonOf(issue: z.core.$ZodIssue, value: unknown): QuarantineReason {
  if (issue.message === TIME_INVALID) return 'time_invalid'
  if (issue.code === 'custom') {
    if (issue.params?.['missing'] === true) return 'missing_field'
    return issue.params?.['utf8'] === false ? 'invalid_utf8' : 'out_of_range'
  }
  if (value === undefined || value === null) return 'missing_field'
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'out_of_range' : 'wrong_type'
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    return issue.origin === 'string' ? 'field_too_long' : 'out_of_range'
  }
  return 'invalid_value'
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = raw
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return value
    value = Reflect.get(value, step)
  }
  return value
}

/** The members that a schema does not name. */
export function unknownMembers(raw: object, known: ReadonlySet<string>): [string, unknown][] {
  return Object.entries(raw).filter(([name]) => !known.has(name))
}
