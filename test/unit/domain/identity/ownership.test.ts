import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdingsOf, type OwnershipEdge } from '../../../../src/domain/identity/ownership.ts'
import { QUARTER } from '../../../support/identity.ts'

function edge(owner: string, owned: string, share: number | null, control = false): OwnershipEdge {
  return { owner, owned, share_min: share ?? 0, share_max: share ?? 1, control }
}

function holdings(party: string, ...edges: OwnershipEdge[]) {
  return holdingsOf(party, into => edges.filter(found => found.owned === into), QUARTER)
}

function owner(party: string, id: string, ...edges: OwnershipEdge[]) {
  return holdings(party, ...edges).holdings.find(found => found.owner === id)
}

test('25.0 % counts and 24.99 % does not', () => {
  expect(owner('c', 'o', edge('o', 'c', 0.25))?.route).toBe('share')
  expect(owner('c', 'o', edge('o', 'c', 0.2499))?.route).toBeNull()
})

test('shares are multiplied along a chain: 0.5 x 0.5 = 0.25 counts, 0.5 x 0.49 does not', () => {
  const half = edge('m', 'c', 0.5)
  expect(owner('c', 'o', half, edge('o', 'm', 0.5))).toMatchObject({ share: 0.25, route: 'share' })
  expect(owner('c', 'o', half, edge('o', 'm', 0.49))).toMatchObject({ share: 0.245, route: null })
})

test('chains of one owner add up: 0.5 x 0.3 + 0.1 = 0.25', () => {
  const found = owner('c', 'o', edge('m', 'c', 0.5), edge('o', 'm', 0.3), edge('o', 'c', 0.1))
  expect(found).toMatchObject({ share: 0.25, route: 'share' })
  expect(found?.chains.map(chain => chain.path)).toEqual([
    ['o', 'c'],
    ['o', 'm', 'c'],
  ])
})

test('control is passed on whole: who controls a 30 % holder controls 30 %', () => {
  const edges = [edge('m', 'c', 0.3), edge('o', 'm', 0.01, true)]
  expect(owner('c', 'o', ...edges)).toMatchObject({ share: 0.003, reach: 0.3, route: 'control' })
  expect(owner('c', 'o', edge('o', 'c', 0, true))).toMatchObject({ reach: 1, route: 'control' })
})

test('who owns a part of a controller controls nothing by that: 0.3 x 0.5 stays 15 %', () => {
  const edges = [edge('m', 'c', 0.5, true), edge('o', 'm', 0.3)]
  expect(owner('c', 'o', ...edges)).toMatchObject({ share: 0.15, reach: 0.15, route: null })
})

test('an interest of unknown size is possible, not certain', () => {
  expect(owner('c', 'o', edge('o', 'c', null))).toMatchObject({ share: 0, route: 'possible' })
})

test('cross-holdings end: nobody owns himself, and every chain is walked once', () => {
  const found = holdings('a', edge('b', 'a', 0.5), edge('a', 'b', 0.5), edge('o', 'b', 0.6))
  expect(found.incomplete).toBe(false)
  expect(found.holdings.map(({ owner: id, share }) => [id, share])).toEqual([
    ['b', 0.5],
    ['o', 0.3],
  ])
  expect(found.unrecorded).toBe(0.5)
})

test('a graph built to be walked for ever is given up, and says so', () => {
  const parties = Array.from({ length: 12 }, (_, index) => `p${index}`)
  const edges = parties.flatMap(a => parties.map(b => edge(a, b, 0.1)))
  expect(holdings('p0', ...edges).incomplete).toBe(true)
})

test('in a tree the shares of all outermost owners add up to what is recorded', () => {
  // Every party of a layer is owned by two of the next; products over a full tree sum to 1.
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
  fc.assert(
    fc.property(share, share, share, (a, b, c) => {
      const edges = [edge('l', 'c', a), edge('r', 'c', 1 - a), edge('ll', 'l', b)]
      edges.push(edge('lr', 'l', 1 - b), edge('rl', 'r', c), edge('rr', 'r', 1 - c))
      const outermost = ['ll', 'lr', 'rl', 'rr']
      const total = holdings('c', ...edges)
        .holdings.filter(found => outermost.includes(found.owner))
        .reduce((sum, found) => sum + found.share, 0)
      expect(total).toBeCloseTo(1, 9)
    }),
  )
})
