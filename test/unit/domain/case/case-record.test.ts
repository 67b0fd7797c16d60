import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHAIN_START, sealEvent } from '../../../../src/domain/case/case-chain.ts'
import type { CaseFact, StoredCaseEvent } from '../../../../src/domain/case/case-event.ts'
import { SYSTEM_ACTOR } from '../../../../src/domain/case/case-event.ts'
import { caseRecord } from '../../../../src/domain/case/case-record.ts'
import { deadline } from '../../../../src/domain/filing-clock.ts'
import { at, TRIAGE } from '../../../support/case-world.ts'

/** Which of two branches of a case stands, and what is no branch at all. */

const opened: CaseFact = {
  kind: 'opened',
  body: {
    ordinal: 1,
    prong: 1,
    tenants: ['t'],
    findings: [],
    regime: TRIAGE.regime,
    time_zone: 'UTC',
    transaction: { at: at('2026-01-20'), basis: 'threshold_crossed', evidence: 'curve' },
    deadline: deadline(TRIAGE.initial, at('2026-01-20'), 'UTC'),
    detected_at: at('2026-02-02'),
    follows: null,
  },
}

/** Facts that may follow in any order and number, so that any branch is a possible one. */
const noted = (words: string): CaseFact => ({
  kind: 'escalated',
  body: { reason: words, severity: 'high' },
})

/** An event behind another (null: the first), stored so many microseconds after midnight. */
function event(
  before: StoredCaseEvent | null,
  actor: string,
  words: string,
  stored_us = 0,
): StoredCaseEvent {
  const place = {
    case_id: 'case-1',
    group_id: 'grp-1',
    seq: (before?.seq ?? 0) + 1,
    at: at('2026-03-01'),
    actor,
  }
  const fact = before === null ? opened : noted(words)
  const sealed = sealEvent({ ...fact, ...place }, before?.hash ?? CHAIN_START)
  const micros = String(stored_us).padStart(6, '0')
  return { ...sealed, stored_at: `2026-03-01 00:00:00.${micros}` }
}

const inOrder = (events: readonly StoredCaseEvent[]) =>
  events.toSorted((a, b) => a.seq - b.seq || (a.hash < b.hash ? -1 : 1))
const read = (...events: StoredCaseEvent[]) => caseRecord(inOrder(events))
const words = (events: readonly StoredCaseEvent[] | undefined) =>
  events?.map(found => (found.kind === 'escalated' ? found.body.reason : found.kind))

const first = event(null, SYSTEM_ACTOR, '')
const [machine1, machine2] = [
  event(first, SYSTEM_ACTOR, 'm1', 1),
  event(first, SYSTEM_ACTOR, 'm2', 2),
]
const [ann, bob] = [event(first, 'ann', 'ann', 7), event(first, 'bob', 'bob', 8)]

describe('of two branches stands', () => {
  test('the one in which people acted, though the other is longer and came first', () => {
    const longer = event(machine1, SYSTEM_ACTOR, 'm1+', 3)
    const record = read(first, machine1, longer, ann)
    expect(words(record?.standing)).toEqual(['opened', 'ann'])
    expect(words(record?.voided)).toEqual(['m1', 'm1+'])
    expect(record?.current).toMatchObject({ seq: 2, void_events: 2, last_hash: ann.hash })
  })

  test('the one stored first, when as many people acted in both, however long they are', () => {
    const behind = event(machine1, 'ann', 'ann behind m1', 9)
    expect(words(read(first, machine1, behind, bob)?.standing)).toEqual([
      'opened',
      'm1',
      'ann behind m1',
    ])
    const longer = event(bob, SYSTEM_ACTOR, 'behind bob', 9)
    expect(words(read(first, ann, bob, longer)?.standing)).toEqual(['opened', 'ann'])
    expect(words(read(first, ann, bob)?.standing)).toEqual(['opened', 'ann'])
    expect(words(read(first, machine2, machine1)?.standing)).toEqual(['opened', 'm1'])
  })

  test('the smaller hash, when even that is the same', () => {
    const twins = ['x', 'y', 'z'].map(name => event(first, name, name, 5))
    const smallest = twins.map(({ hash }) => hash).sort()[0]
    expect(read(first, ...twins)?.standing.at(-1)?.hash).toBe(smallest)
  })

  test('one of two that opened the case at once', () => {
    const rival = { ...event(null, 'zoe', ''), stored_at: '2026-03-01 00:00:00.000001' }
    expect(read(first, rival)?.current).toMatchObject({ seq: 1, void_events: 1 })
  })
})

