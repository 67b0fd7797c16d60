import { expect, test } from 'vitest'
import { stretchesOf } from '../../../../src/stages/derive/stretches.ts'

/** Tenant, day and hours of each; a statement may read ten. */
const stretches = (...busy: (readonly [string, number, number])[]) =>
  stretchesOf(
    busy.map(([tenant_id, day, hours]) => ({ tenant_id, day, hours })),
    10,
  )

test('nothing busy, nothing to read', () => {
  expect(stretches()).toEqual([])
})

test('days go together while they fit', () => {
  expect(stretches(['a', 1, 4], ['b', 1, 3], ['a', 2, 3], ['a', 3, 1])).toEqual([
    { tenants: ['a', 'b'], days: [1, 2] },
    { tenants: ['a'], days: [3] },
  ])
})

test('a day that holds too much is cut by its tenants, and what comes after stands apart', () => {
  expect(
    stretches(['a', 1, 6], ['b', 1, 4], ['c', 1, 2], ['d', 1, 15], ['e', 1, 1], ['a', 2, 1]),
  ).toEqual([
    { tenants: ['a', 'b'], days: [1] },
    { tenants: ['c'], days: [1] },
    { tenants: ['d'], days: [1] },
    { tenants: ['e'], days: [1] },
    { tenants: ['a'], days: [2] },
  ])
})

test('one tenant that holds too much is read whole', () => {
  expect(stretches(['a', 1, 30])).toEqual([{ tenants: ['a'], days: [1] }])
})
