import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { ndjson, testIntake } from '../support/intake.ts'
import { openProbeStore } from '../support/probe-store.ts'
import { fakeClock } from '../support/store.ts'

const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  {
    samples:
      'select hour, device_id, time, version, tenant_id, interval_s, power_w, tensor_active, extra from samples final order by hour, device_id, time',
    conflicts:
      'select hour, device_id, time, version, revision, tenant_id from sample_losers final order by all',
    hours: 'select distinct hour from hour_marks final order by hour',
  },
  clock,
)
afterAll(() => opened.close())

/** Few identities, few contents: most sets hold duplicates, revisions and conflicts. */
const anySample = fc.record({
  time: fc
    .integer({ min: 0, max: 5 })
    .map(step => `2026-01-01T10:${58 + (step % 2)}:${10 + step}Z`),
  interval_s: fc.constantFrom(10, 3600),
  device_id: fc.constantFrom('GPU-1', 'GPU-2'),
  tenant_id: fc.constantFrom('acme', 'other', null),
  accelerator: fc.constant('h100'),
  revision: fc.constantFrom(0, 0, 1),
  power_w: fc.constantFrom(100, '100', null),
  note: fc.constantFrom('a', null),
})

/** How one set is sent: shuffled, with copies, in bodies of some size, with restarts between. */
const anyDelivery = fc.record({
  seed: fc.infiniteStream(fc.nat()),
  size: fc.integer({ min: 1, max: 40 }),
  restart: fc.boolean(),
  copies: fc.integer({ min: 1, max: 3 }),
})

interface DeliveryPlan {
  readonly seed: Iterable<number>
  readonly size: number
  readonly restart: boolean
  readonly copies: number
}

function shuffled<T>(items: readonly T[], seed: Iterable<number>): T[] {
  const keys = seed[Symbol.iterator]()
  return items
    .map(item => ({ item, key: Number(keys.next().value) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

async function deliver(samples: readonly object[], plan: DeliveryPlan) {
  await opened.clear('samples', 'sample_losers', 'hour_marks', 'batches')
  const intake = testIntake(opened.store, clock, { batch_rows: 5 })
  const all = Array.from({ length: plan.copies }, () => samples).flat()
  const order = shuffled(all, plan.seed)
  const sums = { consumed: 0, counted: 0 }
  for (let from = 0; from < order.length; from += plan.size) {
    if (plan.restart) intake.restart()
    const body = ndjson(order.slice(from, from + plan.size))
    const { receipt } = await intake.send('telemetry.accelerator', body)
    sums.consumed += receipt.consumed
    sums.counted += receipt.accepted + receipt.duplicates + receipt.quarantined
  }
  expect(sums).toEqual({ consumed: order.length, counted: order.length })
  return {
    samples: await opened.probe('samples'),
    conflicts: await opened.probe('conflicts'),
  }
}

test('any order, batching, duplication and restarts end with the same rows and the same losers', async () => {
  const property = fc.asyncProperty(
    fc.array(anySample, { minLength: 1, maxLength: 15 }),
    anyDelivery,
    anyDelivery,
    async (samples, one, other) => {
      expect(await deliver(samples, one)).toEqual(await deliver(samples, other))
    },
  )
  await fc.assert(property, { numRuns: 12 })
})

test('every hour that a stored interval overlaps is marked', async () => {
  const property = fc.asyncProperty(
    fc.array(anySample, { minLength: 1, maxLength: 10 }),
    anyDelivery,
    async (samples, plan) => {
      const { samples: stored } = await deliver(samples, plan)
      const marked = (await opened.probe('hours')).map(row =>
        String(Reflect.get(Object(row), 'hour')),
      )
      for (const row of stored) {
        const end = Date.parse(`${Reflect.get(Object(row), 'time')}Z`)
        const start = end - Number(Reflect.get(Object(row), 'interval_s')) * 1000
        for (const at of [start, end - 1]) {
          const hour = new Date(Math.floor(at / 3_600_000) * 3_600_000).toISOString()
          expect(marked).toContain(hour.slice(0, 19).replace('T', ' '))
        }
      }
    },
  )
  await fc.assert(property, { numRuns: 8 })
})
