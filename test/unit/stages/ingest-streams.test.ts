import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { ndjson, type SendOptions, type TestIntake, testIntake } from '../../support/intake.ts'
import { openProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'

const NOW = Date.UTC(2026, 1, 1)
const clock = fakeClock(NOW)
const opened = await openProbeStore(
  {
    // What readers of billing take: the rows of the generation that is named.
    charges:
      'select charge_id, quantity, charge_class from charges final left join (select billing_account_id, period_start, generation as named from charge_generations final) as g using (billing_account_id, period_start) where generation = named order by charge_id',
    hours: 'select distinct toString(hour) as hour from hour_marks final order by hour',
    named: 'select distinct tenants, devices from hour_marks final order by all',
    commitments: 'select commitment_id, revision, accelerators from commitments final order by all',
    statements:
      'select kind, id, toString(valid_from) as valid_from, toString(recorded_at) as recorded_at, body from identity_records final order by kind, id, recorded_at',
    accesses: 'select tenant_id, ip, asn, anonymiser from accesses final order by time',
  },
  clock,
)
const { store, probe, clear } = opened
afterAll(() => opened.close())

let intake: TestIntake
beforeEach(async () => {
  await clear('charges', 'charge_generations', 'hour_marks', 'commitments', 'identity_records')
  await clear('accesses', 'batches', 'quarantine')
  clock.set(NOW)
  intake = testIntake(store, clock)
})

describe('billing', () => {
  const charge = (id: string, hour: number, columns: object = {}): object => ({
    x_RowId: id,
    BillingAccountId: 'acme',
    BillingPeriodStart: '2026-01-01',
    ChargePeriodStart: `2026-01-05T${String(hour).padStart(2, '0')}:00:00Z`,
    ChargePeriodEnd: `2026-01-05T${String(hour + 1).padStart(2, '0')}:30:00Z`,
    ConsumedQuantity: 10,
    ConsumedUnit: 'Hours',
    ...columns,
  })
  const send = async (rows: readonly object[], options: SendOptions = {}) =>
    (await intake.send('telemetry.billing', ndjson(rows), options)).receipt

  test('a charge dirties every hour that it overlaps, and counts once', async () => {
    expect(await send([charge('a', 3)])).toMatchObject({ accepted: 1 })
    expect(await probe('hours')).toEqual([
      { hour: '2026-01-05 03:00:00' },
      { hour: '2026-01-05 04:00:00' },
    ])
    expect(await send([charge('a', 3), charge('b', 3)])).toMatchObject({
      accepted: 1,
      duplicates: 1,
    })
  })

  test('marks of charges name whose they are, the tenant of a row that is replaced included', async () => {
    await send([charge('a', 3)])
    expect(await probe('named')).toEqual([{ tenants: ['acme'], devices: [0] }])
    await clear('hour_marks')
    clock.set(NOW + 1000)
    await send([charge('b', 3, { x_TenantId: 'other' })], { replace_period: true })
    const named = (await probe('named')).flatMap(row => (row as { tenants: string[] }).tenants)
    expect(new Set(named)).toEqual(new Set(['acme', 'other']))
  })

  test('a correction under the row id replaces, whichever comes first; a delta adds a row', async () => {
    const corrected = charge('a', 3, { ChargeClass: 'Correction', ConsumedQuantity: 4 })
    const delta = charge('d', 3, { ChargeClass: 'Correction', ConsumedQuantity: -1 })
    await send([corrected, delta])
    expect(await send([charge('a', 3)])).toMatchObject({ duplicates: 1 })
    expect(await probe('charges')).toEqual([
      { charge_id: 'a', quantity: 4, charge_class: 'Correction' },
      { charge_id: 'd', quantity: -1, charge_class: 'Correction' },
    ])
  })

  test('a file that replaces its period takes the place of all rows before it', async () => {
    await send([charge('a', 3), charge('b', 7)])
    await clear('hour_marks')
    clock.set(NOW + 1000)
    await send([charge('c', 10)], { replace_period: true })
    expect(await probe('charges')).toMatchObject([{ charge_id: 'c' }])
    // The hours of the rows that are gone change as much as those of the new one.
    expect((await probe('hours')).length).toBe(6)
    clock.set(NOW + 2000)
    expect(await send([charge('d', 12)])).toMatchObject({ accepted: 1 })
    expect(await probe('charges')).toMatchObject([{ charge_id: 'c' }, { charge_id: 'd' }])
  })

  test('a replacing file that breaks off replaces nothing, and a resend is whole', async () => {
    await send([charge('a', 3)])
    clock.set(NOW + 1000)
    const body = `[${JSON.stringify(charge('b', 3))},{"x":`
    const broken = await intake.send('telemetry.billing', body, { replace_period: true })
    expect(broken.fault).toMatchObject({ code: 'BODY_MALFORMED' })
    expect(await probe('charges')).toMatchObject([{ charge_id: 'a' }])
    clock.set(NOW + 2000)
    await send([charge('c', 3)], { replace_period: true })
    expect(await probe('charges')).toMatchObject([{ charge_id: 'c' }])
  })

  test('CSV as FOCUS publishes it', async () => {
    const csv = [
      'BillingAccountId,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,SkuId',
      'acme,2026-01-01T00:00:00Z,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,24,p5.48xlarge',
      'acme,2026-01-01T00:00:00Z,1969-01-05T00:00:00Z,1969-01-06T00:00:00Z,24,p5.48xlarge',
    ].join('\n')
    const { receipt } = await intake.send(null, csv)
    expect(receipt).toMatchObject({ stream: 'telemetry.billing', accepted: 1, quarantined: 1 })
  })
})

describe('commitments', () => {
  const commitment = (fields: object = {}): object => ({
    commitment_id: 'c',
    tenant_id: 'acme',
    accelerator: 'h100',
    accelerators: 1000,
    start: '2026-03-01',
    end: '2100-01-01',
    status: 'signed',
    ...fields,
  })
  const send = async (rows: readonly object[]) =>
    (await intake.send('telemetry.commitment', ndjson(rows))).receipt

  test('every amendment is kept; the same one again is a duplicate at any time of arrival', async () => {
    expect(
      await send([commitment(), commitment({ revision: 1, accelerators: 16000 })]),
    ).toMatchObject({
      accepted: 2,
    })
    clock.set(NOW + 60_000)
    expect(await send([commitment()])).toMatchObject({ duplicates: 1 })
    expect(await probe('commitments')).toEqual([
      { commitment_id: 'c', revision: 0, accelerators: '1000' },
      { commitment_id: 'c', revision: 1, accelerators: '16000' },
    ])
  })

  test('nothing can have been recorded in the future', async () => {
    expect(await send([commitment({ recorded_at: '2027-01-01' })])).toMatchObject({
      quarantined: 1,
    })
  })
})

describe('identity', () => {
  const party = (fields: object = {}): object => ({
    party_id: 'p',
    kind: 'entity',
    organised_in: 'US-DE',
    verification: { state: 'verified', at: '2025-06-01' },
    ...fields,
  })
  const send = async (rows: readonly object[]) =>
    (await intake.send('identity.party', ndjson(rows))).receipt

  test('a later recording stands beside the earlier one; the body reads back as it came', async () => {
    await send([party({ recorded_at: '2025-07-01', custom: { a: 1 } })])
    expect(await send([party({ recorded_at: '2025-08-01', organised_in: 'KY' })])).toMatchObject({
      accepted: 1,
      revised: 1,
    })
    const statements = await store.query('identity-known', { known_at: NOW, limit: 10 })
    expect(statements).toMatchObject([
      {
        kind: 'party',
        id: 'p',
        valid_from: 0,
        recorded_at: Date.UTC(2025, 6, 1),
        record: {
          organised_in: 'US-DE',
          verification: { state: 'verified', at: Date.UTC(2025, 5, 1) },
        },
      },
      { recorded_at: Date.UTC(2025, 7, 1), record: { organised_in: 'KY' } },
    ])
    const [first] = await probe('statements')
    expect(JSON.parse(String(Reflect.get(Object(first), 'body')))).toMatchObject({
      extra: { custom: { a: 1 } },
    })
  })

  test('the same statement is a duplicate, also when it does not say when it was recorded', async () => {
    expect(await send([party(), party()])).toMatchObject({ accepted: 1, duplicates: 1 })
    clock.set(NOW + 1000)
    expect(await send([party()])).toMatchObject({ duplicates: 1 })
    expect(await send([party({ recorded_at: '2025-01-01' })])).toMatchObject({ accepted: 1 })
  })

  test('ownership, account and list go to their own subjects', async () => {
    const ownership = { owner_id: 'o', owned_id: 'p', share: 0.6 }
    await intake.send('identity.ownership', ndjson([ownership, { ...ownership, share: 60 }]))
    await intake.send('identity.account', ndjson([{ tenant_id: 't', customer_party_id: 'p' }]))
    const entry = { entry_id: 'e', list_id: 'l', list_kind: 'screening', scope: 'person' }
    await intake.send('identity.list', ndjson([entry]))
    const ids = (await probe('statements')).map(row => Reflect.get(Object(row), 'id'))
    expect(ids).toEqual(['t', 'l/e', 'o>p:shareholding'])
  })

  test('BODS and GLEIF files are told by their statements', async () => {
    const frame = { statementId: 's', statementDate: '2024-01-01', recordStatus: 'new' }
    const bods = [
      { ...frame, recordId: 'co', recordType: 'entity', recordDetails: { name: 'Co' } },
      {
        ...frame,
        recordId: 'rel',
        recordType: 'relationship',
        recordDetails: {
          subject: 'co',
          interestedParty: 'pp',
          interests: [{ type: 'shareholding', share: { exact: 30 } }, { type: 'trustee' }],
        },
      },
      { nothing: 'known' },
    ]
    const { receipt } = await intake.send(null, JSON.stringify(bods))
    expect(receipt).toMatchObject({
      stream: 'import.bods',
      consumed: 4,
      accepted: 3,
      quarantined: 1,
    })
    const gleif =
      'Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType\nA,B,IS_DIRECTLY_CONSOLIDATED_BY\n'
    expect((await intake.send(null, gleif)).receipt).toMatchObject({
      stream: 'import.gleif',
      accepted: 1,
    })
  })

  test('a table of accounts', async () => {
    const csv = 'tenant_id,customer_party_id,reseller_path\nt1,p1,r1;r2\nt2,,\n'
    const { receipt } = await intake.send('identity.account', csv, { format: 'csv' })
    expect(receipt).toMatchObject({ accepted: 2 })
    const statements = await store.query('identity-known', { known_at: NOW, limit: 10 })
    expect(statements).toMatchObject([
      { id: 't1', record: { reseller_path: ['r1', 'r2'] } },
      { id: 't2', record: { customer_party_id: null, reseller_path: [] } },
    ])
  })
})

test('accesses are events that count once', async () => {
  const access = (minute: number): object => ({
    tenant_id: 'acme',
    principal: 'root',
    ip: '203.0.113.7',
    time: `2026-01-10T00:0${minute}:00Z`,
    action: 'login',
    asn: 64500,
    anonymiser: 'yes',
  })
  const body = ndjson([access(1), access(2), access(1)])
  const first = await intake.send('identity.access', body)
  expect(first.receipt).toMatchObject({ accepted: 2, duplicates: 1 })
  expect((await intake.send('identity.access', body)).receipt).toMatchObject({ duplicates: 3 })
  expect(await probe('accesses')).toEqual([
    { tenant_id: 'acme', ip: '203.0.113.7', asn: 64500, anonymiser: 1 },
    { tenant_id: 'acme', ip: '203.0.113.7', asn: 64500, anonymiser: 1 },
  ])
})

test('a body of which nothing tells the stream is a usage fault', async () => {
  await expect(intake.send(null, '{"a":1}')).rejects.toMatchObject({ code: 'USAGE' })
})
