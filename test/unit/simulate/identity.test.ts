import { describe, expect, test } from 'vitest'
import { controlGroups } from '../../../src/domain/identity/control-group.ts'
import { determine } from '../../../src/domain/identity/determination.ts'
import {
  type IdentityView,
  identityAsOf,
  identityHistory,
  type StoredStatement,
} from '../../../src/domain/identity/history.ts'
import { holdingsOf } from '../../../src/domain/identity/ownership.ts'
import {
  accessRecord,
  accountRecord,
  listRecord,
  ownershipRecord,
  partyRecord,
} from '../../../src/domain/records/identity.ts'
import { simulate } from '../../../src/simulate/simulate.ts'
import { recordsOf, UNTIL } from './support.ts'

/** The share that counts under the default regime: at least 25 %. */
const TEST = { comparator: 'at_least', share: 0.25 } as const
const POLICY = { ownership: TEST, isUnitedStates: (country: string) => country === 'US' }
const simulation = simulate('demo', { seed: 1, until: UNTIL, days: 1 })
const view = asOfEnd()

describe('the cast', () => {
  test('holds to the identity records that the product reads', () => {
    const schemas = {
      'identity.party': partyRecord,
      'identity.ownership': ownershipRecord,
      'identity.account': accountRecord,
      'identity.access': accessRecord,
      'identity.list': listRecord,
    }
    for (const [stream, schema] of Object.entries(schemas)) {
      const records = recordsOf(simulation, stream)
      expect(records.length).toBeGreaterThan(0)
      for (const record of records) {
        expect(schema.safeParse(record).error).toBeUndefined()
        expect(Object.keys(record).filter(key => !(key in schema.shape))).toEqual([])
      }
    }
  })

  test('has names in other scripts beside the Latin ones', () => {
    const names = recordsOf(simulation, 'identity.party').map(party => JSON.stringify(party))
    expect(names.some(name => /\p{Script=Han}/u.test(name))).toBe(true)
    expect(names.some(name => /\p{Script=Arabic}/u.test(name))).toBe(true)
  })

  test('accounts for every owner: no company has interests left over', () => {
    for (const party of recordsOf(simulation, 'identity.party')) {
      if (party['kind'] !== 'entity') continue
      const shares = view.ownersOf(String(party['party_id'])).map(edge => edge.share_min)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    }
  })

  test('stands behind the four accounts of the split run with these shares', () => {
    const share = (customer: string) =>
      holdingsOf(customer, party => view.ownersOf(party), TEST).holdings.find(
        ({ owner }) => owner === 'party-yuanxiu',
      )?.share
    expect(share('party-alder-ridge')).toBe(0.48)
    expect(share('party-basalt-peak')).toBe(0.3)
    expect(share('party-corrib-vector')).toBe(0.51)
    expect(share('party-dunmore-signal')).toBe(0.4)
  })

  test('falls into the groups that the truth names', () => {
    const tenants = view.tenants().map(tenant_id => ({
      tenant_id,
      party_id: view.account(tenant_id)?.customer_party_id ?? null,
    }))
    const groups = controlGroups(tenants, party => view.ownersOf(party), TEST)
    expect(groups.map(group => group.tenants).filter(members => members.length > 1)).toEqual([
      ['acct-alder-ridge', 'acct-basalt-peak', 'acct-corrib-vector', 'acct-dunmore-signal'],
    ])
  })

  test('is foreign, domestic or unknown as the truth says', () => {
    for (const _ of simulation.streams[0]?.lines ?? []);
    for (const actor of simulation.truth().actors) {
      const tenants = actor.tenants.map(({ tenant_id }) => tenant_id)
      expect([actor.name, determine(tenants, asOfEnd(), POLICY).status]).toEqual([
        actor.name,
        actor.foreign_person,
      ])
    }
  })
})

/** Everything known at the end of the window, with ids as a store would make them. */
function asOfEnd(): IdentityView {
  const statements: StoredStatement[] = [
    ...recordsOf(simulation, 'identity.party').map(raw => {
      const record = partyRecord.parse(raw)
      return { kind: 'party' as const, id: record.party_id, ...stored(record), record }
    }),
    ...recordsOf(simulation, 'identity.ownership').map(raw => {
      const record = ownershipRecord.parse(raw)
      const id = `${record.owner_id}|${record.owned_id}`
      return { kind: 'ownership' as const, id, ...stored(record), record }
    }),
    ...recordsOf(simulation, 'identity.account').map(raw => {
      const record = accountRecord.parse(raw)
      return { kind: 'account' as const, id: record.tenant_id, ...stored(record), record }
    }),
  ]
  return identityAsOf(identityHistory(statements), UNTIL, UNTIL)
}

function stored(record: { valid_from: number | null; recorded_at: number | null }) {
  return {
    valid_from: record.valid_from ?? 0,
    valid_to: null,
    recorded_at: record.recorded_at ?? 0,
    content_hash: '0',
  }
}
