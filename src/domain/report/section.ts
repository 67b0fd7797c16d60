import { contentDigest } from '../canonical.ts'
import { formatOperations } from '../quantity.ts'
import { operationsText, percent, timeOrNull, timeText } from './entry.ts'
import type { Cut, ReportInput } from './input.ts'

/** The sections of a report that carry the numbers and the evidence behind its fields. */

export function findingSections(input: ReportInput) {
  const marks = new Map(input.case.findings.map(mark => [mark.finding_id, mark]))
  return input.findings.map(found => {
    const mark = marks.get(found.finding_id)
    return {
      finding_id: found.finding_id,
      version: found.version,
      role: mark?.role ?? 'signal',
      detector_id: found.detector_id,
      detector_version: found.detector_version,
      detector_hash: found.detector_hash,
      subject_kind: found.subject_kind,
      subject_id: found.subject_id,
      tenants: found.tenant_ids,
      start: timeText(found.start),
      end: timeText(found.end),
      state: mark?.state ?? found.state,
      severity: found.severity,
      confidence: String(found.confidence),
      basis: found.basis,
      unit: found.unit,
      measured: operationsText({
        lo: found.measured_lo,
        mid: found.measured_mid,
        hi: found.measured_hi,
      }),
      threshold: formatOperations(found.threshold),
      parameters: found.parameters,
      figures: Object.fromEntries(
        Object.entries(found.evidence.figures).map(([name, value]) => [name, String(value)]),
      ),
      facts: found.evidence.facts,
      evidence_hash: contentDigest(found.evidence),
      determination: mark?.status ?? 'unknown',
      determination_basis: mark?.status_basis ?? '',
      identity_hash: mark?.identity_hash ?? '',
      detected_at: timeText(found.detected_at),
    }
  })
}

export function runSections(input: ReportInput) {
  return input.runs.rows.map(run => ({
    run_id: run.run_id,
    tenant_id: run.tenant_id,
    start: timeText(run.start),
    end: timeText(run.end),
    chips: run.chips,
    devices_max: run.devices_max,
    device_hours: hours(run.device_s),
    energy_j: formatOperations(run.energy_j),
    operations: operationsText({ lo: run.flop_lo, mid: run.flop_mid, hi: run.flop_hi }),
    tier: run.tier,
    sites: run.sites,
    fabrics: run.fabrics,
    workloads: run.workloads,
    segments: run.segments.map(([start, end, devices, gang, link]) => ({
      start: timeText(start),
      end: timeText(end),
      devices,
      gang,
      link_probability: String(Math.round(link * 1e4) / 1e4),
    })),
  }))
}

export function commitmentSections(input: ReportInput) {
  return input.commitments.map(found => ({
    commitment_id: found.commitment_id,
    tenant_id: found.tenant_id,
    status: found.status,
    accelerator: found.accelerator,
    accelerators: found.accelerators,
    fabric_gbps: found.fabric_gbps === null ? null : String(found.fabric_gbps),
    site: found.site,
    declared_use: found.declared_use,
    start: timeText(found.start),
    end: timeText(found.end),
    signed_at: timeOrNull(found.signed_at),
    recorded_at: timeText(found.recorded_at),
    revisions: found.revisions,
  }))
}

export function usageSections(input: ReportInput) {
  return input.usage.map(line => ({
    tenant_id: line.tenant_id,
    chip: line.chip,
    tier: line.tier,
    hours: line.hours,
    devices_max: line.devices_max,
    observed_device_hours: hours(line.observed_s),
    busy_device_hours: hours(line.busy_s),
    billed_device_hours: hours(line.billed_s),
    dark_device_hours: hours(line.dark_s),
    energy_j: formatOperations(line.energy_j),
    operations: operationsText(line),
  }))
}

/** Points of the curve in a report; more would not show on paper. */
const POINTS_MAX = 240

/** Cumulative operations over the period with the hour in which each point ends. */
export function timelineSection(input: ReportInput) {
  const step = Math.max(1, Math.ceil(input.hours.length / POINTS_MAX))
  const total = { lo: 0, mid: 0, hi: 0 }
  const points = input.hours.flatMap((hour, index) => {
    total.lo += hour.lo
    total.mid += hour.mid
    total.hi += hour.hi
    const last = index === input.hours.length - 1
    return last || index % step === step - 1
      ? [{ hour: timeText(hour.hour), ...operationsText(total) }]
      : []
  })
  const limits = input.regime.thresholds.filter(({ metric }) => metric === 'training_operations')
  return {
    unit: 'operations, cumulative over all accounts of the case',
    thresholds: limits.map(({ id, value }) => ({ id, value: String(value) })),
    points,
  }
}

export function coverageSection(found: {
  readonly covered: number | null
  readonly observed: number
  readonly dark: number
}) {
  return {
    telemetry: found.covered === null ? null : percent(found.covered),
    observed_device_hours: hours(found.observed),
    dark_device_hours: hours(found.dark),
  }
}

export function controlSection(input: ReportInput) {
  return {
    group_id: input.case.group_id,
    members: input.links.map(({ tenant_id, links }) => ({ tenant_id, links })),
  }
}

export function accessSections(input: ReportInput) {
  return input.accesses.rows.map(found => ({ ...found, time: timeText(found.time) }))
}

export function evidenceSection(input: ReportInput) {
  return {
    sources: input.sources.rows.map(found => ({
      ...found,
      first: timeText(found.first),
      last: timeText(found.last),
      received_at: timeText(found.received_at),
    })),
    determinations: input.determinations.map(found => ({
      finding_id: found.finding_id,
      use_time: timeText(found.use_time),
      known_at: timeText(found.known_at),
      identity_hash: found.identity_hash,
      status: found.body.status,
      basis: found.body.basis,
      reason: found.body.reason,
      statements: found.body.statements.map(used => ({
        ...used,
        valid_from: timeText(used.valid_from),
        recorded_at: timeText(used.recorded_at),
      })),
    })),
    catalogue_version: input.catalogue_version,
  }
}

/** Lists that were cut at a bound: nothing is left out without a word. */
export function limitSection(input: ReportInput): string[] {
  const cut = (name: string, { rows, bound }: Cut<unknown>) =>
    rows.length < bound ? [] : [`${name}: the first ${bound} are listed, there may be more`]
  return [
    ...cut('runs', input.runs),
    ...cut('accesses', input.accesses),
    ...cut('sources', input.sources),
  ]
}

function hours(device_s: number): string {
  return String(Math.round((device_s / 3600) * 1000) / 1000)
}