/** A tree of events: each grows behind an earlier one of the list. */
const tree = fc
  .array(
    fc.record({
      behind: fc.nat(),
      actor: fc.constantFrom(SYSTEM_ACTOR, 'ann', 'bob'),
      stored: fc.nat(50),
    }),
    {
      minLength: 1,
      maxLength: 14,
    },
  )
  .map(shapes => {
    const events = [first]
    for (const [index, { behind, actor, stored }] of shapes.entries()) {
      events.push(event(events[behind % events.length] ?? first, actor, `e${index}`, stored))
    }
    return events
  })

test('every event stands or is void, and the chain that stands is one', () => {
  fc.assert(
    fc.property(tree, events => {
      const record = read(...events)
      const standing = record?.standing ?? []
      expect(standing.map(({ seq }) => seq)).toEqual(standing.map((_, index) => index + 1))
      for (const [index, { prev_hash }] of standing.entries()) {
        expect(prev_hash).toBe(standing[index - 1]?.hash ?? CHAIN_START)
      }
      const all = [...standing, ...(record?.voided ?? [])].map(({ hash }) => hash)
      expect(all.sort()).toEqual(events.map(({ hash }) => hash).sort())
    }),
  )
})

test('growing what stands keeps it standing', () => {
  fc.assert(
    fc.property(tree, fc.constantFrom(SYSTEM_ACTOR, 'ann'), (events, actor) => {
      const head = read(...events)?.standing.at(-1)
      expect(head).toBeDefined()
      const next = event(head ?? first, actor, 'next', 60)
      expect(read(...events, next)?.standing.at(-1)?.hash).toBe(next.hash)
    }),
  )
})

test('what a tick appends late never displaces what a person did', () => {
  fc.assert(
    fc.property(tree, fc.nat(), (events, behind) => {
      const people = read(...events)?.standing.filter(({ actor }) => actor !== SYSTEM_ACTOR) ?? []
      const late = event(events[behind % events.length] ?? first, SYSTEM_ACTOR, 'late', 60)
      const after = read(...events, late)?.standing.filter(({ actor }) => actor !== SYSTEM_ACTOR)
      expect(after?.map(({ hash }) => hash)).toEqual(people.map(({ hash }) => hash))
    }),
  )
})

describe('tampering is no branch', () => {
  const chain = [first, machine1, event(machine1, 'ann', 'ann', 3)]
  const tampered = (seq: number, why: string) => ({
    code: 'CASE_TAMPERED',
    message: `case case-1, event ${seq}: ${why}`,
  })
  const fault = (...events: StoredCaseEvent[]) => {
    try {
      read(...events)
      return null
    } catch (thrown) {
      return thrown
    }
  }

  test('an event that was edited', () => {
    const [a, b, c] = chain as [StoredCaseEvent, StoredCaseEvent, StoredCaseEvent]
    expect(fault(a, { ...b, actor: 'eve' }, c)).toMatchObject(
      tampered(2, 'the content does not match its hash'),
    )
  })

  test('an event that was edited and sealed anew', () => {
    const [a, b, c] = chain as [StoredCaseEvent, StoredCaseEvent, StoredCaseEvent]
    const resealed = { ...sealEvent({ ...b, actor: 'eve' }, a.hash), stored_at: b.stored_at }
    expect(fault(a, resealed, c)).toMatchObject(tampered(3, 'the event that it follows is missing'))
  })

  test('an event that was removed', () => {
    expect(fault(chain[0] ?? first, chain[2] ?? first)).toMatchObject(
      tampered(3, 'the event that it follows is missing'),
    )
  })

  test('an event that was put in long afterwards, well sealed', () => {
    const forged = {
      ...event(first, 'eve', 'nothing happened'),
      stored_at: '2026-03-01 01:00:01.000000',
    }
    expect(fault(...chain, forged)).toMatchObject(
      tampered(2, 'the event was put beside another long after it'),
    )
  })

  test('an event that names a place it does not have', () => {
    const shifted = {
      ...sealEvent({ ...machine2, seq: 3 }, first.hash),
      stored_at: machine2.stored_at,
    }
    expect(fault(first, shifted)).toMatchObject(
      tampered(3, 'the event does not follow the one before it'),
    )
  })
})
