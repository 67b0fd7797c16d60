import { isReported } from '../domain/case/case.ts'
import {
  caseDetermination,
  caseSeverity,
  deadlineColour,
  earliestDeadline,
} from '../domain/case/case-summary.ts'
import type { TriageRules } from '../domain/case/triage-rules.ts'
import { formatOperations, type Operations } from '../domain/quantity.ts'
import { DAY_MS, formatDay, formatInstant, type Instant } from '../domain/window.ts'
import { intervalBar, OPERATIONS_SCALE } from '../terminal/interval-bar.ts'
import { formatTable } from '../terminal/table.ts'
import type { OverviewRows } from './overview.ts'

/** The overview for people: tables with bars, the largest first, cuts always told. */

const ROWS_SHOWN = 15

export interface Shown {
  readonly asOf: Instant
  /** Training operations of the regime, the wall in every bar. */
  readonly threshold: number | null
  readonly rules: TriageRules
  readonly banner: string
}

export function overviewText(rows: OverviewRows, shown: Shown): string {
  return [
    `As of ${formatInstant(shown.asOf)} · ${shown.banner}`,
    section('Runs', rows.runs, run => runLine(run, shown), RUN_COLUMNS),
    section('Tenants', rows.tenants, tenant => tenantLine(tenant, shown), TENANT_COLUMNS),
    section('Findings', bySeverity(rows.findings), findingLine, FINDING_COLUMNS),
    section('Cases', rows.cases, found => caseLine(found, shown), CASE_COLUMNS),
  ].join('\n\n')
}

const right = (name: string) => ({ name, align: 'right' as const })
const left = (name: string) => ({ name })
const BAR = left(
  `1e${OPERATIONS_SCALE.from} ${'operations lo ● hi, ┃ threshold'.padEnd(21)} 1e${OPERATIONS_SCALE.to}`,
)
const RUN_COLUMNS = ['run', 'tenant', 'from', 'to']
  .map(left)
  .concat([right('devices'), right('parts'), right('operations'), left('tier'), BAR])
const TENANT_COLUMNS = [
  left('tenant'),
  left('group'),
  right('device-hours'),
  right('dark'),
  right('operations'),
  left('tier'),
  BAR,
]
const FINDING_COLUMNS = [
  'finding',
  'detector',
  'about',
  'state',
  'severity',
  'measured',
  'foreign person?',
].map(left)
const CASE_COLUMNS = [
  'case',
  'tenants',
  'state',
  'prong',
  'severity',
  'foreign person?',
  'due',
].map(left)

function section<T>(
  title: string,
  rows: readonly T[],
  line: (row: T) => string[],
  columns: readonly { name: string; align?: 'left' | 'right' }[],
): string {
  if (rows.length === 0) return `${title}: none`
  const hidden = rows.length - ROWS_SHOWN
  const more = hidden > 0 ? `\n… and ${hidden} more; \`--json\` lists them all` : ''
  return `${title}\n${formatTable(columns, rows.slice(0, ROWS_SHOWN).map(line))}${more}`
}

function runLine(run: OverviewRows['runs'][number], { threshold }: Shown): string[] {
  const flop = { lo: run.flop_lo, mid: run.flop_mid, hi: run.flop_hi }
  return [
    run.run_id,
    run.tenant_id || '(unattributed)',
    formatInstant(run.start).slice(0, 16),
    formatInstant(run.end).slice(0, 16),
    run.devices_max.toLocaleString('en'),
    String(run.segments.length),
    range(flop),
    run.tier,
    intervalBar(flop, threshold, OPERATIONS_SCALE),
  ]
}

function tenantLine(tenant: OverviewRows['tenants'][number], { threshold }: Shown): string[] {
  const flop = { lo: tenant.flop_lo, mid: tenant.flop_mid, hi: tenant.flop_hi }
  const total_s = tenant.observed_s + tenant.dark_s
  const dark = total_s === 0 ? 0 : tenant.dark_s / total_s
  return [
    tenant.tenant_id || '(unattributed)',
    tenant.group_id || '-',
    Math.round(total_s / 3600).toLocaleString('en'),
    dark < 0.0005 ? '-' : `${(dark * 100).toFixed(1)} %`,
    range(flop),
    tenant.main_tier,
    intervalBar(flop, threshold, OPERATIONS_SCALE),
  ]
}

function findingLine(finding: OverviewRows['findings'][number]): string[] {
  const flop = { lo: finding.measured_lo, mid: finding.measured_mid, hi: finding.measured_hi }
  const measured =
    finding.unit === 'operations' ? range(flop) : `${round(finding.measured_mid)} ${finding.unit}`
  return [
    finding.finding_id,
    finding.detector_id,
    `${finding.subject_kind} ${finding.subject_id || '(unattributed)'}`,
    finding.state,
    finding.severity,
    measured,
    finding.status === '' ? '-' : finding.status,
  ]
}

function caseLine(found: OverviewRows['cases'][number], { asOf, rules }: Shown): string[] {
  const next = earliestDeadline(found.clocks, isReported(found))
  const days =
    next === null
      ? ''
      : ` (${Math.floor((next.due_at - asOf) / DAY_MS)} d, ${deadlineColour(found, asOf, rules.colours)})`
  return [
    found.case_id,
    found.tenants.join(', '),
    found.state,
    found.prong === 1 ? '1 results or could result' : '2 changed arrangement',
    caseSeverity(found),
    caseDetermination(found),
    next === null ? '-' : `${formatDay(next.due_at)}${days}`,
  ]
}

const RANK = ['critical', 'high', 'medium', 'low', 'info']

function bySeverity(findings: OverviewRows['findings']): OverviewRows['findings'] {
  return [...findings].sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity))
}

function range({ lo, mid, hi }: Operations): string {
  const short = (value: number) => formatOperations(value).replace(/(\.\d)\d+e/, '$1e')
  return `${short(mid)} (${short(lo)}–${short(hi)})`
}

function round(value: number): string {
  return Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 0.001)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)))
}
