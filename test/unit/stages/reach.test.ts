import { expect, test } from 'vitest'
import { ALL_TIME, createReach } from '../../../src/stages/detect/reach.ts'

/** From when on a tick has to judge. */

test('the earliest change of a tick counts, and only for it', () => {
  const reach = createReach()
  const changes = reach.begin()
  changes.concern(['ann', 'bob'], 20)
  changes.concern(['ann'], 10)
  changes.concern([], ALL_TIME)
  expect([...changes.tenants]).toEqual(['ann', 'bob'])
  expect(changes.since()).toBe(10)
  expect(reach.begin().since()).toBe(Number.POSITIVE_INFINITY)
})

test('what is owed counts for every tick until everybody was looked at', () => {
  const reach = createReach()
  reach.owe(5)
  reach.owe(7)
  for (const since of [30, 40]) {
    const changes = reach.begin()
    changes.concern(['ann'], since)
    expect(changes.since()).toBe(5)
  }
  reach.clear()
  expect(reach.begin().since()).toBe(Number.POSITIVE_INFINITY)
})
