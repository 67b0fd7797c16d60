import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createBuildNumbers } from '../../../src/domain/build.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/window.ts'
import { type Fence, UNFENCED } from '../../../src/ports/fence.ts'
import { createTurns, type TakeTurn, type Turn, TurnLost } from '../../../src/stages/turn.ts'
import { openProbeStore, type ProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'

/** Whose turn it is to tick, as several processes over one store see it. */

const NOW = Date.UTC(2026, 2, 1)
let opened: ProbeStore
beforeAll(async () => {
  opened = await openProbeStore({})
})
afterAll(() => opened.close())
beforeEach(() => opened.clear('turns'))

function instance(name: string, clock = fakeClock(NOW), isShared = true) {
  const builds = createBuildNumbers(clock.now)
  const take: TakeTurn = createTurns({
    store: opened.store,
    clock,
    builds,
    instance: name,
    isShared,
  })
  return { clock, builds, take }
}

const under = (generation: number | null): Fence => ({ generation: () => generation })

async function taken(turn: Promise<Turn | string>): Promise<Turn> {
  const got = await turn
  if (typeof got === 'string') throw new Error(got)
  return got
}

test('whose store is its own looks for nobody, and its build numbers go on from the last', async () => {
  const [before, after] = [
    instance('own', fakeClock(NOW), false),
    instance('own', fakeClock(NOW - HOUR_MS), false),
  ]
  const first = await taken(before.take(UNFENCED))
  expect(await first.alone()).toBe(true)
  const newest = before.builds()
  await first.end()
  // after a restart with a clock that was set back
  const second = await taken(after.take(UNFENCED))
  await second.guard()
  expect(await second.alone()).toBe(true)
  expect(after.builds()).toBeGreaterThan(newest)
  await second.end()
})

describe('of two equals', () => {
  test('the second stands back while the first is at it, and has its turn afterwards', async () => {
    const [a, b] = [instance('a'), instance('b')]
    const first = await taken(a.take(UNFENCED))
    expect(await b.take(UNFENCED)).toBe('instance a is at it')
    // One that only looked in has written nothing: the first is alone all the same.
    expect(await first.alone()).toBe(true)
    await first.end()
    const second = await taken(b.take(UNFENCED))
    expect(await second.alone()).toBe(true)
    await second.end()
  })

  test('one that crashed holds the others up for a minute of their own clocks', async () => {
    const [dead, b] = [instance('dead', fakeClock(NOW + 20 * MINUTE_MS)), instance('b')]
    await taken(dead.take(UNFENCED))
    expect(await b.take(UNFENCED)).toContain('dead')
    b.clock.set(NOW + 59 * SECOND_MS)
    expect(await b.take(UNFENCED)).toContain('dead')
    b.clock.set(NOW + 60 * SECOND_MS)
    const turn = await taken(b.take(UNFENCED))
    // Its last statements may still be at work in the store.
    expect(await turn.alone()).toBe(false)
    await turn.end()
    b.clock.set(NOW + 10 * MINUTE_MS)
    const later = await taken(b.take(UNFENCED))
    expect(await later.alone()).toBe(true)
  })

  test('a flag that a crash left behind long ago holds nobody up', async () => {
    await taken(instance('dead', fakeClock(NOW - HOUR_MS)).take(UNFENCED))
    expect(await (await taken(instance('b').take(UNFENCED))).alone()).toBe(true)
  })

  test('a process that comes up again under its own name goes on at once', async () => {
    await taken(instance('embedded').take(UNFENCED))
    const again = await taken(instance('embedded').take(UNFENCED))
    expect(await again.alone()).toBe(true)
  })

  test('one that was held up for a minute has lost its turn, and knows it', async () => {
    const a = instance('a')
    const turn = await taken(a.take(UNFENCED))
    a.clock.set(NOW + 59 * SECOND_MS)
    await turn.guard()
    a.clock.set(NOW + 60 * SECOND_MS)
    await expect(turn.guard()).rejects.toBeInstanceOf(TurnLost)
    await expect(turn.alone()).rejects.toBeInstanceOf(TurnLost)
  })

  test('one that others took for dead is not alone, even when they are done', async () => {
    const [slow, b] = [instance('slow'), instance('b')]
    const turn = await taken(slow.take(UNFENCED))
    await b.take(UNFENCED)
    b.clock.set(NOW + MINUTE_MS)
    await (await taken(b.take(UNFENCED))).end()
    expect(await turn.alone()).toBe(false)
  })
})

describe('under an election', () => {
  test('who is not the active one has no turn', async () => {
    expect(await instance('a').take(under(null))).toBe('another instance is the active one')
  })

  test('a later generation takes over at once; the earlier one loses its turn', async () => {
    const [a, b] = [instance('a'), instance('b')]
    const old = await taken(a.take(under(4)))
    const fresh = await taken(b.take(under(5)))
    await expect(old.guard()).rejects.toThrow('instance b has taken over')
    await fresh.guard()
    expect(await fresh.alone()).toBe(false)
    // Whoever still believes in an earlier generation stands back.
    expect(await instance('c').take(under(4))).toMatch(/ is at it$/)
  })

  test('an active one that hears of its successor stops', async () => {
    let generation: number | null = 7
    const turn = await taken(instance('a').take({ generation: () => generation }))
    await turn.guard()
    generation = null
    await expect(turn.guard()).rejects.toThrow('another instance has become the active one')
  })

  test('a group that was forgotten counts from 1 again and is not taken for an earlier one', async () => {
    await (await taken(instance('a').take(under(90)))).end()
    const turn = await taken(instance('b').take(under(1)))
    await turn.guard()
    expect(await turn.alone()).toBe(true)
  })
})

describe('build numbers', () => {
  test('go on beyond those of whoever came before, however far ahead its clock was', async () => {
    const [ahead, behind] = [instance('ahead', fakeClock(NOW + HOUR_MS)), instance('behind')]
    const turn = await taken(ahead.take(UNFENCED))
    const used = Array.from({ length: 100 }, () => ahead.builds())
    await turn.end()
    await taken(behind.take(UNFENCED))
    expect(behind.builds()).toBeGreaterThan(Math.max(...used))
  })

  test('go on beyond those that a crashed instance used and did not tell of', async () => {
    const [dead, b] = [instance('dead', fakeClock(NOW + HOUR_MS)), instance('b')]
    await taken(dead.take(under(1)))
    const used = Array.from({ length: 1000 }, () => dead.builds())
    await taken(b.take(under(2)))
    expect(b.builds()).toBeGreaterThan(Math.max(...used))
  })

  test('grow within a process whichever way its clock steps', () => {
    const clock = fakeClock(NOW)
    const builds = createBuildNumbers(clock.now)
    const numbers = [builds()]
    clock.set(NOW - HOUR_MS)
    numbers.push(builds())
    builds.beyond(0)
    numbers.push(builds())
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(new Set(numbers).size).toBe(3)
    expect(numbers.every(Number.isSafeInteger)).toBe(true)
  })
})
