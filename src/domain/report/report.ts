import { sha256Hex } from '../canonical.ts'
import { type Case, isFiled } from '../case/case.ts'
import { caseDetermination, caseSeverity } from '../case/case-summary.ts'
import type { Deadline } from '../filing-clock.ts'
import { known, type ReportEntry, timeOrNull, timeText, unknown } from './entry.ts'
import {
  type EnvelopeFacts,
  envelopeFields,
  REPORT_ID_FIELD,
  type ReportType,
} from './fields-envelope.ts'
import { identityFields } from './fields-identity.ts'
import { runFields } from './fields-run.ts'
import type { ReportInput } from './input.ts'
import { coverageOf, narrative } from './narrative.ts'
import { reportPersons } from './person.ts'
import { redFlags } from './red-flag.ts'
import * as section from './section.ts'
import { readThresholds } from './threshold.ts'

/**
 * The report of contract 4: everything a reader and a machine need, in one value that is written
 * canonically as JSON and drawn as HTML and PDF. A pure function of what the store holds.
 */

/** Changes with the shape of the report, after semantic versioning. */
export const REPORT_SCHEMA_VERSION = '1.0.0'

export interface ReportField {
  readonly id: string
  readonly part: 'A' | 'B' | 'C'
  readonly title: string
  readonly requirement: string
  /** Where the requirement comes from and how well that is known (regulation 0). */
  readonly rule: string
  readonly mark: string
  readonly known: 'yes' | 'partly' | 'no'
  readonly entries: readonly ReportEntry[]
}

/** The content of a report before it has a number: what decides whether it is a new version. */
export type ReportContent = ReturnType<typeof reportContent>
export type TrainingRunReport = ReportContent & {
  readonly report_id: string
  readonly version: number
}

export function reportContent(input: ReportInput) {
  const { case: current, regime } = input
  const persons = reportPersons(input)
  const thresholds = readThresholds(input, persons)
  const flags = redFlags(input, persons)
  const { type, prior_report_id } = typeOf(current)
  const facts: EnvelopeFacts = { input, persons, thresholds, flags, type, prior_report_id }
  return {
    schema_version: REPORT_SCHEMA_VERSION,
    report_type: type,
    prior_report_id,
    built_at: timeText(current.updated_at),
    confidentiality: 'business confidential',
    regime: {
      id: regime.id,
      version: String(regime.version),
      title: regime.title,
      jurisdiction: regime.jurisdiction,
      status: regime.status,
      legal_force: regime.legal_force,
      banner: regime.banner,
      as_of: regime.as_of,
      citations: regime.citations.map(({ text, mark }) => ({ text, mark })),
    },
    filer: input.filer,
    case: caseSection(current),
    clocks: clockSection(current),
    fields: fieldSections(facts),
    persons,
    control: section.controlSection(input),
    findings: section.findingSections(input),
    thresholds: thresholds.results,
    criteria: { ...thresholds.criteria, note: regime.criteria_note },
    runs: section.runSections(input),
    commitments: section.commitmentSections(input),
    usage: section.usageSections(input),
    timeline: section.timelineSection(input),
    coverage: section.coverageSection(coverageOf(input)),
    red_flags: flags,
    narrative: narrative(input, persons, thresholds),
    accesses: section.accessSections(input),
    evidence: section.evidenceSection(input),
    limits: section.limitSection(input),
  }
}

/** The number of a version, and the name under which it can be filed. */
export interface ReportNumber {
  readonly version: number
  readonly report_id: string
}

/** Puts the number on a content. */
export function numberReport(
  content: ReportContent,
  { report_id, version }: ReportNumber,
): TrainingRunReport {
  const fields = content.fields.map(field =>
    field.id === REPORT_ID_FIELD
      ? { ...field, known: 'yes' as const, entries: [known('', report_id, 'case')] }
      : field,
  )
  return { ...content, fields, report_id, version }
}

/**
 * `rep-` and 16 hex digits of the case, the version of its report and the content: two processes
 * that build different contents at once never give them one name.
 */
export function reportIdOf(caseId: string, version: number, contentHash: string): string {
  return `rep-${sha256Hex(`${caseId}|${version}|${contentHash}`).slice(0, 16)}`
}

/** What the report at hand is to the authority, and which report it follows. */
function typeOf(current: Case): { type: ReportType; prior_report_id: string | null } {
  const last = current.filings.at(-1) ?? null
  if (current.state === 'follow_up_requested') {
    return { type: 'follow_up_response', prior_report_id: last?.report_id ?? null }
  }
  // Once filed, a report stays what it was until something in it has to be put right.
  const done = isFiled(current.state) || current.state === 'closed'
  const replaces = done ? last?.prior_report_id : last?.report_id
  if (replaces) return { type: 'corrected', prior_report_id: replaces }
  const relayed = current.knowledge?.source === 'reseller_notice'
  return { type: relayed ? 'reseller_relayed' : 'initial', prior_report_id: null }
}

function caseSection(current: Case) {
  return {
    case_id: current.case_id,
    group_id: current.group_id,
    ordinal: current.ordinal,
    state: current.state,
    prong: current.prong,
    events: current.seq,
    last_hash: current.last_hash,
    tenants: current.tenants,
    determination: caseDetermination(current),
    severity: caseSeverity(current),
    opened_at: timeText(current.opened_at),
    follows: current.follows,
    preparers: current.preparers,
    certification: current.certification && {
      ...current.certification,
      at: timeText(current.certification.at),
    },
    filings: current.filings.map(filing => ({ ...filing, at: timeText(filing.at) })),
    regime_at_opening: current.regime,
  }
}

function clockSection(current: Case) {
  const { clocks, transaction, knowledge } = current
  const clock = (deadline: Deadline | null) =>
    deadline === null
      ? null
      : {
          clock_id: deadline.clock_id,
          trigger_at: timeText(deadline.trigger_at),
          days: deadline.days,
          time_zone: deadline.time_zone,
          due_date: deadline.due_date,
          due_at: timeText(deadline.due_at),
        }
  return {
    detected_at: timeText(current.detected_at),
    transaction: { ...transaction, at: timeText(transaction.at) },
    knowledge_at: timeOrNull(knowledge?.knowledge_at),
    knowledge_source: knowledge?.source ?? null,
    from_transaction: clock(clocks.from_transaction),
    from_knowledge: clock(clocks.from_knowledge),
    correction: clock(clocks.correction),
    follow_up: clock(clocks.follow_up),
  }
}

/** Every field that the regime asks for, answered or said to be not known. */
function fieldSections(facts: EnvelopeFacts): ReportField[] {
  const { input, persons } = facts
  return input.regime.fields.map(field => {
    const entries =
      identityFields[field.id]?.(input, persons) ??
      runFields[field.id]?.(input) ??
      envelopeFields[field.id]?.(facts) ??
      []
    const answered = entries.length > 0 ? entries : [unknown('', field.from)]
    return {
      id: field.id,
      part: field.part,
      title: field.title,
      requirement: field.requirement,
      rule: field.source,
      mark: field.mark,
      known: howKnown(answered),
      entries: answered,
    }
  })
}

function howKnown(entries: readonly ReportEntry[]): ReportField['known'] {
  const there = entries.filter(({ value }) => value !== null).length
  if (there === 0) return 'no'
  return there === entries.length ? 'yes' : 'partly'
}
