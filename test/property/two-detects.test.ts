import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE_MS } from '../../src/domain/window.ts'
import type { Pipeline, TickOutcome } from '../../src/pipeline.ts'
import type { Fence } from '../../src/ports/fence.ts'
import type { Store } from '../../src/ports/store.ts'
import { createRandom, type Random } from '../../src/simulate/random.ts'
import { readRecords } from '../../src/stages/cases/ledger.ts'
import { testIntake } from '../support/intake.ts'
import { interleave } from '../support/interleave.ts'
import { fakeClock } from '../support/store.ts'
import {
  type DetectWorld,
  type Outcome,
  openDetectWorld,
  STANDING,
  STANDING_LATER,
  send,
} from '../support/two-detects.ts'

/**
 * Two instances tick over one store at the same time, their calls interleaved by a seed. One more
 * tick, and everything is as a single instance would have left it.
 */

const SEED = Number(process.env['FLOPWATCH_SEED'] ?? Math.trunc(performance.timeOrigin % 1e9))
const RUNS = Number(process.env['FLOPWATCH_RUNS'] ?? 1)
const PATIENCE = { timeout: 300_000 }
const seeds = Array.from({ length: RUNS }, (_, index) => SEED + index)

let world: DetectWorld
let alone: Outcome
let standing: Outcome
/** The same when what comes later has come before. */
let standingLater: Outcome
beforeAll(async () => {
  process.stdout.write(`two detects: FLOPWATCH_SEED=${SEED}\n`)
  world = await openDetectWorld()
  const single = world.pipeline('single')
  await single.tick(world.until, true)
  await single.tick(world.until, true)
  alone = await world.outcome()
  standing = await world.outcome(STANDING)
  await world.restore()
  for (const body of world.later) await send(world.app, 'telemetry.accelerator', body)
  await single.tick(world.until, true)
  await single.tick(world.until, true)
  standingLater = await world.outcome(STANDING_LATER)
}, 600_000)
afterAll(() => world.close())

const under = (generation: number): Fence => ({ generation: () => generation })

function shuffle(seed: number) {
  const random = createRandom(seed, 'two detects')
  return { random, mix: interleave(random, random.integer(1, 40)) }
}

async function expectSame(expected: Outcome, statements?: Outcome): Promise<void> {
  const found = await world.outcome(statements)
  for (const [table, text] of Object.entries(expected)) expect(found[table], table).toBe(text)
}

/** The store as one instance meets it when its calls wait for those of the other. */
function instanceOf(mix: ReturnType<typeof interleave>, index: number, clock = world.clock) {
  const store = mix.storeOf(index, world.app.store)
  return world.pipeline(`instance-${index}`, { store, clock })
}

test('the world has work of every kind, and a tick does all of it', () => {
  for (const [table, text] of Object.entries(alone)) {
    if (table === 'dirty') expect(text, table).toBe('')
    else expect(text, table).not.toBe('')
  }
})

test.each(seeds)('of two equals at least one stands back (seed %i)', PATIENCE, async seed => {
  await world.restore()
  const { mix } = shuffle(seed)
  const ends = await mix.run(
    [0, 1].map(index => () => instanceOf(mix, index).tick(world.until, true)),
  )
  expect(ends.map(end => end.status)).toEqual(['fulfilled', 'fulfilled'])
  await world.pipeline('third').tick(world.until, true)
  await expectSame(alone)
})

test.each(seeds)('who was elected later takes over half-way (seed %i)', PATIENCE, async seed => {
  await world.restore()
  const { mix, random } = shuffle(seed)
  // The old holder learns late, or never, that it no longer is the active one.
  let asked = 0
  const learns = random.integer(1, 40)
  const old: Fence = { generation: () => (++asked > learns ? null : 1) }
  const ends = await mix.run([
    () => instanceOf(mix, 0).tick(world.until, true, undefined, old),
    () => instanceOf(mix, 1).tick(world.until, true, undefined, under(2)),
  ])
  expect(ends.map(end => end.status)).toEqual(['fulfilled', 'fulfilled'])
  expect(ends[1]).toMatchObject({ value: { done: true } })
  await world.pipeline('third').tick(world.until, true, undefined, under(3))
  await expectSame(standing, STANDING)
  await expectSound()
})

test.each(seeds)(
  'one that is held up and writes on undoes nothing (seed %i)',
  PATIENCE,
  async seed => {
    await world.restore()
    const { mix, random } = shuffle(seed)
    const ends = await mix.run([
      () => instanceOf(mix, 0).tick(world.until, true),
      lateStarter(mix, random),
    ])
    expect(ends.map(end => end.status)).toEqual(['fulfilled', 'fulfilled'])
    await world.pipeline('third').tick(world.until, true)
    await expectSame(standing, STANDING)
    await expectSound()
  },
)

test.each(seeds)('nor does it when samples come in meanwhile (seed %i)', PATIENCE, async seed => {
  await world.restore()
  const { mix, random } = shuffle(seed)
  const { intake } = testIntake(mix.storeOf(2, world.app.store), world.clock)
  const ends = await mix.run<unknown>([
    () => instanceOf(mix, 0).tick(world.until, true),
    lateStarter(mix, random),
    async () => {
      for (const body of world.later) await send({ intake }, 'telemetry.accelerator', body)
    },
  ])
  expect(ends.map(end => end.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
  await world.pipeline('third').tick(world.until, true)
  await expectSame(standingLater, STANDING_LATER)
  await expectSound()
})

test(
  'what one that was overtaken rebuilt from newer samples is rebuilt once more',
  PATIENCE,
  async () => {
    await world.restore()
    const { store } = world.app
    let isOvertaken = false
    // Between the turn of the first and its look at what is dirty, another does a whole tick, and
    // samples come: the first builds from more than the other, under lower numbers.
    const overtaken: Store = {
      ...store,
      query: async (name, params) => {
        if (name === 'hour-marks-dirty' && !isOvertaken) {
          isOvertaken = true
          const clock = fakeClock(world.clock.now())
          await afterAMinute(world.pipeline('overtaker', { clock }), clock)
          for (const body of world.later) await send(world.app, 'telemetry.accelerator', body)
        }
        return store.query(name, params)
      },
    }
    const first = world.pipeline('overtaken', { store: overtaken })
    expect(await first.tick(world.until, true)).toMatchObject({ done: true })
    await world.pipeline('third').tick(world.until, true)
    await expectSame(standingLater, STANDING_LATER)
  },
)

/** An instance whose clock is up to ten minutes behind that of the other. */
function lateStarter(mix: ReturnType<typeof interleave>, random: Random) {
  const clock = fakeClock(world.clock.now() - random.integer(0, 10) * MINUTE_MS)
  return () => afterAMinute(instanceOf(mix, 1, clock), clock)
}

/** Ticks once the other, by this clock, has given no sign for a minute and counts as dead. */
async function afterAMinute(
  pipeline: Pipeline,
  clock: ReturnType<typeof fakeClock>,
): Promise<TickOutcome> {
  for (;;) {
    const outcome = await pipeline.tick(world.until, true)
    if (outcome.done) return outcome
    clock.set(clock.now() + MINUTE_MS)
  }
}

/** Every chain holds, and no control group has two open cases. */
async function expectSound(): Promise<void> {
  const records = await readRecords(world.app.store, [])
  expect(records.length).toBeGreaterThan(0)
  const open = await world.read(
    'select group_id, count() as n from cases final where is_open group by all having n > 1',
  )
  expect(open).toEqual([])
}
