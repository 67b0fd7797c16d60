import { describe, expect, test } from 'vitest'
import { convertFor } from '../../../../src/adapters/files/convert.ts'
import { ownershipRecord, partyRecord } from '../../../../src/domain/records/identity.ts'
import type { DeliveryKind } from '../../../../src/domain/streams.ts'
import type { DecodedRecord } from '../../../../src/ports/intake.ts'

function convert(kind: DeliveryKind, value: object, flat = false) {
  const record = {
    position: 1,
    value,
    rejection: null,
    raw: '',
    ...(flat && { flat: true as const }),
  }
  const converted: readonly DecodedRecord[] = convertFor(kind)?.(record) ?? [record]
  return converted
}

describe('BODS 0.4', () => {
  const frame = {
    statementId: 's',
    recordId: 'r',
    statementDate: '2024-05-01',
    recordStatus: 'new',
    publicationDetails: { publicationDate: '2024-05-02', bodsVersion: '0.4' },
  }

  test('a person becomes a party with nationality as citizenship', () => {
    const [draft] = convert('import.bods', {
      ...frame,
      recordType: 'person',
      recordDetails: {
        isComponent: false,
        personType: 'knownPerson',
        names: [{ type: 'legal', fullName: 'Person One' }],
        nationalities: [{ name: 'Ukrainian', code: 'UA' }],
        addresses: [{ type: 'residence', address: '1 Street', country: { code: 'UA' } }],
      },
    })
    expect(draft?.stream).toBe('identity.party')
    expect(partyRecord.parse(draft?.value)).toMatchObject({
      party_id: 'r',
      kind: 'individual',
      names: [{ name: 'Person One', type: 'legal' }],
      citizenships: [{ country: 'UA', basis: 'registry' }],
      addresses: [{ role: 'residential', country: 'UA' }],
      valid_from: Date.UTC(2024, 4, 1),
      recorded_at: Date.UTC(2024, 4, 2),
    })
  })

  test('each interest of a relationship becomes an edge; percent becomes a share', () => {
    const drafts = convert('import.bods', {
      ...frame,
      recordType: 'relationship',
      recordDetails: {
        subject: 'company',
        interestedParty: 'person',
        interests: [
          { type: 'shareholding', share: { exact: 60 }, startDate: '2020-01-01' },
          { type: 'votingRights', share: { minimum: 25, maximum: 50 } },
          { type: 'appointmentOfBoard' },
        ],
      },
    })
    expect(drafts.map(draft => ownershipRecord.parse(draft.value))).toMatchObject([
      { owner_id: 'person', owned_id: 'company', share: 0.6, control: false, kind: 'shareholding' },
      { share: null, share_min: 0.25, share_max: 0.5, control: false, kind: 'votingRights' },
      { share: null, control: true, kind: 'appointmentOfBoard' },
    ])
  })

  test('an unnamed interested party is an owner whom nobody knows', () => {
    const [draft] = convert('import.bods', {
      ...frame,
      recordType: 'relationship',
      recordDetails: { subject: 'company', interestedParty: { reason: 'unknown' }, interests: [] },
    })
    expect(ownershipRecord.parse(draft?.value)).toMatchObject({
      owner_id: 'unknown:r:unknown',
      owned_id: 'company',
      share: null,
      kind: 'unknownInterest',
    })
  })

  test('a closed record ends; another standard is refused with a reason', () => {
    const [closed] = convert('import.bods', {
      ...frame,
      recordStatus: 'closed',
      recordType: 'entity',
      recordDetails: { name: 'Company', jurisdiction: { code: 'GB' } },
    })
    expect(partyRecord.parse(closed?.value)).toMatchObject({
      valid_from: null,
      valid_to: Date.UTC(2024, 4, 1),
      organised_in: 'GB',
    })
    const [refused] = convert('import.bods', { statementType: 'entityStatement' })
    expect(refused?.rejection?.reason).toBe('unknown_statement')
  })
})

describe('GLEIF level 2', () => {
  const child = '5493001KJTIIGC8Y1R12'
  const parent = '984500B38RH80URRT231'

  test('a row of the golden copy', () => {
    const [draft] = convert('import.gleif', {
      'Relationship.StartNode.NodeID': child,
      'Relationship.EndNode.NodeID': parent,
      'Relationship.RelationshipType': 'IS_ULTIMATELY_CONSOLIDATED_BY',
      'Relationship.RelationshipStatus': 'ACTIVE',
      'Relationship.Period.1.startDate': '2017-12-14T00:00:00Z',
      'Relationship.Period.1.periodType': 'ACCOUNTING_PERIOD',
      'Relationship.Period.2.startDate': '2006-09-22T00:00:00Z',
      'Relationship.Period.2.periodType': 'RELATIONSHIP_PERIOD',
      'Registration.LastUpdateDate': '2024-01-05T10:00:00Z',
    })
    expect(ownershipRecord.parse(draft?.value)).toMatchObject({
      owner_id: `lei:${parent}`,
      owned_id: `lei:${child}`,
      share: null,
      control: true,
      kind: 'ultimate_consolidation',
      valid_from: Date.UTC(2006, 8, 22),
      valid_to: null,
      recorded_at: Date.UTC(2024, 0, 5, 10),
    })
  })

  test('the nested form says the same', () => {
    const text = (value: string) => ({ $: value })
    const [draft] = convert('import.gleif', {
      Relationship: {
        StartNode: { NodeID: text(child) },
        EndNode: { NodeID: text(parent) },
        RelationshipType: text('IS_DIRECTLY_CONSOLIDATED_BY'),
        RelationshipStatus: text('INACTIVE'),
        RelationshipPeriods: {
          RelationshipPeriod: {
            StartDate: text('2010-01-01T00:00:00Z'),
            PeriodType: text('RELATIONSHIP_PERIOD'),
          },
        },
      },
      Registration: { LastUpdateDate: text('2020-06-01T00:00:00Z') },
    })
    expect(ownershipRecord.parse(draft?.value)).toMatchObject({
      kind: 'direct_consolidation',
      valid_from: Date.UTC(2010, 0, 1),
      valid_to: Date.UTC(2020, 5, 1),
    })
  })
})

describe('tables', () => {
  test('columns lead into lists and nested members', () => {
    const row = {
      party_id: 'p',
      kind: 'entity',
      name: 'Acme Inc',
      trading_names: 'Acme; ACM',
      organised_in: 'US-DE',
      citizenships: '',
      'addresses.0.role': 'registered',
      'addresses.0.country': 'US',
      'verification.state': 'verified',
      identifiers: 'LEI:5493001KJTIIGC8Y1R12',
      emails: 'a@acme.example;b@acme.example',
    }
    const [draft] = convert('identity.party', row, true)
    expect(partyRecord.parse(draft?.value)).toMatchObject({
      names: [
        { name: 'Acme Inc', type: 'legal' },
        { name: 'Acme', type: 'trading' },
        { name: 'ACM', type: 'trading' },
      ],
      addresses: [{ role: 'registered', country: 'US' }],
      identifiers: [{ scheme: 'LEI', id: '5493001KJTIIGC8Y1R12' }],
      emails: ['a@acme.example', 'b@acme.example'],
      verification: { state: 'verified' },
      citizenships: [],
    })
  })

  test('a column cannot reach the prototype of anything', () => {
    convert('identity.party', { '__proto__.polluted': 'yes', 'constructor.prototype.x': '1' }, true)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })
})
