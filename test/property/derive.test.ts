import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../src/domain/window.ts'
import { type DeriveBench, openDeriveBench, stretch, UNTIL } from '../support/derive-bench.ts'
import { HOUR } from '../support/meter-bench.ts'

/**
 * Gangs and runs depend on the device-hours alone: built step by step, each time from the first
 * hour that changed, they are those of one build over everything.
 */

/** Hours in place of days, so that what hindsight joins is settled and left behind within the test. */
const HASTY = {
  chain: { soft_gap_s: 7200, hindsight_s: 14_400, hindsight_min_s: 3600, stage_gap_s: 51_000 },
}
const SETTINGS = { shipped: {}, hasty: HASTY }

/** A job of some devices, minutes after 05:00; starts a little apart, so that gangs are doubtful. */
const job = fc.record({
  devices: fc.subarray(['a', 'b', 'c', 'd', 'e'], { minLength: 1 }),
  from: fc.integer({ min: 0, max: 4000 }),
  length: fc.integer({ min: 5, max: 700 }),
  apart: fc.integer({ min: 0, max: 3 }),
  fabric: fc.constantFrom('f', 'f', 'g'),
})

/** What happens between two builds: jobs come to light, or hours turn out not to be the tenant's. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ jobs: fc.array(job, { minLength: 1, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ erasedFrom: fc.integer({ min: 0, max: 70 }) }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const TENANT = 'acme'
const TABLES = ['day_gangs', 'gang_devices', 'runs', 'run_lineages'] as const
const derived = (bench: DeriveBench) =>
  Promise.all([
    bench.gangsOf(TENANT),
    bench.runsOf(TENANT),
    bench.probe('lineages', { tenant: TENANT }),
  ])
const derive = (bench: DeriveBench, hour: number) =>
  bench.derive(new Map([[TENANT, HOUR + hour * HOUR_MS]]), UNTIL)

async function take(bench: DeriveBench, change: Step): Promise<number> {
  if ('erasedFrom' in change) {
    await bench.erase(TENANT, HOUR + change.erasedFrom * HOUR_MS)
    return change.erasedFrom
  }
  const stretches = change.jobs.flatMap(({ devices, from, length, apart, fabric }) =>
    devices.map((device, index) => {
      const start = from + index * apart
      return stretch(TENANT, device, start, start + length, { fabric_id: fabric })
    }),
  )
  await bench.busy(...stretches)
  return Math.min(...change.jobs.map(({ from }) => Math.floor(from / 60)))
}

describe.each(Object.entries(SETTINGS))('%s', (_, settings) => {
  let bench: DeriveBench
  beforeAll(async () => {
    bench = await openDeriveBench(settings)
  })
  afterAll(() => bench.close())

  test('step by step or at once, gangs and runs are the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async steps => {
        await bench.clear(...TABLES, 'device_hours', 'run_history')
        for (const change of steps) await derive(bench, await take(bench, change))
        const [gangs, runs, lineages] = await derived(bench)
        await bench.clear(...TABLES)
        await derive(bench, 0)
        expect([gangs, runs, lineages]).toEqual(await derived(bench))
      }),
      { numRuns: Number(process.env['FLOPWATCH_RUNS'] ?? 12) },
    )
  }, 600_000)
})
