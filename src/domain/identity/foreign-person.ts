import type { PartyRecord } from '../records/identity.ts'
import type { OwnershipEdge } from './ownership.ts'

/**
 * Is this party a foreign person? Rows 1–7 of regulation 1.1, the first that matches decides.
 *
 * Facts that make somebody a US person must be established: a document, a registry, or a
 * declaration of a party whose identity has been verified. Facts that point abroad need only have
 * been stated. Nobody gains by claiming, and what nobody knows is `unknown`, never `domestic`.
 */

export type PersonStatus = 'foreign' | 'domestic' | 'unknown'

/** Rows of the table, as determinations and reports cite them. */
export const FOREIGN_PERSON_ROWS = {
  'FP-1': 'individual who is a US citizen',
  'FP-2': 'individual who is a lawful permanent resident of the US',
  'FP-3': 'person physically in the United States',
  'FP-4': 'entity organised under US law',
  'FP-5': 'entity organised abroad, subsidiary of a US entity',
  'FP-6': 'neither citizen, resident, located nor organised in the United States',
  'FP-7': 'not enough data to decide: potentially foreign',
} as const
export type ForeignPersonRow = keyof typeof FOREIGN_PERSON_ROWS

/** One fact that was weighed. `established` says whether it could decide in the person's favour. */
export interface IdentityFact {
  readonly fact: string
  readonly value: string
  readonly basis: string
  readonly established: boolean
}

export interface PersonAnswer {
  readonly status: PersonStatus
  readonly basis: ForeignPersonRow
  readonly evidence: readonly IdentityFact[]
}

/** A share of one half or more in what it owns makes a parent of an owner. */
const PARENT_SHARE = 0.5

/** Which countries are United States: the states and the territories (config/jurisdictions.yaml). */
export type IsUnitedStates = (country: string) => boolean

/** Whether a country, or the country of a subdivision such as `US-DE`, is United States. */
export function isUsCode(code: string | null, isUs: IsUnitedStates): boolean {
  return code !== null && isUs(code.slice(0, 2))
}

/** A direct owner with where it is organised itself. */
export interface DirectOwner {
  readonly edge: OwnershipEdge
  readonly organised_in: string | null
}

/**
 * Decides about one party; null when no record of it exists. `owners` are its direct owners and
 * their own organisation, for the row about subsidiaries only: owners never make a party domestic.
 */
export function foreignPerson(
  party: PartyRecord | null,
  owners: readonly DirectOwner[],
  isUs: IsUnitedStates,
): PersonAnswer {
  if (party === null) return { status: 'unknown', basis: 'FP-7', evidence: [] }
  const facts =
    party.kind === 'individual' ? individualFacts(party, isUs) : entityFacts(party, isUs)
  const evidence = [...facts.map(({ row: _, ...fact }) => fact), verification(party)]
  const favourable = US_ROWS.find(row => facts.some(fact => fact.row === row && fact.established))
  if (favourable) return { status: 'domestic', basis: favourable, evidence }
  if (!facts.some(fact => fact.row === 'FP-6'))
    return { status: 'unknown', basis: 'FP-7', evidence }
  const parent = owners.find(owner => isUsParent(owner, isUs))
  if (!parent) return { status: 'foreign', basis: 'FP-6', evidence }
  return { status: 'foreign', basis: 'FP-5', evidence: [...evidence, parentFact(parent.edge)] }
}

const US_ROWS = ['FP-1', 'FP-2', 'FP-3', 'FP-4'] as const

/** A fact with the row it speaks for; null where it only informs the reader. */
interface WeighedFact extends IdentityFact {
  readonly row: (typeof US_ROWS)[number] | 'FP-6' | null
}

type Claim = PartyRecord['citizenships'][number]

function individualFacts(party: PartyRecord, isUs: IsUnitedStates): WeighedFact[] {
  const verified = isVerified(party)
  const citizenships = party.citizenships.map((claim): WeighedFact => {
    const abroad = isStated(claim) ? 'FP-6' : null
    return weigh('citizenship', claim, verified, isUsCode(claim.country, isUs) ? 'FP-1' : abroad)
  })
  const residencies = party.residencies.map((claim): WeighedFact => {
    const row = isUsCode(claim.country, isUs) ? RESIDENCE_ROWS[claim.status] : null
    return weigh(`residency (${claim.status.replaceAll('_', ' ')})`, claim, verified, row)
  })
  return [...citizenships, ...residencies, ...placeFacts(party, isUs)]
}

const RESIDENCE_ROWS = {
  permanent_resident: 'FP-2',
  resident: 'FP-3',
  present: 'FP-3',
  unknown: null,
} as const

function entityFacts(party: PartyRecord, isUs: IsUnitedStates): WeighedFact[] {
  const facts = placeFacts(party, isUs)
  if (party.organised_in === null) return facts
  const organised = stated('organised in', party.organised_in, isVerified(party))
  return [{ ...organised, row: isUsCode(party.organised_in, isUs) ? 'FP-4' : 'FP-6' }, ...facts]
}

/** Where a person is. A registered address is only where an entity's papers are. */
const PLACES = {
  individual: ['residential'],
  entity: ['principal_place_of_business', 'headquarters'],
} as const satisfies Record<PartyRecord['kind'], readonly string[]>

function placeFacts(party: PartyRecord, isUs: IsUnitedStates): WeighedFact[] {
  const places: readonly string[] = PLACES[party.kind]
  return party.addresses
    .filter(({ role }) => places.includes(role))
    .map(({ role, country }) => ({
      ...stated(`address (${role.replaceAll('_', ' ')})`, country, isVerified(party)),
      row: isUsCode(country, isUs) ? 'FP-3' : null,
    }))
}

/** A fact of the party record itself: as good as the verification of the party. */
function stated(fact: string, value: string | null, verified: boolean): IdentityFact {
  return {
    fact,
    value: value ?? 'not known',
    basis: verified ? 'verified' : 'stated',
    established: verified,
  }
}

function weigh(
  fact: string,
  claim: Claim,
  verified: boolean,
  row: WeighedFact['row'],
): WeighedFact {
  return {
    fact,
    value: claim.country ?? 'not known',
    basis: claim.basis,
    established: isEstablished(claim, verified),
    row,
  }
}

/** An address of a payment card or an IP in the US is weak evidence and establishes nothing. */
function isEstablished({ basis }: Claim, verified: boolean): boolean {
  return basis === 'document' || basis === 'registry' || (basis === 'declared' && verified)
}

function isStated({ basis }: Claim): boolean {
  return basis === 'document' || basis === 'registry' || basis === 'declared'
}

function verification(party: PartyRecord): IdentityFact {
  const { state, method } = party.verification
  return {
    fact: 'verification',
    value: state,
    basis: method ?? 'method not known',
    established: isVerified(party),
  }
}

function isVerified(party: PartyRecord): boolean {
  return party.verification.state === 'verified'
}

function isUsParent(owner: DirectOwner, isUs: IsUnitedStates): boolean {
  const leads = owner.edge.control || owner.edge.share_min >= PARENT_SHARE
  return leads && isUsCode(owner.organised_in, isUs)
}

function parentFact(edge: OwnershipEdge): IdentityFact {
  return {
    fact: 'parent organised in the United States',
    value: edge.owner,
    basis: edge.control ? 'control' : 'share',
    established: false,
  }
}
