import type { EffectiveParameter } from './detector.ts'
import { formatOperations } from './quantity.ts'
import { formatInstant, type Instant } from './window.ts'
import type { WorkloadClass } from './workload-class.ts'
import { termText, workloadText } from './workload-text.ts'

/**
 * Why a finding says what it says, as a tree: the rule with every value in use, what was measured,
 * and below it the runs, gangs, hours, commitments, samples and batches that it rests on. Text for
 * people; programs read the tables.
 */
export interface TreeNode {
  readonly text: string
  readonly children: readonly TreeNode[]
}

export interface FindingVersion {
  readonly finding_id: string
  readonly version: number
  readonly detector_id: string
  readonly detector_version: number
  readonly detector_hash: string
  readonly bundle_hash: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly tenant_ids: readonly string[]
  readonly start: Instant
  readonly end: Instant
  readonly state: string
  readonly severity: string
  readonly confidence: number
  readonly basis: string
  readonly measured_lo: number
  readonly measured_mid: number
  readonly measured_hi: number
  readonly unit: string
  readonly threshold: number
  readonly parameters: Readonly<Record<string, EffectiveParameter>>
  readonly evidence: {
    readonly figures: Readonly<Record<string, number>>
    readonly facts: Readonly<Record<string, string>>
  }
  readonly detected_at: Instant
}

interface Bounds {
  readonly flop_lo: number
  readonly flop_mid: number
  readonly flop_hi: number
  readonly tier: string
}

interface Stretch {
  readonly start: Instant
  readonly end: Instant
  readonly device_s: number
}

export interface RunEvidence extends Bounds, Stretch {
  readonly tenant_id: string
  readonly run_id: string
  readonly devices_max: number
  readonly gang_ids: readonly string[]
  readonly total: number
}

export interface GangEvidence extends Bounds, Stretch {
  readonly gang_id: string
  readonly devices: number
  readonly chip: string
  readonly fabric_id: string
  readonly site: string
}

export interface HoursEvidence {
  readonly tenant_id: string
  readonly chip: string
  readonly tier: string
  readonly hours: number
  readonly observed_s: number
  readonly dark_s: number
  readonly lo: number
  readonly mid: number
  readonly hi: number
}

export interface CommitmentEvidence {
  readonly commitment_id: string
  readonly revision: number
  readonly recorded_at: Instant
  readonly tenant_id: string
  readonly accelerator: string
  readonly accelerators: number
  readonly start: Instant
  readonly end: Instant
  readonly status: string
}

export interface SampleEvidence {
  readonly tenant_id: string
  readonly batch_id: string
  readonly source: string
  readonly samples: number
  readonly devices: number
  readonly total: number
}

export interface EvidenceParts {
  /** Oldest first; the last one is explained. */
  readonly versions: readonly [...FindingVersion[], FindingVersion]
  readonly runs: readonly RunEvidence[]
  /** By run id: what kind of work the largest of them look like. */
  readonly classes: Readonly<Record<string, WorkloadClass>>
  readonly gangs: readonly GangEvidence[]
  readonly hours: readonly HoursEvidence[]
  readonly commitments: readonly CommitmentEvidence[]
  readonly samples: readonly SampleEvidence[]
}

export function evidenceTree(parts: EvidenceParts): TreeNode {
  const finding = parts.versions[parts.versions.length - 1] ?? parts.versions[0]
  const { finding_id, detector_id, state, severity, subject_kind, subject_id } = finding
  return {
    text: `${finding_id}  ${detector_id}: ${state}, ${severity} (${subject_kind} ${subject_id})`,
    children: [
      ruleNode(finding),
      measuredNode(finding),
      ...(parts.versions.length > 1 ? [historyNode(parts.versions)] : []),
      ...finding.tenant_ids.map(tenant => tenantNode(tenant, parts)),
    ],
  }
}

function ruleNode(finding: FindingVersion): TreeNode {
  return {
    text: `rule ${finding.detector_id} version ${finding.detector_version} (${finding.detector_hash.slice(0, 12)}), bundle ${finding.bundle_hash.slice(0, 12)}`,
    children: Object.entries(finding.parameters).map(([name, { value, unit, compare, origin }]) =>
      leaf(`${name} = ${value} ${unit}${compare === 'above' ? ' (strict)' : ''}; ${origin}`),
    ),
  }
}

