import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flopwatch } from '../support/command.ts'
import { kafkaMissing } from '../support/kafka-broker.ts'
import { quiesce, untilProgress } from './harness/settle.ts'
import { createVerifier, type Verifier } from './harness/verify.ts'
import { openWorld, TOPIC, type World } from './harness/world.ts'

/**
 * Two instances over one store and one broker, one of them killed at a random moment, again and
 * again: no gap, no double, in the totals and in the account of every partition.
 */

const ROUNDS = Number(process.env['FLOPWATCH_ROUNDS'] ?? 2)
/** Set to draw the same traffic and victims again; each run draws and prints its own. */
const SEED = Number(process.env['FLOPWATCH_SEED'] ?? Math.trunc(performance.timeOrigin % 1e9))
const missing = kafkaMissing({ own: true })

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

describe.skipIf(missing)(`two instances${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let world: World
  let verifier: Verifier

  beforeAll(async () => {
    process.stdout.write(`two-instances: FLOPWATCH_SEED=${SEED}\n`)
    world = await openWorld({ seed: SEED, instances: 2, samples_per_s: 2000 })
    verifier = createVerifier(world)
    for (const instance of world.instances) instance.want()
    world.sender.resume()
    await untilProgress(world, 100)
  }, 300_000)
  afterAll(() => world?.close(), 60_000)

  test.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'round %i: one is killed, the totals and every account are exact',
    { timeout: 300_000 },
    async () => {
      const { dice, sender, httpSender, instances } = world
      sender.resume()
      httpSender.resume()
      await untilProgress(world, 50)
      const victim = dice.pick(instances)
      // When the harm is done is what is random here; nothing waits for it.
      await delay(dice.between(0, 2000))
      await victim.kill()
      // Sometimes it is back before the group has missed it, sometimes the other takes over first.
      if (dice.chance(0.5)) await untilProgress(world, dice.integer(1, 400))
      victim.want()
      await untilProgress(world, dice.integer(1, 200))
      const ends = await quiesce(world)
      expect(await verifier.differences(ends)).toEqual([])
    },
  )

  test('a partition that is rewound while nothing comes is read again after the next start', async () => {
    const env = { CLICKHOUSE_URL: world.front.url }
    expect(await flopwatch(['audit', '--rewind', `${TOPIC}/0@0`], { env })).toMatchObject({
      code: 0,
    })
    for (const instance of world.instances) await instance.terminate()
    for (const instance of world.instances) instance.want()
    const ends = await quiesce(world)
    expect(await verifier.differences(ends)).toEqual([])
  }, 300_000)

  test('flopwatch audit finds every partition in balance', async () => {
    const env = { CLICKHOUSE_URL: world.front.url }
    const { code, stdout } = await flopwatch(['audit'], { env })
    expect(stdout).toContain('in every partition')
    expect(code).toBe(0)
  })
})
