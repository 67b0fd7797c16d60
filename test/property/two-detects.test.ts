import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Fence } from '../../src/ports/fence.ts'
import { createRandom } from '../../src/simulate/random.ts'
import { interleave } from '../support/interleave.ts'
import { type DetectWorld, openDetectWorld } from '../support/two-detects.ts'

/**
 * Two instances tick over one store at the same time, their calls interleaved by a seed. One more
 * tick, and everything is as a single instance would have left it.
 */

const SEED = Number(process.env['FLOPWATCH_SEED'] ?? Math.trunc(performance.timeOrigin % 1e9))
const RUNS = Number(process.env['FLOPWATCH_RUNS'] ?? 3)
const seeds = Array.from({ length: RUNS }, (_, index) => SEED + index)

let world: DetectWorld
let alone: Readonly<Record<string, string>>
beforeAll(async () => {
  process.stdout.write(`two detects: FLOPWATCH_SEED=${SEED}\n`)
  world = await openDetectWorld()
  const single = world.pipeline('single')
  await single.tick(world.until, true)
  await single.tick(world.until, true)
  alone = await world.outcome()
}, 240_000)
afterAll(() => world.close())

function fenceOf(generation: number): Fence {
  return { generation: () => generation }
}

async function together(seed: number, fences: readonly [Fence, Fence]) {
  await world.restore()
  const random = createRandom(seed, 'two detects')
  const mix = interleave(count => random.integer(0, count - 1))
  const ends = await mix.run(
    fences.map((fence, index) => {
      const pipeline = world.pipeline(`instance-${index}`, {
        store: mix.storeOf(index, world.app.store),
      })
      return () => pipeline.tick(world.until, true, undefined, fence)
    }),
  )
  const outcomes = ends.map(end => (end.status === 'fulfilled' ? end.value : end.reason))
  const both = mix.order.join('').replace(/^0*1*|0*1*$/g, '')
  return { outcomes, both }
}

async function expectAsAlone(): Promise<void> {
  const found = await world.outcome()
  for (const [table, text] of Object.entries(alone)) expect(found[table], table).toBe(text)
}

test('the world has work of every kind', () => {
  for (const [table, text] of Object.entries(alone)) {
    if (table !== 'dirty') expect(text, table).not.toBe('')
  }
  expect(alone['dirty']).toBe('')
})

test.each(seeds)('of two equals one stands back or goes first (seed %i)', async seed => {
  const { outcomes } = await together(seed, [fenceOf(0), fenceOf(0)])
  for (const outcome of outcomes) expect(outcome).not.toBeInstanceOf(Error)
  await world.pipeline('third').tick(world.until, true)
  await expectAsAlone()
})
