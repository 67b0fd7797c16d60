import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isDeliveryKind } from '../../src/domain/streams.ts'
import { DAY_MS, HOUR_MS } from '../../src/domain/window.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { type AppBench, OUTCOMES, openAppBench } from '../support/app-bench.ts'
import { HOUR } from '../support/meter-bench.ts'

/**
 * The same for what is judged: a day of the demo fleet that comes in shuffled, in batches and more
 * than once, with ticks in between, leaves the findings that stand as one tick over all of it.
 */

const UNTIL = HOUR - 5 * HOUR_MS + 20 * DAY_MS
const SEED = Number(process.env['FLOPWATCH_SEED'] ?? Math.trunc(performance.timeOrigin % 1e9))

/** Findings that stand, without when and how often they were stated. */
const STANDING = {
  ...OUTCOMES,
  findings: `
    select detector_id, subject_kind, subject_id, tenant_ids, state, severity, basis, threshold
    from (select * from findings final order by finding_id, version desc limit 1 by finding_id)
    where state != 'withdrawn'
    order by detector_id, subject_id`,
} as const

let bench: AppBench
beforeAll(async () => {
  bench = await openAppBench()
})
afterAll(() => bench.close())

/** Everything but telemetry goes in first, whole. */
async function sendRecords(): Promise<object[]> {
  const samples: object[] = []
  for (const { name, lines } of simulate('demo', { seed: 7, until: UNTIL, days: 1 }).streams) {
    const records = [...lines].map((line): object => JSON.parse(line))
    if (name === 'telemetry.accelerator') samples.push(...records)
    else if (isDeliveryKind(name)) await bench.send(name, records)
  }
  return samples
}

test('findings do not depend on how telemetry came in', { timeout: 240_000 }, async () => {
  process.stdout.write(`findings: FLOPWATCH_SEED=${SEED}\n`)
  await bench.send('telemetry.accelerator', await sendRecords())
  await bench.tick(UNTIL, true)
  const atOnce = await bench.outcome(STANDING)
  expect(atOnce.findings?.split('\n').length).toBeGreaterThan(5)

  await bench.clear()
  await bench.restart()
  const samples = await sendRecords()
  const places = fc.sample(fc.tuple(fc.nat(2), fc.nat(2), fc.nat()), {
    numRuns: samples.length,
    seed: SEED,
  })
  const order = samples
    .map((sample, index) => ({ sample, place: places[index] ?? [0, 0, 0] }))
    .sort((a, b) => a.place[2] - b.place[2])
  for (const batch of [0, 1, 2]) {
    const mine = order.filter(({ place }) => place[0] === batch || place[1] === batch)
    await bench.send(
      'telemetry.accelerator',
      mine.map(({ sample }) => sample),
    )
    await bench.tick(UNTIL)
  }
  // Rules of hourly cadence are asked once an hour, about everything.
  await bench.tick(UNTIL, true)
  const pieces = await bench.outcome(STANDING)
  for (const [table, text] of Object.entries(atOnce)) expect(pieces[table], table).toBe(text)
})
