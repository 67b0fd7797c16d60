import { z } from 'zod'
import { sha256Hex } from './canonical.ts'
import type { Severity, State, SubjectKind } from './detector.ts'
import type { Operations } from './quantity.ts'
import { fromSqlTime, type Instant, type Window } from './window.ts'

/** What a detector answers, and the findings that answers become. */

const sqlInstant = z.string().transform((text): Instant => fromSqlTime(text))

/**
 * The one row shape that every feature and detector query returns: a subject, the interval
 * measured for it, named figures (numbers that bands and requirements may test) and named facts
 * (text for the reader).
 */
export const measurementSchema = z.object({
  subject_id: z.string(),
  tenant_ids: z.array(z.string()),
  start: sqlInstant,
  end: sqlInstant,
  lo: z.number(),
  mid: z.number(),
  hi: z.number(),
  figures: z.record(z.string(), z.number()),
  facts: z.record(z.string(), z.string()),
})
export type Measurement = z.output<typeof measurementSchema>

/** The four answers. Silence is none of them: not enough data is never the same as nothing found. */
export type Outcome =
  | {
      readonly kind: 'finding'
      readonly state: State
      readonly severity: Severity
      readonly threshold: number
      readonly confidence: number
    }
  | { readonly kind: 'clear' }
  | { readonly kind: 'inconclusive'; readonly missing: readonly string[] }
  | { readonly kind: 'failed'; readonly fault: string }

/** A detector's answer about one subject. */
export interface Evaluation {
  readonly measurement: Measurement
  readonly outcome: Exclude<Outcome, { kind: 'failed' }>
}

export type FindingState = State | 'withdrawn'

/** The latest version of a finding, as far as the next evaluation needs to know it. */
export interface KnownFinding {
  readonly finding_id: string
  readonly version: number
  readonly detector_id: string
  readonly subject_kind: SubjectKind
  readonly subject_id: string
  readonly tenant_ids: readonly string[]
  readonly window: Window
  readonly state: FindingState
  readonly severity: Severity
  readonly measured: Operations
  readonly parameters: string
}

/** `fnd-` and 16 hex digits; the same detector and subject give the same id on every replay. */
export function findingId(detectorId: string, kind: SubjectKind, subjectId: string): string {
  return `fnd-${sha256Hex([detectorId, kind, subjectId].join('|')).slice(0, 16)}`
}

/** `grp-` and 16 hex digits of the group's smallest tenant id; SQL spells the same formula. */
export function groupId(tenantIds: readonly string[]): string {
  const smallest = [...tenantIds].sort()[0] ?? ''
  return `grp-${sha256Hex(smallest).slice(0, 16)}`
}
