import { expect, test } from 'vitest'
import type { Detector } from '../../../src/domain/detector.ts'
import { createRota, type Rota } from '../../../src/stages/detect/rota.ts'

/** Which detectors are asked in a tick, and about whom. */

const detector = (id: string, cadence: 'tick' | 'turn' | 'hour') =>
  ({ id, definition: { cadence } }) as Detector

const rota = () =>
  createRota([
    detector('often', 'tick'),
    detector('slow-a', 'turn'),
    detector('slow-b', 'turn'),
    detector('rare', 'hour'),
  ])

const TURN_MS = 5000
let now = 0

/** What one tick asks, a turn later than the last one, its answers kept. */
function tick(of: Rota, dirty: readonly string[] | null, isRearranged = false, after_ms = TURN_MS) {
  now += after_ms
  const plan = of.plan(now, dirty, isRearranged)
  of.done(now, plan, dirty)
  return Object.fromEntries(plan.map(({ detector, dirty }) => [detector.id, dirty]))
}

test('about everybody all are asked', () => {
  const of = rota()
  expect(tick(of, null)).toEqual({ often: null, 'slow-a': null, 'slow-b': null, rare: null })
  // and nothing is owed after it
  expect(tick(of, [])).toEqual({})
})

test('one slow rule a turn, about everybody since its last turn', () => {
  const of = rota()
  expect(tick(of, ['ann'])).toEqual({ often: ['ann'], 'slow-a': ['ann'] })
  expect(tick(of, ['bob'])).toEqual({ often: ['bob'], 'slow-b': ['ann', 'bob'] })
  expect(tick(of, ['cy'])).toEqual({ often: ['cy'], 'slow-a': ['bob', 'cy'] })
})

test('ticks between two turns ask no slow rule, and owe it whom they saw', () => {
  const of = rota()
  tick(of, ['ann'])
  expect(tick(of, ['bob'], false, TURN_MS - 1)).toEqual({ often: ['bob'] })
  expect(tick(of, ['cy'], false, 1)).toEqual({ often: ['cy'], 'slow-b': ['ann', 'bob', 'cy'] })
})

test('where contracts have changed all slow rules are asked', () => {
  const of = rota()
  tick(of, ['ann'])
  expect(tick(of, ['bob'], true)).toEqual({
    often: ['bob'],
    'slow-a': ['bob'],
    'slow-b': ['ann', 'bob'],
  })
})

test('when nobody is dirty all that is owed is asked at once', () => {
  const of = rota()
  tick(of, ['ann'])
  expect(tick(of, [])).toEqual({ 'slow-b': ['ann'] })
  expect(tick(of, [])).toEqual({})
})

test('answers that were not kept are still owed', () => {
  const of = rota()
  of.plan(now, ['ann'], false)
  expect(tick(of, ['ann'])).toEqual({ often: ['ann'], 'slow-a': ['ann'] })
})
