import { identityHistory, type StoredStatement } from '../../src/domain/identity/history.ts'
import { type IdentityKind, identityRecord } from '../../src/domain/records/identity.ts'
import { parseInstant } from '../../src/domain/window.ts'

/** Identity written by hand for tests: only what a test is about, the rest as if nobody said it. */

export interface When {
  /** Days since 2026-01-01; valid from the start of time and known at once when left out. */
  readonly from?: string
  readonly to?: string
  readonly known?: string
}

const ALWAYS = '2020-01-01'

function statement(kind: IdentityKind, id: string, body: object, when: When): StoredStatement {
  const at = (text: string) => parseInstant(text) ?? 0
  return {
    kind,
    id,
    valid_from: at(when.from ?? ALWAYS),
    valid_to: when.to === undefined ? null : at(when.to),
    recorded_at: at(when.known ?? ALWAYS),
    content_hash: String(JSON.stringify(body).length),
    record: identityRecord[kind].parse(body),
  } as StoredStatement
}

export function party(party_id: string, body: object, when: When = {}): StoredStatement {
  const names = [{ name: party_id.toUpperCase() }]
  return statement('party', party_id, { party_id, kind: 'entity', names, ...body }, when)
}

/** A verified entity organised in a US state whose owners are all on record. */
export function usEntity(party_id: string, body: object = {}, when: When = {}): StoredStatement {
  return party(
    party_id,
    { ...VERIFIED, organised_in: 'US-DE', owners_complete: true, ...body },
    when,
  )
}

export function person(party_id: string, citizenship: string, when: When = {}): StoredStatement {
  const citizenships = [{ country: citizenship, basis: 'document' }]
  return party(party_id, { ...VERIFIED, kind: 'individual', citizenships }, when)
}

export const VERIFIED = { verification: { state: 'verified', method: 'documentary' } }

export function owns(
  owner_id: string,
  owned_id: string,
  share: number | null,
  body: object = {},
  when: When = {},
): StoredStatement {
  const id = `${owner_id}>${owned_id}`
  return statement('ownership', id, { owner_id, owned_id, share, ...body }, when)
}

export function account(
  tenant_id: string,
  customer_party_id: string | null,
  body: object = {},
  when: When = {},
): StoredStatement {
  return statement('account', tenant_id, { tenant_id, customer_party_id, ...body }, when)
}

export function history(...statements: StoredStatement[]) {
  return identityHistory(statements)
}

/** At least 25 %, as proposed 15 CFR 7.301 has it. */
export const QUARTER = { comparator: 'at_least', share: 0.25 } as const

export const POLICY = {
  ownership: QUARTER,
  isUnitedStates: (country: string) => country === 'US' || country === 'PR',
} as const
