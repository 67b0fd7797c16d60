import { z } from 'zod'
import { contentDigest } from '../canonical.ts'
import type { PartyRecord } from '../records/identity.ts'
import { foreignPerson, type IsUnitedStates } from './foreign-person.ts'
import type { IdentityView } from './history.ts'
import { type Holding, type Holdings, holdingsOf, type OwnershipTest, passes } from './ownership.ts'

/**
 * Whether compute was used by, for or on behalf of a foreign person: the table of regulation 1.1
 * applied to the customer, its beneficial owners, its resellers and who pays.
 */

/** Reasons beyond the rows FP-1 .. FP-7, which apply to the customer itself. */
export const DETERMINATION_BASES = {
  'BO-1': 'foreign beneficial owner',
  'BO-2': 'beneficial owners not all identified',
  'RS-1': 'the customer behind the reseller is not identified',
  'OB-1': 'paid for by a foreign person',
} as const

const answer = z.object({
  status: z.enum(['foreign', 'domestic', 'unknown']),
  basis: z.string(),
  evidence: z.array(
    z.object({ fact: z.string(), value: z.string(), basis: z.string(), established: z.boolean() }),
  ),
})

const person = answer.extend({
  party_id: z.string(),
  kind: z.enum(['individual', 'entity', 'unknown']),
  name: z.string().nullable(),
})
export type DeterminedPerson = z.output<typeof person>

const owner = person.extend({
  share: z.number(),
  reach: z.number(),
  route: z.enum(['share', 'control', 'possible']),
  /** Party ids from the owner to the customer, one list per chain. */
  chains: z.array(z.array(z.string())),
})
export type DeterminedOwner = z.output<typeof owner>

const tenant = z.object({
  tenant_id: z.string(),
  status: answer.shape.status,
  basis: z.string(),
  reason: z.string(),
  customer: person.nullable(),
  owners: z.array(owner),
  resellers: z.array(person),
  payer: person.nullable(),
})
export type TenantDetermination = z.output<typeof tenant>

/** What a row of `determinations.body` holds. */
export const determinationBody = z.object({
  status: answer.shape.status,
  basis: z.string(),
  reason: z.string(),
  tenants: z.array(tenant),
  /** The identity snapshot: every statement that was looked up. */
  statements: z.array(
    z.object({
      kind: z.enum(['party', 'ownership', 'account', 'list']),
      id: z.string(),
      valid_from: z.number(),
      recorded_at: z.number(),
      content_hash: z.string(),
    }),
  ),
})
export type DeterminationBody = z.output<typeof determinationBody>

/** What the rules leave to data: the ownership test of the regime and what is United States. */
export interface IdentityPolicy {
  readonly ownership: OwnershipTest
  readonly isUnitedStates: IsUnitedStates
}

/** Chains shown per owner; the shares always count all of them. */
const CHAINS_SHOWN_MAX = 20

/**
 * Decides for the tenants of a finding together: foreign when any of them is, else unknown when
 * any of them is. Everything looked up through `view` becomes the snapshot, so use a fresh view.
 */
export function determine(
  tenants: readonly string[],
  view: IdentityView,
  policy: IdentityPolicy,
): DeterminationBody {
  const each = tenants.toSorted().map(id => determineTenant(id, view, policy))
  const lead =
    each.find(found => found.status === 'foreign') ??
    each.find(found => found.status === 'unknown') ??
    each[0]
  return {
    status: lead?.status ?? 'unknown',
    basis: lead?.basis ?? 'FP-7',
    reason: lead?.reason ?? 'the finding names no tenant',
    tenants: each,
    statements: [...view.consulted()],
  }
}

/** Equal facts, equal hash: the sign that a determination must be made again. */
export function identityHash(body: DeterminationBody): string {
  return contentDigest(body)
}

function determineTenant(
  id: string,
  view: IdentityView,
  policy: IdentityPolicy,
): TenantDetermination {
  const lookUp = (party: string) => personOf(party, view, policy.isUnitedStates)
  const account = id === '' ? null : view.account(id)
  const resellers = (account?.reseller_path ?? []).map(lookUp)
  const customer_id = account?.customer_party_id ?? null
  const payer_id = account?.payer_party_id ?? null
  const payer = payer_id === null || payer_id === customer_id ? null : lookUp(payer_id)
  const shared = { tenant_id: id, resellers, payer }
  if (customer_id === null) {
    const [basis, reason] = nobody(id, account !== null, resellers.length > 0)
    return { ...shared, status: 'unknown', basis, reason, customer: null, owners: [] }
  }
  const customer = lookUp(customer_id)
  const { ownership } = policy
  const holdings = holdingsOf(customer_id, party => view.ownersOf(party), ownership)
  const owners = holdings.holdings.flatMap(holding => ownerOf(holding, lookUp))
  const gaps = () => hidden(customer, holdings, view, ownership)
  const verdict = verdictOf(shared, customer, owners, gaps)
  return { ...shared, ...verdict, customer, owners }
}

