import { isFiled } from '../domain/case/case.ts'
import {
  caseDetermination,
  caseSeverity,
  deadlineColour,
  earliestDeadline,
} from '../domain/case/case-summary.ts'
import type { TriageRules } from '../domain/case/triage-rules.ts'
import { formatOperations } from '../domain/quantity.ts'
import { formatInstant, type Instant } from '../domain/window.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Store } from '../ports/store.ts'
import { readCases } from '../stages/cases/ledger.ts'

/** What `flopwatch detect --json` prints: the state of the store after a tick. */

/** More rows than this are cut, and the cut is told (`truncated`). */
const ROWS_MAX = 10_000

export interface Overview {
  readonly as_of: string
  readonly runs: readonly object[]
  readonly jobs: readonly object[]
  readonly tenants: readonly object[]
  readonly findings: readonly object[]
  readonly cases: readonly object[]
  /** Names of lists that were cut at their bound; empty as a rule. */
  readonly truncated: readonly string[]
}

export interface OverviewRows {
  readonly runs: readonly QueryRow<'overview-runs'>[]
  readonly jobs: readonly QueryRow<'overview-jobs'>[]
  readonly tenants: readonly QueryRow<'overview-tenants'>[]
  readonly findings: readonly QueryRow<'findings-standing'>[]
  readonly cases: Awaited<ReturnType<typeof readCases>>
}

export async function readOverview(store: Store, asOf: Instant): Promise<OverviewRows> {
  const limit = ROWS_MAX
  const [runs, jobs, tenants, findings] = await Promise.all([
    store.query('overview-runs', { limit }),
    store.query('overview-jobs', { until: asOf, limit }),
    store.query('overview-tenants', { until: asOf, limit }),
    store.query('findings-standing', { limit }),
  ])
  const standing = findings.filter(finding => finding.state !== 'withdrawn')
  return { runs, jobs, tenants, findings: standing, cases: await readCases(store) }
}

/** The machine's form: times RFC 3339, operations as decimal text, energy in kWh, time in hours. */
export function overviewJson(rows: OverviewRows, asOf: Instant, rules: TriageRules): Overview {
  const lists = { runs: rows.runs, jobs: rows.jobs, tenants: rows.tenants, findings: rows.findings }
  return {
    as_of: formatInstant(asOf),
    runs: rows.runs.map(runJson),
    jobs: rows.jobs.map(job => ({
      tenant_id: job.tenant_id,
      workload_id: job.workload_id,
      start: formatInstant(job.start),
      end: formatInstant(job.end),
      meters: job.meters,
      device_hours: job.device_s / 3600,
      energy_kwh: job.energy_j / 3.6e6,
      operations: operationsJson(job),
    })),
    tenants: rows.tenants.map(tenantJson),
    findings: rows.findings.map(findingJson),
    cases: rows.cases.map(found => ({
      case_id: found.case_id,
      group_id: found.group_id,
      state: found.state,
      prong: found.prong,
      severity: caseSeverity(found),
      determination: caseDetermination(found),
      tenants: found.tenants,
      findings: found.findings.map(mark => mark.finding_id),
      opened_at: formatInstant(found.opened_at),
      clocks: found.clocks,
      due_at: dueText(found),
      colour: deadlineColour(found, asOf, rules.colours),
    })),
    truncated: Object.entries(lists).flatMap(([name, list]) =>
      list.length < ROWS_MAX ? [] : [name],
    ),
  }
}

type Bounds = { readonly flop_lo: number; readonly flop_mid: number; readonly flop_hi: number }

function operationsJson(row: Bounds): { lo: string; mid: string; hi: string } {
  return {
    lo: formatOperations(row.flop_lo),
    mid: formatOperations(row.flop_mid),
    hi: formatOperations(row.flop_hi),
  }
}

function runJson(run: OverviewRows['runs'][number]): object {
  return {
    run_id: run.run_id,
    tenant_id: run.tenant_id,
    start: formatInstant(run.start),
    end: formatInstant(run.end),
    chips: run.chips,
    fabrics: run.fabrics,
    sites: run.sites,
    devices_max: run.devices_max,
    device_hours: run.device_s / 3600,
    energy_kwh: run.energy_j / 3.6e6,
    operations: operationsJson(run),
    tier: run.tier,
    workloads: run.workloads,
    segments: run.segments.map(part => ({
      ...part,
      start: formatInstant(part.start),
      end: formatInstant(part.end),
    })),
  }
}

function tenantJson(tenant: OverviewRows['tenants'][number]): object {
  return {
    tenant_id: tenant.tenant_id === '' ? null : tenant.tenant_id,
    group_id: tenant.group_id === '' ? null : tenant.group_id,
    first_hour: formatInstant(tenant.first_hour),
    last_hour: formatInstant(tenant.last_hour),
    chips: tenant.chips,
    device_hours: {
      observed: tenant.observed_s / 3600,
      billed: tenant.billed_s / 3600,
      dark: tenant.dark_s / 3600,
    },
    operations: operationsJson(tenant),
    tier: tenant.main_tier,
  }
}

function findingJson(finding: OverviewRows['findings'][number]): object {
  const isCompute = finding.unit === 'operations'
  const number = (value: number) => (isCompute ? formatOperations(value) : value)
  return {
    finding_id: finding.finding_id,
    version: finding.version,
    detector_id: finding.detector_id,
    raises: finding.raises,
    subject: { kind: finding.subject_kind, id: finding.subject_id },
    tenants: finding.tenant_ids,
    window: { start: formatInstant(finding.start), end: formatInstant(finding.end) },
    state: finding.state,
    severity: finding.severity,
    basis: finding.basis,
    unit: finding.unit,
    measured: {
      lo: number(finding.measured_lo),
      mid: number(finding.measured_mid),
      hi: number(finding.measured_hi),
    },
    threshold: number(finding.threshold),
    determination:
      finding.status === '' ? null : { status: finding.status, basis: finding.status_basis },
    detected_at: formatInstant(finding.detected_at),
  }
}

function dueText(found: OverviewRows['cases'][number]): string | null {
  const next = earliestDeadline(found.clocks, isFiled(found.state))
  return next === null ? null : formatInstant(next.due_at)
}
