import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupId } from '../../../../src/domain/finding.ts'
import { controlGroups } from '../../../../src/domain/identity/control-group.ts'
import type { OwnershipEdge } from '../../../../src/domain/identity/ownership.ts'
import { QUARTER } from '../../../support/identity.ts'

function edge(owner: string, owned: string, share: number, control = false): OwnershipEdge {
  return { owner, owned, share_min: share, share_max: share, control }
}

function groups(tenants: [string, string | null][], edges: OwnershipEdge[] = []) {
  const customers = tenants.map(([tenant_id, party_id]) => ({ tenant_id, party_id }))
  return controlGroups(customers, into => edges.filter(found => found.owned === into), QUARTER)
}

const members = (found: ReturnType<typeof groups>) => found.map(group => group.tenants)

test('accounts of one customer are one group, with the link that says so', () => {
  const found = groups([
    ['b', 'acme'],
    ['a', 'acme'],
    ['c', 'other'],
  ])
  expect(members(found)).toEqual([['a', 'b'], ['c']])
  expect(found[0]?.group_id).toBe(groupId(['a', 'b']))
  expect(found[0]?.links).toEqual([
    { kind: 'same_customer', tenant_id: 'a', party_id: 'acme' },
    { kind: 'same_customer', tenant_id: 'b', party_id: 'acme' },
  ])
})

test('a common owner joins at 25 % and not at 24.99 %', () => {
  const joined = [edge('o', 'x', 0.25), edge('o', 'y', 0.3)]
  const apart = [edge('o', 'x', 0.2499), edge('o', 'y', 0.3)]
  const tenants: [string, string][] = [
    ['a', 'x'],
    ['b', 'y'],
  ]
  expect(members(groups(tenants, joined))).toEqual([['a', 'b']])
  expect(members(groups(tenants, apart))).toEqual([['a'], ['b']])
})

test('chains multiply: 0.8 x 0.6 joins, 0.5 x 0.4 does not, control joins whatever the share', () => {
  const tenants: [string, string][] = [
    ['a', 'x'],
    ['b', 'o'],
  ]
  const chain = (top: number, bottom: number, control = false) => [
    edge('m', 'x', bottom),
    edge('o', 'm', top, control),
  ]
  const found = groups(tenants, chain(0.8, 0.6))
  expect(members(found)).toEqual([['a', 'b']])
  expect(found[0]?.links).toContainEqual({
    kind: 'ownership',
    tenant_id: 'a',
    party_id: 'x',
    owner_id: 'o',
    share: 0.48,
    reach: 0.48,
    chains: [['o', 'm', 'x']],
  })
  expect(members(groups(tenants, chain(0.5, 0.4)))).toEqual([['a'], ['b']])
  expect(members(groups(tenants, chain(0.5, 0.4, true)))).toEqual([['a', 'b']])
})

test('tenants without a known customer stay alone, also when ids coincide with a party', () => {
  expect(
    members(
      groups([
        ['x', null],
        ['a', 'x'],
        ['b', null],
      ]),
    ),
  ).toEqual([['a'], ['b'], ['x']])
})

test('the groups do not depend on the order of tenants and edges', () => {
  const party = fc.constantFrom('p', 'q', 'r', 's', 't')
  const link = fc.tuple(party, party, fc.constantFrom(0.1, 0.24, 0.25, 0.5, 1), fc.boolean())
  const tenants = ['p', 'q', 'r', 's'].map((id): [string, string] => [`acct-${id}`, id])
  fc.assert(
    fc.property(fc.array(link, { maxLength: 8 }), fc.integer({ min: 0 }), (links, turn) => {
      const edges = links.map(([a, b, share, control]) => edge(a, b, share, control))
      const turned = [
        ...edges.slice(turn % (edges.length + 1)),
        ...edges.slice(0, turn % (edges.length + 1)),
      ]
      expect(members(groups(tenants.toReversed(), turned))).toEqual(members(groups(tenants, edges)))
    }),
  )
})
