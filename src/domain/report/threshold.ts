import { standingFindings } from '../case/case-summary.ts'
import { STATES } from '../detector.ts'
import { formatOperations } from '../quantity.ts'
import {
  type Facts,
  judgeCriteria,
  judgeThreshold,
  type Regime,
  type Threshold,
} from '../regime.ts'
import type { ReportInput } from './input.ts'
import type { ReportPerson } from './person.ts'

/**
 * The thresholds of the regime against what was measured. Each bound is compared by itself: a
 * threshold that only the upper bound passes could be met, it is not met. Nor is one presumably met
 * whose finding only says could, since its middle does not rest on gauges or counters.
 */

export interface ThresholdResult {
  readonly id: string
  readonly metric: string
  readonly comparator: string
  readonly value: string
  readonly unit: string
  readonly scope: string
  readonly measured: BoundTexts | null
  /** The finding or record that was measured. */
  readonly of: string
  readonly basis: string
  readonly result: 'met' | 'presumably_met' | 'could_be_met' | 'not_met' | 'unknown'
}

interface BoundTexts {
  readonly lo: string
  readonly mid: string
  readonly hi: string
}

interface Measured {
  readonly lo: number
  readonly mid: number
  readonly hi: number
  readonly of: string
  readonly basis: string
  /** Whether a middle that passes suffices to presume. */
  readonly is_presumable: boolean
}

export interface ThresholdReading {
  readonly results: readonly ThresholdResult[]
  /** The regime's criteria on the lower, middle and upper bounds of everything measured. */
  readonly criteria: { readonly lo: string; readonly mid: string; readonly hi: string }
}

export function readThresholds(
  input: ReportInput,
  persons: readonly ReportPerson[],
): ThresholdReading {
  const measured = new Map(
    input.regime.thresholds.map(rule => [rule.id, measureFor(rule, input, persons)]),
  )
  const results = input.regime.thresholds.map(rule =>
    resultOf(rule, measured.get(rule.id) ?? null, input.regime),
  )
  const judge = (bound: 'lo' | 'mid' | 'hi') =>
    judgeCriteria(input.regime, factsOf(input.regime, measured, bound))
  return { results, criteria: { lo: judge('lo'), mid: judge('mid'), hi: judge('hi') } }
}

function factsOf(
  regime: Regime,
  measured: ReadonlyMap<string, Measured | null>,
  bound: 'lo' | 'mid' | 'hi',
): Facts {
  const facts: { [metric: string]: number | boolean } = {}
  for (const rule of regime.thresholds) {
    const found = measured.get(rule.id)
    if (found)
      facts[rule.metric] = typeof rule.value === 'boolean' ? found[bound] > 0 : found[bound]
  }
  return facts
}

function resultOf(rule: Threshold, found: Measured | null, regime: Regime): ThresholdResult {
  const { id, metric, comparator, unit, scope } = rule
  const shared = { id, metric, comparator, value: String(rule.value), unit, scope }
  if (found === null) {
    return { ...shared, measured: null, of: 'not measured', basis: '', result: 'unknown' }
  }
  const passes = (bound: 'lo' | 'mid' | 'hi') =>
    judgeThreshold(rule, factsOf(regime, new Map([[rule.id, found]]), bound)) === 'met'
  const result = passes('lo')
    ? 'met'
    : found.is_presumable && passes('mid')
      ? 'presumably_met'
      : passes('hi')
        ? 'could_be_met'
        : 'not_met'
  const text = (value: number) => (value >= 1e6 ? formatOperations(value) : String(value))
  const texts = { lo: text(found.lo), mid: text(found.mid), hi: text(found.hi) }
  return { ...shared, measured: texts, of: found.of, basis: found.basis, result }
}

function measureFor(
  rule: Threshold,
  input: ReportInput,
  persons: readonly ReportPerson[],
): Measured | null {
  switch (rule.metric) {
    case 'training_operations':
      return surestFinding(input, 'operations')
    case 'cluster_peak_ops_per_s':
      return surestFinding(input, 'operations_per_s')
    case 'cluster_link_gbps':
      return fastestFabric(input)
    case 'cluster_single_site':
      return singleSite(input)
    case 'ownership_share':
      return largestForeignOwner(input, persons)
    default:
      return null
  }
}

/** The finding that is surest of its threshold; of several, that with the largest middle. */
function surestFinding(input: ReportInput, unit: string): Measured | null {
  const standing = new Set(
    input.case.findings.filter(mark => mark.state !== 'withdrawn').map(mark => mark.finding_id),
  )
  const [first] = input.findings
    .filter(found => found.unit === unit && standing.has(found.finding_id))
    .toSorted(
      (a, b) =>
        STATE_ORDER.indexOf(b.state) - STATE_ORDER.indexOf(a.state) ||
        b.measured_mid - a.measured_mid ||
        b.measured_hi - a.measured_hi,
    )
  if (!first) return null
  const { measured_lo: lo, measured_mid: mid, measured_hi: hi } = first
  const is_presumable = first.state !== 'could' && first.state !== 'watch'
  return { lo, mid, hi, of: `finding ${first.finding_id}`, basis: first.basis, is_presumable }
}

const STATE_ORDER: readonly string[] = STATES

function exact(value: number, of: string, basis: string): Measured {
  return { lo: value, mid: value, hi: value, of, basis, is_presumable: true }
}

function fastestFabric(input: ReportInput): Measured | null {
  const [first] = input.commitments
    .flatMap(({ fabric_gbps, commitment_id }) =>
      fabric_gbps === null ? [] : [{ fabric_gbps, commitment_id }],
    )
    .toSorted((a, b) => b.fabric_gbps - a.fabric_gbps)
  if (!first) return null
  return exact(first.fabric_gbps, `commitment ${first.commitment_id}`, 'declared')
}

/** One site for every run of the case: co-location as far as telemetry and contracts tell. */
function singleSite(input: ReportInput): Measured | null {
  const sites = new Set([
    ...input.runs.rows.flatMap(run => run.sites),
    ...input.commitments.map(({ site }) => site),
  ])
  sites.delete('')
  if (sites.size === 0) return null
  const basis = input.runs.rows.length > 0 ? 'observed' : 'declared'
  return exact(sites.size === 1 ? 1 : 0, [...sites].sort().join(', '), basis)
}

function largestForeignOwner(
  input: ReportInput,
  persons: readonly ReportPerson[],
): Measured | null {
  const owners = input.determinations
    .flatMap(({ body }) => body.tenants.flatMap(tenant => tenant.owners))
    .filter(owner => owner.status === 'foreign')
    .toSorted((a, b) => b.share - a.share)
  const [first] = owners
  if (first) {
    const by = first.route === 'share' ? '' : `, by ${first.route}`
    return exact(first.share, `${first.name ?? first.party_id}${by}`, 'declared')
  }
  const owned = persons.some(person => person.roles.includes('beneficial_owner'))
  return owned ? exact(0, 'no foreign owner on record', 'declared') : null
}

/** Whether a case stands on compute that is only committed, only observed, or both. */
export function basesOf(input: Pick<ReportInput, 'case'>): readonly string[] {
  return [...new Set(standingFindings(input.case).map(mark => mark.basis))].sort()
}
