import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../../../../src/domain/window.ts'
import { toGang } from '../../../../src/ports/queries/derive.ts'
import type { Row, Store } from '../../../../src/ports/store.ts'
import { createKeptGangs, type KeptGangs } from '../../../../src/stages/derive/kept-gangs.ts'
import { type DeriveBench, openDeriveBench, stretch, UNTIL } from '../../../support/derive-bench.ts'
import { HOUR } from '../../../support/meter-bench.ts'

let bench: DeriveBench
let asked: string[]
let keptGangs: KeptGangs

const TENANTS = ['acme', 'other']
const question = (before: number) => ({ tenants: TENANTS, since: HOUR, first: HOUR, before })
const BEFORE = question(HOUR + 4 * DAY_MS)
const asRead = async () => (await bench.store.query('gangs-list', BEFORE)).map(toGang)
const sorted = <G extends { readonly gang_id: string }>(gangs: readonly G[]) =>
  [...gangs].sort((a, b) => (a.gang_id < b.gang_id ? -1 : 1))

beforeAll(async () => {
  bench = await openDeriveBench()
  const days = [0, 1, 2].map(day => day * 1440)
  await bench.busy(
    ...days.flatMap(day => [
      stretch('acme', 'a', day, day + 1400),
      stretch('other', 'b', day, day + 90),
    ]),
  )
  await bench.derive(new Map(TENANTS.map(tenant => [tenant, HOUR])), UNTIL)
})
afterAll(() => bench.close())
beforeEach(() => {
  asked = []
  const query: Store['query'] = (name, params) => {
    asked.push(name)
    return bench.store.query(name, params)
  }
  keptGangs = createKeptGangs({ query })
})

test('gangs that stand as they were are read once', async () => {
  const first = await keptGangs(BEFORE)
  // Three times one of an hour and a half, and one that midnight cuts in two.
  expect(first).toHaveLength(9)
  expect(sorted(first)).toEqual(sorted(await asRead()))
  expect(await keptGangs(BEFORE)).toBe(first)
  expect(await keptGangs(BEFORE)).toBe(first)
  expect(asked).toEqual(['gangs-list', 'gangs-digest', 'gangs-digest'])
})

test('what another process writes anew, buries or adds is read again', async () => {
  const [row] = await bench.gangsOf('other')
  const changes: Row[] = [
    { ...(row as Row), build: String(2 ** 52), is_deleted: 1 },
    { ...(row as Row), flop_mid: 5, build: String(2 ** 52 + 1), is_deleted: 0 },
    { ...(row as Row), run_id: 'run-elsewhere', build: String(2 ** 52 + 2), is_deleted: 0 },
  ]
  await keptGangs(BEFORE)
  for (const change of changes) {
    await bench.store.append('day_gangs', [change])
    expect(sorted(await keptGangs(BEFORE))).toEqual(sorted(await asRead()))
  }
  expect(asked.filter(name => name === 'gangs-list')).toHaveLength(4)
})

test('another question has an answer of its own', async () => {
  const all = await keptGangs(BEFORE)
  const early = await keptGangs(question(HOUR + DAY_MS))
  expect(early.length).toBeLessThan(all.length)
  expect(await keptGangs(BEFORE)).toBe(all)
})

test('of many questions the last few are remembered', async () => {
  const befores = [1, 2, 3, 4, 5].map(days => question(HOUR + days * DAY_MS))
  for (const one of befores) await keptGangs(one)
  asked = []
  for (const one of befores.slice(1)) await keptGangs(one)
  expect(asked).toEqual(Array(4).fill('gangs-digest'))
  await keptGangs(befores[0] ?? BEFORE)
  expect(asked.at(-1)).toBe('gangs-list')
})