function nobody(tenant: string, hasAccount: boolean, resold: boolean): [string, string] {
  if (tenant === '') return ['FP-7', 'the compute is not attributed to any tenant']
  if (!hasAccount) return ['FP-7', 'no account record was in force at the time of use']
  if (resold) return ['RS-1', DETERMINATION_BASES['RS-1']]
  return ['FP-7', 'the account names no customer']
}

type Verdict = Pick<TenantDetermination, 'status' | 'basis' | 'reason'>

/** First match wins; `hiddenOwners` says why owners may be missing, or null. */
function verdictOf(
  account: Pick<TenantDetermination, 'resellers' | 'payer'>,
  customer: DeterminedPerson,
  owners: readonly DeterminedOwner[],
  hiddenOwners: () => string | null,
): Verdict {
  const label = customer.name ?? customer.party_id
  if (customer.status === 'foreign') {
    return { status: 'foreign', basis: customer.basis, reason: `${label} is a foreign person` }
  }
  const counting = owners.filter(({ route }) => route !== 'possible')
  const foreign = counting.find(({ status }) => status === 'foreign')
  if (foreign) {
    const whose = `${foreign.name ?? foreign.party_id} behind ${label}`
    return {
      status: 'foreign',
      basis: 'BO-1',
      reason: `${DETERMINATION_BASES['BO-1']}: ${whose}`,
    }
  }
  if (customer.status === 'unknown') {
    return { status: 'unknown', basis: 'FP-7', reason: `not enough is known about ${label}` }
  }
  if (account.resellers.some(({ party_id }) => party_id === customer.party_id)) {
    return { status: 'unknown', basis: 'RS-1', reason: DETERMINATION_BASES['RS-1'] }
  }
  const unclear = owners.find(({ status }) => status !== 'domestic')
  const gap = unclear
    ? `not enough is known about ${unclear.name ?? unclear.party_id}, an owner of ${label}`
    : hiddenOwners()
  if (gap !== null) return { status: 'unknown', basis: 'BO-2', reason: gap }
  if (account.payer?.status === 'foreign') {
    return { status: 'unknown', basis: 'OB-1', reason: DETERMINATION_BASES['OB-1'] }
  }
  return {
    status: 'domestic',
    basis: customer.basis,
    reason: `${label} and all beneficial owners are US persons`,
  }
}

/**
 * Whether an owner large enough to count could be missing from the records: of the customer, or of
 * an entity that owns it. Nothing is missing where the party says that its owners are complete, or
 * where the recorded shares leave less than the test (regulation 3.2: customer and *all* owners).
 */
function hidden(
  customer: DeterminedPerson,
  holdings: Holdings,
  view: IdentityView,
  test: OwnershipTest,
): string | null {
  const label = customer.name ?? customer.party_id
  if (holdings.incomplete) return `the ownership of ${label} has too many chains to follow`
  const above = holdings.holdings
    .filter(({ route }) => route !== null)
    .map(({ owner, reach }) => ({ id: owner, reach }))
  for (const { id, reach } of [{ id: customer.party_id, reach: 1 }, ...above]) {
    const party = view.party(id)
    if (party === null || party.kind === 'individual' || party.owners_complete === true) continue
    const recorded = view.ownersOf(id).reduce((sum, edge) => sum + edge.share_min, 0)
    if (passes(reach * Math.max(0, 1 - recorded), test)) {
      return `the owners of ${nameOf(party) ?? id} are not all on record`
    }
  }
  return null
}

function personOf(id: string, view: IdentityView, isUs: IsUnitedStates): DeterminedPerson {
  const party = view.party(id)
  const direct = party?.kind === 'entity' ? view.ownersOf(id) : []
  const owners = direct.map(edge => ({
    edge,
    organised_in: view.party(edge.owner)?.organised_in ?? null,
  }))
  const { status, basis, evidence } = foreignPerson(party, owners, isUs)
  return {
    party_id: id,
    kind: party?.kind ?? 'unknown',
    name: party ? nameOf(party) : null,
    status,
    basis,
    evidence: [...evidence],
  }
}

function ownerOf(holding: Holding, lookUp: (party: string) => DeterminedPerson): DeterminedOwner[] {
  if (holding.route === null) return []
  const { share, reach, route } = holding
  const chains = holding.chains.slice(0, CHAINS_SHOWN_MAX).map(chain => [...chain.path])
  return [{ ...lookUp(holding.owner), share, reach, route, chains }]
}

/** The legal name, or whichever comes first. */
export function nameOf(party: PartyRecord): string | null {
  const legal = party.names.find(({ type }) => type === 'legal') ?? party.names[0]
  return legal?.name ?? null
}
