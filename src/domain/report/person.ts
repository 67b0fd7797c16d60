import { compareUtf16 } from '../canonical.ts'
import type { DeterminedOwner, DeterminedPerson } from '../identity/determination.ts'
import { nameOf } from '../identity/determination.ts'
import type { PartyRecord } from '../records/identity.ts'
import { percent } from './entry.ts'
import type { ReportInput } from './input.ts'

/** The people and companies of a report: everyone who stands behind the compute, once each. */

export const PERSON_ROLES = ['customer', 'beneficial_owner', 'reseller', 'payer'] as const
export type PersonRole = (typeof PERSON_ROLES)[number]

export interface ReportPerson {
  readonly party_id: string
  readonly roles: readonly PersonRole[]
  readonly kind: DeterminedPerson['kind']
  readonly name: string | null
  /** Other names with their type, the original script among them. */
  readonly other_names: readonly { readonly type: string; readonly name: string }[]
  readonly status: DeterminedPerson['status']
  /** Row of the decision table, see the legend of the report. */
  readonly basis: string
  readonly evidence: DeterminedPerson['evidence']
  readonly organised_in: string | null
  readonly headquarters_country: string | null
  readonly verification: string
  /** For owners: which customer is held, how much of it, and through whom. */
  readonly holdings: readonly ReportHolding[]
}

export interface ReportHolding {
  readonly customer: string
  readonly share: string
  readonly route: DeterminedOwner['route']
  /** Names or ids from the owner down to the customer. */
  readonly chains: readonly (readonly string[])[]
}

/** Everyone named by the determinations, in the order of roles, then of party ids. */
export function reportPersons(input: ReportInput): ReportPerson[] {
  const found = new Map<string, Mutable>()
  const meet = (person: DeterminedPerson, role: PersonRole): Mutable => {
    const known = found.get(person.party_id) ?? { person, roles: new Set(), holdings: new Map() }
    known.roles.add(role)
    found.set(person.party_id, known)
    return known
  }
  for (const { body } of input.determinations) {
    for (const tenant of body.tenants) {
      if (tenant.customer) meet(tenant.customer, 'customer')
      for (const owner of tenant.owners) {
        const customer = tenant.customer?.party_id ?? ''
        meet(owner, 'beneficial_owner').holdings.set(customer, owner)
      }
      for (const reseller of tenant.resellers) meet(reseller, 'reseller')
      if (tenant.payer) meet(tenant.payer, 'payer')
    }
  }
  const rank = (roles: readonly PersonRole[]) =>
    Math.min(...roles.map(role => PERSON_ROLES.indexOf(role)))
  return [...found.values()]
    .map(one => finished(one, input))
    .sort((a, b) => rank(a.roles) - rank(b.roles) || compareUtf16(a.party_id, b.party_id))
}

interface Mutable {
  readonly person: DeterminedPerson
  readonly roles: Set<PersonRole>
  readonly holdings: Map<string, DeterminedOwner>
}

function finished({ person, roles, holdings }: Mutable, input: ReportInput): ReportPerson {
  const party = input.parties.get(person.party_id) ?? null
  return {
    party_id: person.party_id,
    roles: PERSON_ROLES.filter(role => roles.has(role)),
    kind: person.kind,
    name: person.name,
    other_names: otherNames(party),
    status: person.status,
    basis: person.basis,
    evidence: person.evidence,
    organised_in: party?.organised_in ?? null,
    headquarters_country: party?.headquarters_country ?? null,
    verification: party?.verification.state ?? 'no record',
    holdings: [...holdings].map(([customer, owner]) => ({
      customer: labelOf(customer, input),
      share: percent(owner.share),
      route: owner.route,
      chains: owner.chains.map(chain => chain.map(id => labelOf(id, input))),
    })),
  }
}

function otherNames(party: PartyRecord | null) {
  if (party === null) return []
  const chosen = nameOf(party)
  return party.names.filter(({ name }) => name !== chosen).map(({ type, name }) => ({ type, name }))
}

/** A party's name, else its id. */
export function labelOf(party_id: string, input: Pick<ReportInput, 'parties'>): string {
  const party = input.parties.get(party_id)
  return (party && nameOf(party)) ?? party_id
}
