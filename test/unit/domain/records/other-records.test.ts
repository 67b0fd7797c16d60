import { describe, expect, test } from 'vitest'
import { readCharge } from '../../../../src/domain/records/billing-charge.ts'
import { readCommitment } from '../../../../src/domain/records/commitment.ts'
import {
  accountRecord,
  listRecord,
  ownershipRecord,
  partyRecord,
} from '../../../../src/domain/records/identity.ts'
import { readSchema } from '../../../../src/domain/records/read-schema.ts'
import type { Reading } from '../../../../src/domain/records/reject.ts'

function taken<T>(read: Reading<T>): T {
  if (!read.ok) throw new Error(read.rejection.detail)
  return read.value
}

const reasonOf = (read: Reading<unknown>): string => (read.ok ? 'taken' : read.rejection.reason)

describe('FOCUS rows', () => {
  const row = (columns: object = {}): object => ({
    BillingAccountId: 'acme',
    BillingPeriodStart: '2026-01-01T00:00:00Z',
    ChargePeriodStart: '2026-01-02T00:00:00Z',
    ChargePeriodEnd: '2026-01-02T01:00:00Z',
    ChargeCategory: 'Usage',
    BilledCost: 98.32,
    BillingCurrency: 'USD',
    SkuId: 'p5.48xlarge',
    ConsumedQuantity: 1,
    ConsumedUnit: 'Hours',
    ...columns,
  })
  const read = (columns: object = {}) => readCharge(row(columns), 1000)

  test('columns become a charge', () => {
    expect(taken(read({ ResourceId: 'i-1', Tags: { team: 'a' } }))).toMatchObject({
      tenant_id: 'acme',
      billing_account_id: 'acme',
      period_start: Date.UTC(2026, 0, 1),
      start: Date.UTC(2026, 0, 2),
      end: Date.UTC(2026, 0, 2, 1),
      sku_id: 'p5.48xlarge',
      resource_id: 'i-1',
      quantity: 1,
      unit: 'Hours',
      billed_cost: 98.32,
      extra: '{"Tags":{"team":"a"}}',
    })
  })

  test('the row id of the provider is the key, else the columns that tell rows apart', () => {
    expect(taken(read({ x_RowId: 'li-7' })).charge_id).toBe('li-7')
    const one = taken(read({ ResourceId: 'i-1' })).charge_id
    expect(taken(read({ ResourceId: 'i-2' })).charge_id).not.toBe(one)
    expect(taken(read({ ResourceId: 'i-1', Tags: { late: 'tag' } })).charge_id).toBe(one)
  })

  test('the CSV and the JSON export of a row are one row', () => {
    const texts = {
      BilledCost: '98.3200',
      ConsumedQuantity: '1.0',
      BillingPeriodStart: '2026-01-01',
    }
    expect(taken(read(texts)).charge_id).toBe(taken(read()).charge_id)
  })

  test('priced quantity stands in for a missing consumed one; instance type from SKU details', () => {
    const details = '{"InstanceType":"p5.48xlarge"}'
    const columns = { ConsumedQuantity: null, PricingQuantity: 730, PricingUnit: 'Hours' }
    expect(taken(read({ ...columns, SkuPriceDetails: details }))).toMatchObject({
      quantity: 730,
      unit: 'Hours',
      instance_type: 'p5.48xlarge',
    })
  })

  test.each([
    [{ BillingAccountId: '' }, 'missing_field'],
    [{ ChargePeriodEnd: undefined }, 'missing_field'],
    [{ ChargePeriodEnd: '2026-01-02T00:00:00Z' }, 'invalid_value'],
    [{ ChargePeriodEnd: '2036-01-02T00:00:00Z' }, 'invalid_value'],
    [{ ChargePeriodStart: 'soon' }, 'time_invalid'],
    [{ BilledCost: 'much' }, 'wrong_type'],
    [{ ConsumedQuantity: -5 }, 'taken'],
  ])('%j is %s', (columns, expected) => {
    const reason = reasonOf(read(columns))
    expect(reason === 'out_of_range' ? 'invalid_value' : reason).toBe(expected)
  })
})

