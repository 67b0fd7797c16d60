import { standingFindings } from '../case/case-summary.ts'
import { operationsPhrase, percent, sentence, timeText } from './entry.ts'
import { tiersOf } from './fields-run.ts'
import type { ReportInput } from './input.ts'
import { whoSentences } from './narrative-who.ts'
import type { ReportPerson } from './person.ts'
import type { ThresholdReading } from './threshold.ts'

/**
 * The case in sentences: who, what, when, where, why, how, how it was estimated, and what is not
 * known (regulation 12.3). Written from the same facts as the fields, by rule and not by chance.
 */

export interface NarrativePart {
  readonly question: string
  readonly sentences: readonly string[]
}

export function narrative(
  input: ReportInput,
  persons: readonly ReportPerson[],
  thresholds: ThresholdReading,
): NarrativePart[] {
  return [
    { question: 'Who', sentences: whoSentences(input) },
    { question: 'What', sentences: what(input) },
    { question: 'When', sentences: when(input) },
    { question: 'Where', sentences: where(input) },
    { question: 'Why it is reported', sentences: why(input, thresholds) },
    { question: 'How it was found', sentences: how(input) },
    { question: 'How it was estimated', sentences: estimated(input) },
    { question: 'What is not known', sentences: gaps(input, persons, thresholds) },
  ]
}

function what(input: ReportInput): string[] {
  const findings = standingFindings(input.case).map(mark => {
    const kind =
      mark.basis === 'potential' ? 'could be computed with what is committed' : 'were used'
    const subject = mark.subject_id === '' ? 'unattributed compute' : mark.subject_id
    return `${capital(operationsPhrase(mark))} ${kind} (${mark.subject_kind} ${subject}).`
  })
  const { length } = input.runs.rows
  if (length === 0) return [...findings, 'No run has been observed.']
  const runs = length === 1 ? 'One run was' : `${length} runs were`
  return [...findings, `${runs} observed in the period.`]
}

function when(input: ReportInput): string[] {
  const { transaction, detected_at, knowledge } = input.case
  const { start, end } = input.period
  return [
    `The findings speak about ${timeText(start)} to ${timeText(end)}.`,
    `The covered transaction occurred on ${timeText(transaction.at)} (${transaction.evidence}).`,
    `It was detected on ${timeText(detected_at)}.`,
    ...(knowledge === null
      ? []
      : [`Knowledge was established on ${timeText(knowledge.knowledge_at)}.`]),
  ]
}

function where(input: ReportInput): string[] {
  const sites = new Set([
    ...input.runs.rows.flatMap(run => run.sites),
    ...input.commitments.map(({ site }) => site),
  ])
  sites.delete('')
  const fabrics = new Set(input.runs.rows.flatMap(run => run.fabrics))
  fabrics.delete('')
  const place = sites.size === 0 ? 'at a site not known' : `at ${[...sites].sort().join(', ')}`
  const island = fabrics.size === 0 ? '' : `, on fabric ${[...fabrics].sort().join(', ')}`
  return [`The accelerators stand ${place}${island}.`]
}

const METRIC_PHRASES: Readonly<Record<string, string>> = {
  training_operations: 'Training operations',
  biological_training_operations: 'Training operations on biological sequences',
  cluster_peak_ops_per_s: 'Peak of the cluster',
  cluster_link_gbps: 'Links of the cluster',
  cluster_single_site: 'Cluster on one site',
  ownership_share: 'Largest foreign holding',
  modification_share: 'Share of compute in a modification',
  developer_revenue_usd: 'Revenue of the developer',
}

function why(input: ReportInput, { results, criteria }: ThresholdReading): string[] {
  const limits = results
    .filter(({ result }) => result !== 'unknown')
    .map(({ metric, comparator, value, unit, result }) => {
      const limit = value === 'true' ? '' : ` ${comparator} ${value} ${unit}`
      return `${METRIC_PHRASES[metric] ?? words(metric)}${limit}: ${words(result)}.`
    })
  const { lo, mid, hi } = criteria
  return [
    `${input.regime.title}: ${input.regime.banner}`,
    ...limits,
    `Criteria of the regime: on lower bounds ${words(lo)}, middle ${words(mid)}, upper ${words(hi)}.`,
  ]
}

function how(input: ReportInput): string[] {
  const standing = input.findings.filter(found => found.state !== 'withdrawn')
  return standing.map(
    ({ finding_id, detector_id, detector_version, state, severity, confidence }) =>
      `Detector ${detector_id} version ${detector_version} found ${finding_id}: ${state}, ` +
      `severity ${severity}, confidence ${percent(confidence)}.`,
  )
}

const TIER_PHRASES: Readonly<Record<string, string>> = {
  T1: 'operations counted by the device',
  T2: 'tensor activity and clock',
  T3: 'energy',
  T4: 'activity only',
  T5: 'billing only',
}

function estimated(input: ReportInput): string[] {
  const tiers = tiersOf(input).map(tier => `${tier} (${TIER_PHRASES[tier] ?? 'other evidence'})`)
  const { covered, dark } = coverageOf(input)
  const basis = tiers.length === 0 ? 'No usage was metered.' : `Evidence: ${tiers.join(', ')}.`
  const unseen =
    dark === 0
      ? '.'
      : `; ${Math.round(dark / 3600)} device-hours are known from billing alone and count with the widest interval.`
  const share =
    covered === null
      ? 'There is no metered or billed device time in the period.'
      : `Telemetry covers ${percent(covered)} of device time${unseen}`
  return [
    basis,
    share,
    'An operation is an integer or floating-point operation; a multiply-add counts as two.',
    'Every figure is an interval: the middle, and bounds that hold the truth in nine of ten cases.',
    `Chips and priors: catalogue version ${input.catalogue_version.slice(0, 16)}.`,
  ]
}

/** Share of device time that telemetry saw; null when there is no device time at all. */
export function coverageOf(input: Pick<ReportInput, 'usage'>): {
  readonly covered: number | null
  readonly observed: number
  readonly dark: number
} {
  const observed = input.usage.reduce((sum, line) => sum + line.observed_s, 0)
  const dark = input.usage.reduce((sum, line) => sum + line.dark_s, 0)
  const all = observed + dark
  return { covered: all === 0 ? null : observed / all, observed, dark }
}

function gaps(
  input: ReportInput,
  persons: readonly ReportPerson[],
  { results }: ThresholdReading,
): string[] {
  const unverified = persons.filter(({ verification }) => verification !== 'verified')
  const unmeasured = results.filter(({ result }) => result === 'unknown').map(({ id }) => id)
  return [
    'What the compute was used for is not known: no code, data, weights or prompts are read.',
    ...(unverified.length > 0
      ? [sentence(`Not verified: ${unverified.map(labelled).join(', ')}`)]
      : []),
    ...(unmeasured.length > 0 ? [`Not measured: ${unmeasured.map(words).join(', ')}.`] : []),
    ...(input.case.knowledge === null
      ? ['No person has yet established knowledge of a covered transaction.']
      : []),
  ]
}

function labelled({ name, party_id }: ReportPerson): string {
  return name ?? party_id
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
