import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY_MS } from '../../../src/domain/window.ts'
import { drawJob } from '../../../src/evaluate/account/job.ts'
import { LATENT_CHIPS, type LatentChip } from '../../../src/evaluate/account/physics.ts'
import { drawTile } from '../../../src/evaluate/account/tiles.ts'
import { fitProviders, LABELLED_JOBS } from '../../../src/evaluate/forward/calibrated.ts'
import { countedShare, drawFrontierRun } from '../../../src/evaluate/forward/frontier.ts'
import { createRandom } from '../../../src/simulate/random.ts'
import { testIntake } from '../../support/intake.ts'
import { shipped, shippedMeter } from '../../support/reference.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

/** Evaluation of calibrated providers: the product's own fit takes out what its counters overstate. */

const START = Date.UTC(2026, 0, 1)
const clock = fakeClock(START + DAY_MS)

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const chipOf = (part: string): LatentChip => {
  const found = LATENT_CHIPS.find(([{ id }]) => id.includes(part))
  if (found === undefined) throw new Error(`no ${part}`)
  return found[0]
}

test('counters that show a quarter too much, and a fifth too little, are fitted as such', async () => {
  const { store } = opened
  const bench = {
    store,
    intake: testIntake(store, clock).intake,
    meter: await shippedMeter(store, clock),
  }
  const context = { seed: 3, catalogue: shipped.catalogue, estimation: shipped.estimation }
  const planned = { chip: chipOf('h100'), start: START }
  const fits = await fitProviders(bench, context, [
    { ...planned, name: 'over', counter_gain: 1.25 },
    { ...planned, name: 'under', counter_gain: 0.8 },
  ])
  const [over, ...more] = fits.get('over') ?? []
  const [under] = fits.get('under') ?? []
  expect(more).toEqual([])
  expect(over).toMatchObject({ chip: planned.chip.id, tier: 'T1', runs: LABELLED_JOBS })
  // 1 / 1.25 = 0.8 and 1 / 0.8 = 1.25, within a tenth: each is a median of eight jobs
  expect(over?.ratio ?? 0).toBeGreaterThan(0.72)
  expect(over?.ratio ?? 0).toBeLessThan(0.88)
  expect(under?.ratio ?? 0).toBeGreaterThan(1.125)
  expect(under?.ratio ?? 0).toBeLessThan(1.375)
})

test('a fit scales what is counted of a run and takes the place of its spread', () => {
  const run = drawFrontierRun(createRandom(5, 'run'), 'run', START)
  const priors = { catalogue: shipped.catalogue, estimation: shipped.estimation }
  const chip = run.chip.id
  const fit = { chip, tier: 'T1', ratio: 0.9, ratio_lo: 0.88, ratio_hi: 0.92, sd: 0.03 } as const
  const bf16 = { ...run, fp8_share: 0 }
  const alone = countedShare(bf16, priors)
  const fitted = countedShare(bf16, { ...priors, fits: [{ ...fit, runs: 8 }] })
  expect(fitted.mid / alone.mid).toBeCloseTo(0.9, 9)
  expect(fitted.hi / fitted.mid).toBeCloseTo(10 ** (1.645 * 0.03), 9)
})

test('jobs of one provider share its chip and its counters, and nothing else', () => {
  const site = { chip: chipOf('b200'), counter_gain: 1.07 }
  const [one, other] = ['one', 'other'].map(id =>
    drawJob(createRandom(1, id), id, 'training', site),
  )
  expect([one?.chip.id, other?.chip.id]).toEqual([site.chip.id, site.chip.id])
  expect([one?.physics.counter_gain, other?.physics.counter_gain]).toEqual([1.07, 1.07])
  expect(one?.physics.tile).not.toBe(other?.physics.tile)
  expect(one?.physics.attribution).not.toBe(other?.physics.attribution)
})

test('tiles: large products lose up to 1.6 %; of all training, a quarter up to 12 %, few up to 40 %', () => {
  const random = createRandom(1, 'tiles')
  const draw = (products: 'large' | 'training') =>
    Array.from({ length: 4000 }, () => 1 - drawTile(random, products)).sort((a, b) => a - b)
  const large = draw('large')
  expect(large[0]).toBeGreaterThanOrEqual(0)
  expect(large.at(-1)).toBeLessThanOrEqual(0.016)
  const training = draw('training')
  const over = (loss: number) => training.filter(one => one > loss).length / training.length
  // .25 × (.12 − .016) / .12 = .217 of the small ones, and .95 of the twentieth on old kernels
  expect(over(0.016)).toBeGreaterThan(0.24)
  expect(over(0.016)).toBeLessThan(0.29)
  // old kernels lose more than 12 % where they do more than a fifth: 1 − 2731 / 4096 × .9 = .40 at most
  expect(over(0.12)).toBeGreaterThan(0.03)
  expect(over(0.4)).toBe(0)
})
