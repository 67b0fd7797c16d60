import { beforeEach, describe, expect, test } from 'vitest'
import { createMembership, type Membership } from '../../../../src/adapters/kafka/membership.ts'

/** Until when a member may rely on its partitions; session 30 s, rebalance 60 s. */

let at_ms: number
let member: Membership
beforeEach(() => {
  at_ms = 1000
  member = createMembership({ session_ms: 30_000, rebalance_ms: 60_000 }, () => at_ms)
})

test('nothing is held before the group let us in', () => {
  expect([member.isSteady(), member.watch()(), member.generation()]).toEqual([false, true, null])
  expect(member.confirmed(3, at_ms)).toBe(false)
})

describe('once joined', () => {
  let isStale: () => boolean
  beforeEach(() => {
    member.joined()
    at_ms += 10
    expect(member.confirmed(3, at_ms)).toBe(true)
    isStale = member.watch()
  })

  test('the session counts from when the last answered heartbeat left, not from its answer', () => {
    at_ms += 29_000
    expect(member.confirmed(3, at_ms - 20_000)).toBe(false)
    at_ms += 10_000
    expect([isStale(), member.isSteady()]).toEqual([false, true])
    at_ms += 1001
    expect([isStale(), member.isSteady(), member.isGone()]).toEqual([true, false, true])
  })

  test('a change of members lets a batch finish, but none begin, for half its time', () => {
    member.refused('REBALANCE_IN_PROGRESS')
    expect([isStale(), member.isSteady()]).toEqual([false, false])
    for (const passed of [10_000, 20_000, 30_000]) {
      at_ms = 1010 + passed
      member.confirmed(3, at_ms)
      member.refused('REBALANCE_IN_PROGRESS')
    }
    expect(isStale()).toBe(false)
    at_ms += 1
    expect(isStale()).toBe(true)
    // The broker may take its time to bring the others together.
    expect(member.isGone()).toBe(false)
  })

  test.each(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])('%s ends it at once', type => {
    member.refused(type)
    expect([isStale(), member.isSteady()]).toEqual([true, false])
    expect(member.confirmed(3, at_ms)).toBe(false)
  })

  test('an unforeseen error says nothing about membership', () => {
    member.refused('')
    expect([isStale(), member.isSteady()]).toEqual([false, true])
  })

  test('a later join is another membership, and a late answer does not name its generation', () => {
    at_ms += 100
    member.joined()
    expect(isStale()).toBe(true)
    expect(member.confirmed(3, at_ms - 50)).toBe(false)
    expect(member.generation()).toBeNull()
    expect(member.confirmed(4, at_ms + 1)).toBe(true)
    expect([member.generation(), member.watch()(), isStale()]).toEqual([4, false, true])
  })
})
