import { z } from 'zod'
import type { Draft } from './convert.ts'
import { lei } from './import-gleif.ts'

/**
 * Beneficial Ownership Data Standard 0.4: entity and person statements become parties,
 * relationship statements become one ownership edge per interest. An interested party that the
 * publisher leaves unnamed becomes an owner without a party record, which is *unknown* and never
 * counts as domestic.
 */
export function readBods(statement: object): readonly Draft[] | string {
  const read = bodsStatement.safeParse(statement)
  if (!read.success) {
    const [issue] = read.error.issues
    return `no BODS 0.4 statement: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`
  }
  const { recordDetails: details, ...frame } = read.data
  const validity = validityOf(read.data)
  switch (frame.recordType) {
    case 'entity':
      return [
        { stream: 'identity.party', value: { ...entityOf(frame.recordId, details), ...validity } },
      ]
    case 'person':
      return [
        { stream: 'identity.party', value: { ...personOf(frame.recordId, details), ...validity } },
      ]
    case 'relationship':
      return edgesOf(read.data)
  }
}

const text = z.string().default('')
const place = z.object({ code: text, name: text }).partial()
const address = z
  .object({ type: text, address: text, postCode: text, country: place.optional() })
  .partial()
const interest = z
  .object({
    type: z.string(),
    beneficialOwnershipOrControl: z.boolean(),
    share: z
      .object({
        exact: z.number(),
        minimum: z.number(),
        maximum: z.number(),
        exclusiveMinimum: z.number(),
        exclusiveMaximum: z.number(),
      })
      .partial(),
    startDate: z.string(),
    endDate: z.string(),
  })
  .partial()

const bodsDetails = z
  .object({
    name: z.string(),
    alternateNames: z.array(z.string()),
    names: z.array(z.object({ type: text, fullName: text }).partial()),
    jurisdiction: place,
    nationalities: z.array(place),
    taxResidencies: z.array(place),
    addresses: z.array(address),
    identifiers: z.array(z.object({ id: text, scheme: text, schemeName: text }).partial()),
    subject: z.union([z.string(), z.object({ describedByEntityStatement: z.string() })]),
    interestedParty: z.union([z.string(), z.object({ reason: z.string() })]),
    interests: z.array(interest),
  })
  .partial()

const bodsStatement = z.object({
  statementId: z.string(),
  recordId: z.string(),
  recordType: z.enum(['entity', 'person', 'relationship']),
  recordStatus: z.enum(['new', 'updated', 'closed']).default('new'),
  statementDate: text,
  publicationDetails: z.object({ publicationDate: text }).partial().default({}),
  recordDetails: bodsDetails.default({}),
})

type Details = z.output<typeof bodsDetails>
type Statement = z.output<typeof bodsStatement>

/** A closed record is true until it was closed; when it began the standard does not say. */
function validityOf({ recordStatus, statementDate, publicationDetails }: Statement) {
  const closed = recordStatus === 'closed'
  return {
    valid_from: closed ? '' : statementDate,
    valid_to: closed ? statementDate : '',
    recorded_at: publicationDetails.publicationDate ?? statementDate,
    source: 'BODS 0.4',
  }
}

function entityOf(recordId: string, details: Details): object {
  const names = [
    ...(details.name ? [{ name: details.name, type: 'legal' }] : []),
    ...(details.alternateNames ?? []).map(name => ({ name, type: 'trading' })),
  ]
  return {
    ...partyOf(recordId, 'entity', details),
    names,
    organised_in: details.jurisdiction?.code ?? '',
  }
}

function personOf(recordId: string, details: Details): object {
  const names = (details.names ?? []).map(({ fullName, type }) => ({
    name: fullName ?? '',
    type: NAME_TYPES[type ?? ''] ?? 'alias',
  }))
  return {
    ...partyOf(recordId, 'individual', details),
    names: names.filter(({ name }) => name !== ''),
    citizenships: claims(details.nationalities),
    residencies: claims(details.taxResidencies).map(claim => ({ ...claim, status: 'resident' })),
  }
}

function partyOf(recordId: string, kind: string, details: Details): object {
  return {
    party_id: partyId(recordId),
    kind,
    addresses: (details.addresses ?? []).map(item => ({
      role: ADDRESS_ROLES[item.type ?? ''] ?? 'other',
      text: item.address ?? '',
      postal_code: item.postCode ?? '',
      country: item.country?.code ?? '',
    })),
    identifiers: (details.identifiers ?? [])
      .filter(({ id }) => id)
      .map(({ id, scheme, schemeName }) => ({ scheme: scheme || schemeName || '', id })),
  }
}

function claims(places: Details['nationalities']): { country: string; basis: string }[] {
  return (places ?? [])
    .map(({ code }) => ({ country: code ?? '', basis: 'registry' }))
    .filter(({ country }) => country !== '')
}

/** A record id that is an LEI names the same party as GLEIF's files do. */
function partyId(recordId: string): string {
  const found = /^(?:XI-LEI-)?([A-Z0-9]{18}\d{2})$/.exec(recordId)
  return found?.[1] ? lei(found[1]) : recordId
}

function edgesOf(statement: Statement): readonly Draft[] | string {
  const { subject, interestedParty, interests } = statement.recordDetails
  if (subject === undefined) return 'a relationship statement needs a subject'
  const owned = typeof subject === 'string' ? subject : subject.describedByEntityStatement
  const owner =
    typeof interestedParty === 'string'
      ? partyId(interestedParty)
      : `unknown:${statement.recordId}:${interestedParty?.reason ?? 'unspecified'}`
  const validity = validityOf(statement)
  // A relationship without interests still says that there is one, of unknown size.
  const stated = interests?.length ? interests : [{ type: 'unknownInterest' }]
  return stated.map(item => ({
    stream: 'identity.ownership',
    value: {
      owner_id: owner,
      owned_id: partyId(owned),
      kind: item.type ?? 'unknownInterest',
      ...shareOf(item),
      control: isControl(item.type ?? ''),
      ...validity,
      valid_from: item.startDate ?? validity.valid_from,
      valid_to: item.endDate ?? validity.valid_to,
    },
  }))
}

/** BODS gives percent; a bracket keeps both of its ends. */
function shareOf({ share }: z.output<typeof interest>) {
  const exact = share?.exact
  const low = share?.minimum ?? share?.exclusiveMinimum
  const high = share?.maximum ?? share?.exclusiveMaximum
  const part = (percent: number | undefined): number | null =>
    percent === undefined ? null : percent / 100
  return {
    share: part(exact ?? (low !== undefined && low === high ? low : undefined)),
    share_min: part(low),
    share_max: part(high),
  }
}

/** Interests that are measured in shares; all others are control by other means (BODS codelist). */
const MEASURED: ReadonlySet<string> = new Set([
  'shareholding',
  'votingRights',
  'rightsToSurplusAssetsOnDissolution',
  'rightsToProfitOrIncome',
  'rightToProfitOrIncomeFromAssets',
  'enjoymentAndUseOfAssets',
  'boardMember',
  'unknownInterest',
  'unpublishedInterest',
])

function isControl(type: string): boolean {
  return !MEASURED.has(type)
}

const NAME_TYPES: Readonly<Record<string, string>> = {
  legal: 'legal',
  translation: 'transliterated',
  transliteration: 'transliterated',
  former: 'former',
  birth: 'former',
  alternative: 'alias',
}

const ADDRESS_ROLES: Readonly<Record<string, string>> = {
  residence: 'residential',
  registered: 'registered',
  business: 'principal_place_of_business',
  service: 'other',
  alternative: 'other',
}
