import type { PartyRecord } from '../records/identity.ts'
import { known, maybe, type ReportEntry, timeText, unknown } from './entry.ts'
import type { ReportInput } from './input.ts'
import { labelOf, type ReportPerson } from './person.ts'

/** Part A, the foreign person (regulation 6.2): one entry per person behind the compute. */

const PARTY = 'identity: party record'
const ACCOUNT = 'identity: account record'

/** Whom part A is about: customers and their owners who are not known to be US persons. */
export function reportableSubjects(persons: readonly ReportPerson[]): readonly ReportPerson[] {
  const asked = persons.filter(
    ({ roles }) => roles[0] === 'customer' || roles.includes('beneficial_owner'),
  )
  const foreign = asked.filter(
    ({ status, roles }) => status !== 'domestic' || roles[0] === 'customer',
  )
  return foreign.length > 0 ? foreign : asked
}

type PartEntries = (input: ReportInput, persons: readonly ReportPerson[]) => ReportEntry[]

export const identityFields: Readonly<Record<string, PartEntries>> = {
  'R-A1': (input, persons) => each(persons, input, names),
  'R-A2': (input, persons) => [...each(persons, input, addresses), ...placesOfUse(input)],
  'R-A3': input => payments(input),
  'R-A4': (input, persons) =>
    each(persons, input, (subject, party) => list(subject, party?.emails ?? [])),
  'R-A5': (input, persons) =>
    each(persons, input, (subject, party) => list(subject, party?.phones ?? [])),
  'R-A6': input => accesses(input),
}

function each(
  persons: readonly ReportPerson[],
  input: ReportInput,
  entries: (subject: string, party: PartyRecord | null, person: ReportPerson) => ReportEntry[],
): ReportEntry[] {
  const subjects = reportableSubjects(persons)
  if (subjects.length === 0) return [unknown('', PARTY, 'no customer is on record')]
  return subjects.flatMap(person =>
    entries(labelOf(person.party_id, input), input.parties.get(person.party_id) ?? null, person),
  )
}

function names(subject: string, party: PartyRecord | null, person: ReportPerson): ReportEntry[] {
  const role = person.roles.join(', ').replaceAll('_', ' ')
  if (party === null || party.names.length === 0) return [unknown(subject, PARTY)]
  return party.names.map(({ type, name }) => known(subject, name, PARTY, `${type} name; ${role}`))
}

function addresses(subject: string, party: PartyRecord | null): ReportEntry[] {
  if (party === null || party.addresses.length === 0) return [unknown(subject, PARTY)]
  return party.addresses.map(({ role, text, city, region, postal_code, country }) => {
    const parts = [text, city, region, postal_code, country ?? ''].filter(part => part !== '')
    return maybe(subject, parts.join(', '), PARTY, role.replaceAll('_', ' '))
  })
}

/** Where requests come from: the addresses that administer the account, newest first. */
function placesOfUse(input: ReportInput): ReportEntry[] {
  const ips = [...new Set(input.accesses.rows.map(({ ip }) => ip))]
  const note = 'place the request comes from'
  if (ips.length === 0) return [unknown('', 'access log', `${note}: not known to provider`)]
  return [known('', ips.slice(0, ADDRESSES_SHOWN_MAX).join(', '), 'access log', note)]
}

function list(subject: string, values: readonly string[]): ReportEntry[] {
  if (values.length === 0) return [unknown(subject, PARTY)]
  return values.map(value => known(subject, value, PARTY))
}

function payments(input: ReportInput): ReportEntry[] {
  return input.case.tenants.flatMap(tenant => {
    const account = input.accounts.get(tenant)
    if (!account) return [unknown(tenant, ACCOUNT)]
    const payer = account.payer_party_id
    const instruments = account.payment_instruments.map(({ token, kind, institution, country }) => {
      const where = [institution, country].filter(part => part !== null).join(', ')
      const note = `${kind}; institution: ${where || 'not known to provider'}`
      return known(tenant, token, ACCOUNT, note)
    })
    return [
      ...(instruments.length > 0 ? instruments : [unknown(tenant, ACCOUNT)]),
      maybe(tenant, payer && labelOf(payer, input), ACCOUNT, 'who pays'),
      maybe(tenant, account.customer_number, ACCOUNT, 'customer number'),
    ]
  })
}

/** Bounds a list in the text of a field; the section of accesses carries all that were read. */
const ADDRESSES_SHOWN_MAX = 50

function accesses(input: ReportInput): ReportEntry[] {
  const byAddress = Map.groupBy(input.accesses.rows, ({ tenant_id, ip }) => `${tenant_id} ${ip}`)
  if (byAddress.size === 0) return [unknown('', 'access log')]
  const entries = [...byAddress.values()].slice(0, ADDRESSES_SHOWN_MAX).flatMap(own => {
    // Rows come newest first.
    const [last, first] = [own[0], own.at(-1)]
    if (!last || !first) return []
    const who = [...new Set(own.map(({ principal }) => principal))].join(', ')
    const note = `${own.length} times, ${timeText(first.time)} to ${timeText(last.time)}; ${who}`
    return [known(last.tenant_id, last.ip, 'access log', note)]
  })
  const rest = byAddress.size - entries.length
  if (rest <= 0) return entries
  return [...entries, known('', `${rest} more`, 'access log', 'see the section on access')]
}
