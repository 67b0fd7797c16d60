import { z } from 'zod'
import {
  booleanOrNull,
  countryOrNull,
  instantOrNull,
  jurisdictionOrNull,
  listOf,
  numberOrNull,
  requiredCountry,
  requiredInstant,
  requiredText,
  shareOrNull,
  text,
  textOrNull,
  wordOr,
} from './fields.ts'

/**
 * Identity as the provider records it (contract 1.4; elements C-1 .. C-7 of the identification
 * programme, regulation 3.1). Nothing here says who is foreign: these are the facts, each with the
 * basis it rests on, that a determination is made from. A fact nobody recorded is null or an empty
 * list, which means *not known*, never *no*.
 */

export const NAME_TYPES = ['legal', 'trading', 'former', 'alias', 'transliterated'] as const
export const ADDRESS_ROLES = [
  'residential',
  'registered',
  'principal_place_of_business',
  'headquarters',
  'place_of_use',
  'billing',
  'other',
] as const
/** What a statement about a country rests on, best first. */
export const CLAIM_BASES = [
  'document',
  'registry',
  'declared',
  'payment',
  'network',
  'other',
  'unknown',
] as const
export const RESIDENCE_STATUSES = ['permanent_resident', 'resident', 'present', 'unknown'] as const
export const VERIFICATION_STATES = ['unverified', 'pending', 'verified', 'failed'] as const
export const VERIFICATION_METHODS = ['documentary', 'non_documentary', 'both', 'unknown'] as const

/**
 * When the statement was true, half-open, and since when the provider has known it. A record
 * without `valid_from` holds from the start of time; one without `recorded_at` was recorded when
 * it arrived here.
 */
const validity = {
  valid_from: instantOrNull,
  valid_to: instantOrNull,
  recorded_at: instantOrNull,
  source: text,
}

const name = z.object({
  name: requiredText,
  type: wordOr(NAME_TYPES, 'legal'),
})

const address = z.object({
  role: wordOr(ADDRESS_ROLES, 'other'),
  text: text,
  city: text,
  region: text,
  postal_code: text,
  country: countryOrNull,
})

const countryClaim = z.object({
  country: requiredCountry,
  basis: wordOr(CLAIM_BASES, 'unknown'),
  evidence: listOf(requiredText),
})

/** C-1 .. C-5 of one individual or entity, a customer or an owner of one. */
export const partyRecord = z.object({
  party_id: requiredText,
  kind: z.enum(['individual', 'entity']),
  names: listOf(name),
  addresses: listOf(address),
  /** Where an entity is organised: country or subdivision (`US-DE`). */
  organised_in: jurisdictionOrNull,
  headquarters_country: countryOrNull,
  citizenships: listOf(countryClaim),
  /** `present` is being physically there, which is a test of its own (regulation 1.1 row 3). */
  residencies: listOf(countryClaim.extend({ status: wordOr(RESIDENCE_STATUSES, 'unknown') })),
  /** Registry numbers such as `{scheme: 'LEI', id: …}`, for screening and for joining imports. */
  identifiers: listOf(z.object({ scheme: text, id: requiredText })),
  emails: listOf(requiredText),
  phones: listOf(requiredText),
  /** Whether every beneficial owner is on record; null: nobody asked (C-7). */
  owners_complete: booleanOrNull,
  verification: z
    .object({
      state: wordOr(VERIFICATION_STATES, 'unverified'),
      at: instantOrNull,
      method: wordOr(VERIFICATION_METHODS, 'unknown'),
    })
    .prefault({}),
  ...validity,
})

/**
 * One interest of an owner in what it owns. `share` is 0..1, null when it is not known; where only
 * a bracket was published, `share_min` and `share_max` hold it.
 */
export const ownershipRecord = z.object({
  owner_id: requiredText,
  owned_id: requiredText,
  share: shareOrNull,
  share_min: shareOrNull,
  share_max: shareOrNull,
  /** Control by other means than the share: board, trust, contract, consolidation. */
  control: booleanOrNull.transform(value => value ?? false),
  kind: text.transform(value => value || 'shareholding'),
  ...validity,
})

const paymentInstrument = z.object({
  /** A token, never a card or account number. */
  token: requiredText,
  kind: text.transform(value => value || 'unknown'),
  institution: textOrNull,
  country: countryOrNull,
})

/** A billing account: who stands behind a tenant id, through whom, and who pays (C-3). */
export const accountRecord = z.object({
  tenant_id: requiredText,
  customer_party_id: textOrNull,
  /** Party ids from the provider's side to the customer's; empty for a direct account. */
  reseller_path: listOf(requiredText),
  payer_party_id: textOrNull,
  payment_instruments: listOf(paymentInstrument),
  customer_number: textOrNull,
  declared_use: textOrNull,
  opened_at: instantOrNull,
  closed_at: instantOrNull,
  ...validity,
})

export const LIST_KINDS = ['restriction', 'screening', 'special_measure'] as const

/** One entry of a list; a special measure carries the dates of regulation 4. */
export const listRecord = z.object({
  entry_id: requiredText,
  list_id: requiredText,
  list_kind: z.enum(LIST_KINDS),
  scope: z.enum(['jurisdiction', 'person']),
  /** For scope jurisdiction. */
  country: jurisdictionOrNull,
  /** For scope person: whichever of these the list gives. */
  party_id: textOrNull,
  names: listOf(requiredText),
  identifiers: listOf(z.object({ scheme: text, id: requiredText })),
  condition: wordOr(['prohibit', 'conditional', 'review'], 'review'),
  conditions: listOf(requiredText),
  determined_on: instantOrNull,
  comply_by: instantOrNull,
  expires_on: instantOrNull,
  extended_from: instantOrNull,
  citation: text,
  ...validity,
})

/** One access or administrative action (C-6): who, from which address, when. */
export const accessRecord = z.object({
  access_id: textOrNull,
  tenant_id: requiredText,
  principal: text,
  ip: requiredText,
  time: requiredInstant,
  action: text,
  asn: numberOrNull.pipe(z.number().int().min(0).max(4_294_967_295).nullable()),
  country: countryOrNull,
  /** VPN, proxy or Tor exit, where the provider's feed says so; null: not said. */
  anonymiser: booleanOrNull,
  recorded_at: instantOrNull,
})

export type PartyRecord = z.output<typeof partyRecord>
export type OwnershipRecord = z.output<typeof ownershipRecord>
export type AccountRecord = z.output<typeof accountRecord>
export type ListRecord = z.output<typeof listRecord>
export type AccessRecord = z.output<typeof accessRecord>

export const IDENTITY_KINDS = ['party', 'ownership', 'account', 'list'] as const
/** The kinds that live in `identity_records`; accesses are events and have a table of their own. */
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

/** What `identity_records.body` holds for each kind, read back with the same schema. */
export const identityRecord = {
  party: partyRecord,
  ownership: ownershipRecord,
  account: accountRecord,
  list: listRecord,
} as const

export interface IdentityRecordOf {
  readonly party: PartyRecord
  readonly ownership: OwnershipRecord
  readonly account: AccountRecord
  readonly list: ListRecord
}
