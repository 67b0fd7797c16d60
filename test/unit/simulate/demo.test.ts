import { beforeAll, describe, expect, test } from 'vitest'
import { readCharge } from '../../../src/domain/records/billing-charge.ts'
import { readCommitment } from '../../../src/domain/records/commitment.ts'
import { type Simulation, simulate } from '../../../src/simulate/simulate.ts'
import type { ActorTruth, Truth } from '../../../src/simulate/truth.ts'
import { recordsOf, UNTIL } from './support.ts'

/** Sixty days of everything: read once, judged by each test. */
let truth: Truth
let samples = 0
let simulation: Simulation

beforeAll(() => {
  simulation = simulate('demo', { seed: 1, until: UNTIL })
  for (const line of simulation.streams[0]?.lines ?? []) if (line.length > 0) samples += 1
  truth = simulation.truth()
})

function actor(name: string): ActorTruth {
  const found = truth.actors.find(candidate => candidate.name === name)
  if (found === undefined) throw new Error(`no actor ${name}`)
  return found
}

describe('the demo', () => {
  test('stays within a million samples', () => {
    expect(samples).toBeLessThanOrEqual(1_000_000)
    expect(samples).toBeGreaterThan(900_000)
  })

  test('has a domestic run beyond the line that is no case', () => {
    const domestic = actor('domestic trainer')
    expect(Number(domestic.operations)).toBeGreaterThan(1.25e26)
    expect(domestic).toMatchObject({ foreign_person: 'domestic', case_expected: false })
  })

  test('has a foreign run beyond the line that is one', () => {
    const foreign = actor('foreign trainer over a US shell')
    // Read as half FP8 and half BF16, which is 3/4 of the truth, it must still pass 1e26.
    expect(Number(foreign.operations) * 0.75).toBeGreaterThan(1.1e26)
    expect(foreign).toMatchObject({ foreign_person: 'foreign', case_expected: true })
  })

  test('has four accounts far below the line that pass it together', () => {
    const split = actor('one run split over four accounts')
    const parts = split.tenants.map(tenant => Number(tenant.operations))
    expect(parts).toHaveLength(4)
    // Not even at the upper bound of a gauge reading, x 1.4, does one alone come near.
    for (const part of parts) expect(part * 1.4).toBeLessThan(0.6e26)
    expect(Number(split.operations) * 0.75).toBeGreaterThan(1.1e26)
    expect(split).toMatchObject({ foreign_person: 'foreign', case_expected: true })
  })

  test('has serving, simulation codes and small teams that stay below every threshold', () => {
    for (const name of ['inference fleet', 'high-performance computing', 'small US teams']) {
      expect(Number(actor(name).operations)).toBeLessThan(1e25)
      expect(actor(name).case_expected).toBe(false)
    }
  })

  test('has material compute behind a customer whom nobody knows', () => {
    const opaque = actor('reseller with an opaque customer')
    expect(Number(opaque.operations)).toBeGreaterThan(5e24)
    expect(opaque).toMatchObject({ foreign_person: 'unknown', case_expected: null })
    const account = recordsOf(simulation, 'identity.account').find(
      ({ tenant_id }) => tenant_id === 'acct-brightquay-0417',
    )
    expect(account).toMatchObject({ customer_party_id: null, reseller_path: ['party-brightquay'] })
  })

  test('has a promise that could pass the line and nothing executed under it', () => {
    const promised = actor('signed commitment, not yet used')
    expect(promised).toMatchObject({ operations: '0', case_expected: true })
    const [, , signed] = recordsOf(simulation, 'telemetry.commitment').filter(
      ({ commitment_id }) => commitment_id === 'com-sahra-1',
    )
    expect(signed).toMatchObject({ accelerators: 16_384, status: 'signed', revision: 2 })
    // 16,384 x 2.25e15 op/s x 0.38 x 365 d = 4.4e26; 170 days of the coming 180 are 2.1e26.
    expect(16_384 * 2.25e15 * 0.38 * 170 * 86_400).toBeGreaterThan(1e26)
  })

  test('expects nothing of a run that a shorter window cuts off', () => {
    const short = simulate('foreign-shell', { seed: 1, until: UNTIL, days: 3 })
    for (const _ of short.streams[0]?.lines ?? []);
    expect(short.truth().actors[0]?.case_expected).toBeNull()
  })
})

describe('the bill', () => {
  test('and the commitments are rows that the product takes, under the right tenant', () => {
    for (const row of recordsOf(simulation, 'telemetry.billing')) {
      const charge = readCharge(row, 10_000)
      expect(charge).toMatchObject({ ok: true, value: { tenant_id: row['SubAccountId'] } })
    }
    for (const record of recordsOf(simulation, 'telemetry.commitment')) {
      expect(readCommitment(record, 0)).toMatchObject({ ok: true, value: { extra: '' } })
    }
  })

  test('charges what is held, dark or not, and leaves no hour out', () => {
    const dark = simulate('goes-dark', { seed: 1, until: UNTIL })
    const rows = recordsOf(dark, 'telemetry.billing')
    expect(rows).toHaveLength(60)
    // 64 racks of 72 for 24 hours
    for (const row of rows) expect(row['ConsumedQuantity']).toBe(64 * 72 * 24)
    for (const row of rows) {
      expect(row).toMatchObject({ SkuId: 'nvidia-gb200', ConsumedUnit: 'Hours', ChargeClass: null })
    }
    const months = new Set(
      rows.map(row => `${row['BillingPeriodStart']} ${row['BillingPeriodEnd']}`),
    )
    expect([...months]).toEqual([
      '2026-09-01T00:00:00.000Z 2026-10-01T00:00:00.000Z',
      '2026-10-01T00:00:00.000Z 2026-11-01T00:00:00.000Z',
    ])
  })

  test('goes to the reseller, under the tenant, and never to nobody', () => {
    const rows = recordsOf(simulation, 'telemetry.billing')
    const resold = rows.filter(row => row['SubAccountId'] === 'acct-brightquay-0417')
    expect(resold.every(row => row['BillingAccountId'] === 'acct-brightquay')).toBe(true)
    expect(rows.every(row => typeof row['SubAccountId'] === 'string')).toBe(true)
  })
})
