import type { ReportField, TrainingRunReport } from '../../domain/report/report.ts'
import { identityBlocks } from './document-identity.ts'
import { evidenceBlocks, findingBlocks, runBlocks } from './document-numbers.ts'

/** What a report says, in reading order: the one text that HTML and PDF both draw. */

export interface ReportDocument {
  readonly title: string
  readonly subtitle: string
  /** Printed on every page and in every format. */
  readonly status: string
  readonly legal_force: boolean
  readonly report: TrainingRunReport
  readonly sections: readonly DocumentSection[]
}

export interface DocumentSection {
  readonly id: string
  readonly title: string
  readonly blocks: readonly Block[]
}

export interface TableColumn {
  readonly title: string
  /** Figures stand to the right. */
  readonly figure?: boolean
  /** Share of the width on paper; equal shares when left out. */
  readonly weight?: number
}

export type Block =
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | { readonly kind: 'question'; readonly question: string; readonly sentences: readonly string[] }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [string, string | null])[] }
  | {
      readonly kind: 'table'
      readonly caption: string
      readonly columns: readonly TableColumn[]
      readonly rows: readonly (readonly string[])[]
    }
  | { readonly kind: 'field'; readonly field: ReportField }
  | { readonly kind: 'plot' }

export function reportDocument(report: TrainingRunReport): ReportDocument {
  const { regime, case: current } = report
  return {
    title: 'Training-run report',
    subtitle: `${report.report_id}, version ${report.version}, case ${current.case_id}`,
    status: statusLine(report),
    legal_force: regime.legal_force,
    report,
    sections: [
      { id: 'summary', title: 'Summary', blocks: summaryBlocks(report) },
      { id: 'narrative', title: 'Narrative', blocks: report.narrative.map(asQuestion) },
      partSection(report, 'A', 'Part A: the foreign person'),
      { id: 'persons', title: 'Who is behind the accounts', blocks: identityBlocks(report) },
      partSection(report, 'B', 'Part B: the training run'),
      { id: 'runs', title: 'Compute', blocks: runBlocks(report) },
      partSection(report, 'C', 'Part C: the filing'),
      { id: 'findings', title: 'Findings', blocks: findingBlocks(report) },
      { id: 'evidence', title: 'Evidence', blocks: evidenceBlocks(report) },
    ],
  }
}

/** `PROPOSED - NOT IN FORCE (us-iaas-2024 version 1)`. */
export function statusLine({ regime }: TrainingRunReport): string {
  const word = regime.status.replaceAll('_', ' ').toUpperCase()
  const force = regime.legal_force ? '' : ' - NOT IN FORCE'
  return `${word}${force} (regime ${regime.id}, version ${regime.version})`
}

function summaryBlocks(report: TrainingRunReport): Block[] {
  const { case: current, clocks, regime, filer } = report
  const due = (clock: typeof clocks.from_transaction) =>
    clock === null ? null : `${clock.due_date}, end of day ${clock.time_zone} (${clock.clock_id})`
  return [
    {
      kind: 'pairs',
      pairs: [
        ['Filer', filer.legal_name === '' ? null : filer.legal_name],
        ['Type', report.report_type.replaceAll('_', ' ')],
        ['Accounts', current.tenants.map(tenant => tenant || 'unattributed').join(', ')],
        ['Determination', current.determination],
        ['Severity', current.severity],
        ['State of the case', current.state.replaceAll('_', ' ')],
        ['Detected', clocks.detected_at],
        ['Date of transaction', `${clocks.transaction.at} (${clocks.transaction.evidence})`],
        ['Due, from the transaction', due(clocks.from_transaction)],
        ['Date of knowledge', clocks.knowledge_at ?? 'not established yet'],
        ['Due, from knowledge', due(clocks.from_knowledge) ?? 'not running yet'],
        ...openPairs('Due, correction', due(clocks.correction)),
        ...openPairs('Due, answer to a request', due(clocks.follow_up)),
        ['Prepared by', current.preparers.join(', ') || 'nobody yet'],
        ['Certified by', certifiedText(report)],
        ...current.filings.map(
          ({ report_id, at, external_ref }) =>
            ['Filed', `${report_id} on ${at}, ${external_ref ?? 'no reference'}`] as const,
        ),
        ['Coverage by telemetry', report.coverage.telemetry],
        ['Built', report.built_at],
        ['Regime', `${regime.title} (as of ${regime.as_of})`],
        ['Confidentiality', report.confidentiality],
      ],
    },
    thresholdTable(report),
    { kind: 'plot' },
    ...(report.limits.length === 0 ? [] : [{ kind: 'text' as const, lines: report.limits }]),
  ]
}

/** A clock that does not run takes no line. */
function openPairs(name: string, value: string | null): (readonly [string, string])[] {
  return value === null ? [] : [[name, value]]
}

function certifiedText({ case: { certification } }: TrainingRunReport): string {
  if (certification === null) return 'nobody yet'
  return `${certification.officer}, ${certification.title}, on ${certification.at}`
}

function thresholdTable({ thresholds }: TrainingRunReport): Block {
  return {
    kind: 'table',
    caption: 'Thresholds evaluated',
    columns: [
      { title: 'Threshold', weight: 2 },
      { title: 'Limit', weight: 2 },
      { title: 'Low', figure: true },
      { title: 'Middle', figure: true },
      { title: 'High', figure: true },
      { title: 'Result', weight: 1.5 },
      { title: 'Measured on', weight: 2.5 },
    ],
    rows: thresholds.map(({ id, comparator, value, unit, measured, result, of, basis }) => [
      id,
      `${comparator} ${value} ${unit}`,
      measured?.lo ?? '-',
      measured?.mid ?? '-',
      measured?.hi ?? '-',
      result.replaceAll('_', ' '),
      basis === '' ? of : `${of} (${basis})`,
    ]),
  }
}

function asQuestion({ question, sentences }: { question: string; sentences: readonly string[] }) {
  return { kind: 'question' as const, question, sentences }
}

function partSection(report: TrainingRunReport, part: string, title: string): DocumentSection {
  const fields = report.fields.filter(field => field.part === part)
  const blocks = fields.map(field => ({ kind: 'field' as const, field }))
  const none = [{ kind: 'text' as const, lines: ['The regime asks for no fields of this part.'] }]
  return { id: `part-${part.toLowerCase()}`, title, blocks: fields.length > 0 ? blocks : none }
}