describe('commitments', () => {
  const commitment = (fields: object = {}): object => ({
    commitment_id: 'c-1',
    tenant_id: 'acme',
    accelerator: 'nvidia-h100-sxm5-80gb',
    accelerators: 16384,
    start: '2026-03-01',
    end: '2026-09-01',
    status: 'signed',
    fabric_gbps: 400,
    ...fields,
  })

  test('revision 0 and unknown recording unless said otherwise', () => {
    expect(taken(readCommitment(commitment({ note: 'x' }), 100))).toMatchObject({
      accelerators: 16384,
      start: Date.UTC(2026, 2, 1),
      revision: 0,
      recorded_at: null,
      signed_at: null,
      extra: '{"note":"x"}',
    })
  })

  test.each([
    [{ accelerators: 0 }, 'out_of_range'],
    [{ accelerators: 1.5 }, 'out_of_range'],
    [{ accelerators: null }, 'missing_field'],
    [{ status: 'maybe' }, 'invalid_value'],
    [{ status: undefined }, 'missing_field'],
    [{ start: '1970-13-01' }, 'time_invalid'],
    [{ fabric_gbps: -1 }, 'out_of_range'],
  ])('%j is %s', (fields, expected) => {
    expect(reasonOf(readCommitment(commitment(fields), 100))).toBe(expected)
  })
})

describe('identity', () => {
  test('a party needs only its id and kind; all else may be unknown', () => {
    expect(taken(readSchema(partyRecord, { party_id: 'p', kind: 'entity' }))).toMatchObject({
      names: [],
      organised_in: null,
      citizenships: [],
      owners_complete: null,
      verification: { state: 'unverified', at: null, method: 'unknown' },
    })
    expect(reasonOf(readSchema(partyRecord, { party_id: 'p' }))).toBe('missing_field')
    expect(reasonOf(readSchema(partyRecord, { kind: 'entity' }))).toBe('missing_field')
  })

  test('countries are ISO codes, in any case', () => {
    const party = { party_id: 'p', kind: 'individual', citizenships: [{ country: 'cn' }] }
    expect(taken(readSchema(partyRecord, party)).citizenships[0]).toMatchObject({
      country: 'CN',
      basis: 'unknown',
    })
    const spelled = { ...party, citizenships: [{ country: 'China' }] }
    expect(reasonOf(readSchema(partyRecord, spelled))).toBe('invalid_value')
  })

  test('shares are 0..1 and may be unknown', () => {
    const edge = { owner_id: 'a', owned_id: 'b' }
    expect(taken(readSchema(ownershipRecord, { ...edge, share: '0.25' }))).toMatchObject({
      share: 0.25,
      control: false,
      kind: 'shareholding',
    })
    expect(taken(readSchema(ownershipRecord, { ...edge, control: 'yes' }))).toMatchObject({
      share: null,
      control: true,
    })
    expect(reasonOf(readSchema(ownershipRecord, { ...edge, share: 60 }))).toBe('out_of_range')
  })

  test('accounts and list entries', () => {
    const account = { tenant_id: 't', reseller_path: ['r1', 'r2'], opened_at: '2025-05-01' }
    expect(taken(readSchema(accountRecord, account))).toMatchObject({
      customer_party_id: null,
      reseller_path: ['r1', 'r2'],
      opened_at: Date.UTC(2025, 4, 1),
    })
    const entry = {
      entry_id: 'e',
      list_id: 'l',
      list_kind: 'special_measure',
      scope: 'jurisdiction',
    }
    expect(taken(readSchema(listRecord, { ...entry, country: 'xx' })).country).toBe('XX')
    expect(reasonOf(readSchema(listRecord, { ...entry, scope: 'planet' }))).toBe('invalid_value')
  })
})
