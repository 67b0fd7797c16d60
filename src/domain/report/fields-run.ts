import type { FindingMark } from '../case/case-event.ts'
import { standingFindings } from '../case/case-summary.ts'
import type { DeclaredFact } from '../case/questionnaire.ts'
import { known, maybe, operationsPhrase, type ReportEntry, timeText, unknown } from './entry.ts'
import type { ReportInput } from './input.ts'

/** Part B, the training run (regulation 6.3). Telemetry answers some of it; the rest is asked. */

type PartEntries = (input: ReportInput) => ReportEntry[]

export const runFields: Readonly<Record<string, PartEntries>> = {
  'R-B0': existence,
  'R-B1': operations,
  'R-B2': dates,
  'R-B3': practices,
  'R-B4': input => [declared(input, 'weight_protection')],
  'R-B5': input => [declared(input, 'cybersecurity_practices')],
  'R-B6': input => [declared(input, 'further_information')],
}

const STATE_PHRASES: Readonly<Record<string, string>> = {
  could: 'could pass the threshold: the upper bound does',
  presume:
    'presumably passes the threshold: the middle estimate does, mostly on gauges or counters',
  crossed: 'passes the threshold: even the lower bound does',
}

function existence(input: ReportInput): ReportEntry[] {
  return standingFindings(input.case).map(mark => {
    const kind = mark.basis === 'potential' ? 'committed compute' : 'observed compute'
    const phrase = STATE_PHRASES[mark.state] ?? mark.state
    return known(subjectOf(mark), `${kind} ${phrase}`, `finding ${mark.finding_id}`)
  })
}

/** Potential and observed compute are answered apart, never as one number (regulation 5). */
function operations(input: ReportInput): ReportEntry[] {
  const estimates = standingFindings(input.case).map(mark =>
    known(
      subjectOf(mark),
      operationsPhrase(mark),
      `finding ${mark.finding_id}`,
      `${mark.basis}; method: ${methodOf(mark.basis, tiersOf(input))}`,
    ),
  )
  const runs = input.runs.rows.map(run =>
    known(
      run.run_id,
      operationsPhrase({ lo: run.flop_lo, mid: run.flop_mid, hi: run.flop_hi }),
      'runs',
      `observed; method: tier ${run.tier}`,
    ),
  )
  return [...estimates, ...runs]
}

function methodOf(basis: string, tiers: readonly string[]): string {
  if (basis === 'potential') return 'peak of the committed accelerators over the committed time'
  return tiers.length === 0 ? 'not known to provider' : `tier ${tiers.join(', ')}`
}

/** Tiers of evidence behind the observed compute, best first. */
export function tiersOf(input: Pick<ReportInput, 'usage'>): readonly string[] {
  // Hours in which nothing was computed rest on no tier.
  return [...new Set(input.usage.map(line => line.tier))].filter(tier => tier !== '').sort()
}

function dates(input: ReportInput): ReportEntry[] {
  const anticipated = input.commitments.flatMap(found => {
    const source = `commitment ${found.commitment_id}`
    return [
      known(found.tenant_id, timeText(found.start), source, 'anticipated start'),
      known(found.tenant_id, timeText(found.end), source, 'anticipated completion'),
    ]
  })
  const observed = input.runs.rows.flatMap(run => [
    known(run.run_id, timeText(run.start), 'runs', 'observed start'),
    known(run.run_id, timeText(run.end), 'runs', 'last activity observed'),
  ])
  const planned =
    anticipated.length > 0
      ? anticipated
      : [unknown('', 'commitments', 'anticipated start and completion: not known to provider')]
  return [...planned, ...observed]
}

function practices(input: ReportInput): ReportEntry[] {
  const chips = Map.groupBy(input.usage, line => line.chip)
  const used = [...chips].map(([chip, lines]) => {
    const devices = Math.max(...lines.map(line => line.devices_max))
    return known(chip, chip, 'telemetry and billing', `up to ${devices} devices of a tenant`)
  })
  const reserved = input.commitments.map(found => {
    const fabric = found.fabric_gbps === null ? 'not known' : `${found.fabric_gbps} Gbit/s`
    const note = `${found.accelerators} devices, fabric ${fabric}, ${found.status}`
    return known(found.tenant_id, found.accelerator, `commitment ${found.commitment_id}`, note)
  })
  const uses = input.case.tenants.map(tenant => {
    const use = input.accounts.get(tenant)?.declared_use
    return maybe(tenant, use, 'identity: account record', 'use declared by the customer')
  })
  const models = [...used, ...reserved]
  return [
    ...(models.length > 0 ? models : [unknown('', 'telemetry and billing')]),
    ...uses,
    declared(input, 'training_practices'),
  ]
}

/** What only the customer can say, by the answers to the questions of the case. */
function declared(input: ReportInput, question: DeclaredFact): ReportEntry {
  const note = question.replaceAll('_', ' ')
  return maybe('', input.case.declared[question], 'declared by the customer', note)
}

function subjectOf(mark: FindingMark): string {
  return mark.subject_id === '' ? 'unattributed' : mark.subject_id
}