function measuredNode(finding: FindingVersion): TreeNode {
  const { measured_lo: lo, measured_mid: mid, measured_hi: hi, unit, threshold } = finding
  const { figures, facts } = finding.evidence
  const against = threshold > 0 ? ` against ${amount(threshold, unit)}` : ''
  const named = Object.entries(figures).map(([name, value]) => `${name} = ${plain(value)}`)
  const told = Object.entries(facts)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name}: ${text}`)
  return {
    text: `measured ${interval({ lo, mid, hi }, unit)} ${unit}${against}, ${span(finding)}`,
    children: [
      leaf(`basis ${finding.basis}, confidence ${finding.confidence.toFixed(2)}`),
      ...[...named, ...told].map(leaf),
    ],
  }
}

function historyNode(versions: readonly FindingVersion[]): TreeNode {
  return {
    text: `history: ${versions.length} versions`,
    children: versions.map(({ version, state, detected_at, unit, ...measured }) => {
      const { measured_lo: lo, measured_mid: mid, measured_hi: hi } = measured
      const when = formatInstant(detected_at)
      return leaf(`version ${version} at ${when}: ${state}, ${interval({ lo, mid, hi }, unit)}`)
    }),
  }
}

function tenantNode(tenant: string, parts: EvidenceParts): TreeNode {
  const own = <Part extends { readonly tenant_id: string }>(all: readonly Part[]) =>
    all.filter(part => part.tenant_id === tenant)
  return {
    text: tenant === '' ? 'unattributed compute' : `tenant ${tenant}`,
    children: [
      ...own(parts.commitments).map(commitmentLeaf),
      ...own(parts.runs).map(run => runNode(run, parts)),
      ...remainder(parts.runs, 'runs'),
      ...own(parts.hours).map(hoursLeaf),
      samplesNode(own(parts.samples), parts.samples),
    ],
  }
}

function runNode(run: RunEvidence, { gangs, classes }: EvidenceParts): TreeNode {
  const own = gangs.filter(gang => run.gang_ids.includes(gang.gang_id))
  const kind = classes[run.run_id]
  return {
    text: `run ${run.run_id}: ${flop(run)} operations by ${run.tier}, up to ${run.devices_max} devices, ${span(run)}`,
    children: [
      ...(kind === undefined ? [] : [workloadNode(kind)]),
      ...own.map(gang =>
        leaf(
          `gang ${gang.gang_id}: ${gang.devices} × ${gang.chip} on ${gang.site}/${gang.fabric_id}, ${flop(gang)} by ${gang.tier}, ${span(gang)}`,
        ),
      ),
    ],
  }
}

/** Every term: whoever disagrees with the sum must see what it is made of. */
function workloadNode(kind: WorkloadClass): TreeNode {
  return { text: workloadText(kind), children: kind.terms.map(term => leaf(termText(term))) }
}

function commitmentLeaf(given: CommitmentEvidence): TreeNode {
  const { commitment_id, revision, status, accelerators, accelerator, recorded_at } = given
  const recorded = formatInstant(recorded_at)
  return leaf(
    `commitment ${commitment_id} revision ${revision}, ${status}: ${accelerators} × ${accelerator}, ${span(given)}, recorded ${recorded}`,
  )
}

function hoursLeaf({ chip, tier, hours, observed_s, dark_s, lo, mid, hi }: HoursEvidence) {
  const seen = plain(observed_s / 3600)
  const dark = plain(dark_s / 3600)
  const operations = interval({ lo, mid, hi }, 'operations')
  return leaf(
    `${hours} hours on ${chip} by ${tier}: ${seen} device-hours seen, ${dark} dark, ${operations} operations`,
  )
}

function samplesNode(own: readonly SampleEvidence[], all: readonly SampleEvidence[]): TreeNode {
  const count = own.reduce((sum, { samples }) => sum + samples, 0)
  return {
    text: `${count} samples in ${own.length} batches`,
    children: [
      ...own.map(({ batch_id, source, samples, devices }) =>
        leaf(
          `batch ${batch_id} from ${source || 'unknown'}: ${samples} samples, ${devices} devices`,
        ),
      ),
      ...remainder(all, 'batches'),
    ],
  }
}

/** Says what a bound left out: a list that ends early without saying so would mislead. */
function remainder(rows: readonly { readonly total: number }[], what: string): TreeNode[] {
  const total = rows[0]?.total ?? 0
  return total > rows.length ? [leaf(`… ${total - rows.length} more ${what} in the window`)] : []
}

function leaf(text: string): TreeNode {
  return { text, children: [] }
}

function flop({ flop_lo: lo, flop_mid: mid, flop_hi: hi }: Bounds): string {
  return interval({ lo, mid, hi }, 'operations')
}

function interval(value: { lo: number; mid: number; hi: number }, unit: string): string {
  const { lo, mid, hi } = value
  if (lo === hi) return amount(mid, unit)
  return `${amount(mid, unit)} (${amount(lo, unit)} to ${amount(hi, unit)})`
}

function amount(value: number, unit: string): string {
  return unit.startsWith('operations') ? formatOperations(value) : plain(value)
}

function plain(value: number): string {
  if (Math.abs(value) >= 1e6) return formatOperations(value)
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)))
}

function span({ start, end }: { readonly start: Instant; readonly end: Instant }): string {
  return `${formatInstant(start)} to ${formatInstant(end)}`
}
