import { expect, test } from 'vitest'
import { foreignPerson } from '../../../../src/domain/identity/foreign-person.ts'
import { partyRecord } from '../../../../src/domain/records/identity.ts'
import { POLICY, VERIFIED } from '../../../support/identity.ts'

// Rows of regulation 1.1, one or more cases each: party, expected status, expected row.
const individual = { party_id: 'p', kind: 'individual' }
const entity = { party_id: 'p', kind: 'entity' }
const claim = (country: string, basis: string) => [{ country, basis }]
const residency = (country: string, status: string, basis: string) => [{ country, status, basis }]

const cases: [string, object, 'foreign' | 'domestic' | 'unknown', string][] = [
  ['1: US passport', { ...individual, citizenships: claim('US', 'document') }, 'domestic', 'FP-1'],
  [
    '1: two passports, one of them US',
    {
      ...individual,
      citizenships: [...claim('CN', 'document'), ...claim('US', 'document')],
    },
    'domestic',
    'FP-1',
  ],
  [
    '1: declared and verified',
    { ...individual, ...VERIFIED, citizenships: claim('US', 'declared') },
    'domestic',
    'FP-1',
  ],
  [
    '1: declared, not verified, is not enough',
    { ...individual, citizenships: claim('US', 'declared') },
    'unknown',
    'FP-7',
  ],
  [
    '2: permanent resident with a foreign passport',
    {
      ...individual,
      citizenships: claim('IN', 'document'),
      residencies: residency('US', 'permanent_resident', 'document'),
    },
    'domestic',
    'FP-2',
  ],
  [
    '3: foreign national who is in Seattle',
    {
      ...individual,
      citizenships: claim('DE', 'document'),
      residencies: residency('US', 'present', 'document'),
    },
    'domestic',
    'FP-3',
  ],
  [
    '3: an IP address in Seattle is weak evidence',
    {
      ...individual,
      ...VERIFIED,
      citizenships: claim('DE', 'document'),
      residencies: residency('US', 'present', 'network'),
    },
    'foreign',
    'FP-6',
  ],
  [
    '3: foreign entity with a verified principal place of business in Puerto Rico',
    {
      ...entity,
      ...VERIFIED,
      organised_in: 'KY',
      addresses: [{ role: 'principal_place_of_business', country: 'PR' }],
    },
    'domestic',
    'FP-3',
  ],
  [
    '3: the same, not verified',
    {
      ...entity,
      organised_in: 'KY',
      addresses: [{ role: 'principal_place_of_business', country: 'US' }],
    },
    'foreign',
    'FP-6',
  ],
  ['4: Delaware', { ...entity, ...VERIFIED, organised_in: 'US-DE' }, 'domestic', 'FP-4'],
  [
    '4: Delaware with headquarters abroad is organised in the US all the same',
    {
      ...entity,
      ...VERIFIED,
      organised_in: 'US-DE',
      headquarters_country: 'CN',
      addresses: [{ role: 'headquarters', country: 'CN' }],
    },
    'domestic',
    'FP-4',
  ],
  ['4: Delaware as stated only', { ...entity, organised_in: 'US-DE' }, 'unknown', 'FP-7'],
  ['6: organised abroad', { ...entity, organised_in: 'SG' }, 'foreign', 'FP-6'],
  [
    '6: foreign passport, nothing else',
    { ...individual, citizenships: claim('FR', 'declared') },
    'foreign',
    'FP-6',
  ],
  ['7: an entity of which only the name is known', entity, 'unknown', 'FP-7'],
  [
    '7: a registered address in the US says only where the papers are',
    { ...entity, ...VERIFIED, addresses: [{ role: 'registered', country: 'US' }] },
    'unknown',
    'FP-7',
  ],
  [
    '7: a foreign IP does not make a foreigner',
    { ...individual, citizenships: claim('RU', 'network') },
    'unknown',
    'FP-7',
  ],
]

test.each(cases)('row %s', (_, record, status, basis) => {
  const answer = foreignPerson(partyRecord.parse(record), [], POLICY.isUnitedStates)
  expect(answer).toMatchObject({ status, basis })
})

test('row 5: a subsidiary organised abroad of a US entity is foreign, and says why', () => {
  const party = partyRecord.parse({ ...entity, ...VERIFIED, organised_in: 'IE' })
  const edge = { owner: 'parent', owned: 'p', share_min: 1, share_max: 1, control: false }
  const answer = foreignPerson(party, [{ edge, organised_in: 'US-CA' }], POLICY.isUnitedStates)
  expect(answer).toMatchObject({ status: 'foreign', basis: 'FP-5' })
  expect(answer.evidence.at(-1)).toMatchObject({ value: 'parent' })
})

test('row 7: no record at all is unknown, never domestic', () => {
  expect(foreignPerson(null, [], POLICY.isUnitedStates)).toMatchObject({
    status: 'unknown',
    basis: 'FP-7',
  })
})
