import type { ReportInput } from './input.ts'
import type { ReportPerson } from './person.ts'

/**
 * Red flags: what accompanies the compute and asks for a look. None is law (regulation 6.5), none
 * files anything; the ids are those of the catalogue in regulation 9.
 */

export interface RedFlag {
  readonly id: string
  readonly title: string
  readonly detail: string
  readonly source: string
}

export function redFlags(input: ReportInput, persons: readonly ReportPerson[]): RedFlag[] {
  return [...identityFlags(input, persons), ...signalFlags(input)]
}

function identityFlags(input: ReportInput, persons: readonly ReportPerson[]): RedFlag[] {
  const tenants = input.determinations.flatMap(({ body }) => body.tenants)
  const flags: RedFlag[] = []
  const flag = (id: string, title: string, details: readonly string[]) => {
    const detail = [...new Set(details)].join('; ')
    if (detail !== '') flags.push({ id, title, detail, source: 'identity' })
  }
  flag(
    'RF-20',
    'Several accounts under one control',
    input.links.length > 1 ? [input.links.map(({ tenant_id }) => tenant_id).join(', ')] : [],
  )
  flag(
    'RF-31',
    'Foreign beneficial owner behind a US account',
    tenants.filter(({ basis }) => basis === 'BO-1').map(({ reason }) => reason),
  )
  flag('RF-32', 'Identity not verified or not complete', [
    ...tenants.filter(({ basis }) => basis === 'BO-2').map(({ reason }) => reason),
    ...persons
      .filter(({ verification }) => verification !== 'verified')
      .map(({ name, party_id, verification }) => `${name ?? party_id}: ${verification}`),
  ])
  flag(
    'RF-36',
    'Paid by a third party',
    tenants.flatMap(({ tenant_id, payer }) =>
      payer ? [`${tenant_id} is paid for by ${payer.name ?? payer.party_id}`] : [],
    ),
  )
  flag(
    'RF-39',
    'Reseller has not identified its customer',
    tenants
      .filter(({ basis }) => basis === 'RS-1')
      .map(({ tenant_id, reason }) => `${tenant_id}: ${reason}`),
  )
  return flags
}

/** Findings that accompany the case without opening one, data-quality signals among them. */
function signalFlags(input: ReportInput): RedFlag[] {
  const signals = new Set(
    input.case.findings
      .filter(mark => mark.role === 'signal' && mark.state !== 'withdrawn')
      .map(mark => mark.finding_id),
  )
  return input.findings
    .filter(found => signals.has(found.finding_id))
    .map(found => ({
      id: found.detector_id,
      title: found.detector_id.replaceAll('-', ' '),
      detail: `${found.subject_kind} ${found.subject_id}: ${found.state}, ${found.severity}`,
      source: `finding ${found.finding_id}`,
    }))
}
