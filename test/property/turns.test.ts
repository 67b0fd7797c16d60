import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TickBound } from '../../src/domain/tick-choice.ts'
import { formatInstant, HOUR_MS, MINUTE_MS } from '../../src/domain/window.ts'
import { type AppBench, OUTCOMES, openAppBench } from '../support/app-bench.ts'
import { bills, type Delivery, deliveryOf, fleet } from '../support/fleet.ts'
import { HOUR } from '../support/meter-bench.ts'

/**
 * Tenants of a large fleet take turns: whatever the bound, in whatever order and with whatever comes
 * in between, once nobody waits any more the numbers are those of ticks that take up everybody.
 */

const UNTIL = HOUR + 24 * HOUR_MS
/** More than it takes while nothing comes in: seven devices at most over eight hours, one in each tick. */
const TICKS_MAX = 200
/** Ann, bob, and who is not named: with no more ticks than these, nobody was metered in slices. */
const TENANTS = 3

const COMPARED = {
  device_hours: OUTCOMES.device_hours,
  observed_hours: 'select * except (build, is_deleted) from observed_hours final order by all',
  usage_hours: OUTCOMES.usage_hours,
  usage_days: OUTCOMES.usage_days,
  runs: OUTCOMES.runs,
  marks: 'select count() as n from hour_marks final where state < 2',
} as const

const bound = (devices_max: number): TickBound => ({ devices_max, near_share: 0.02, limits: [] })

/** Eight devices of a tenant that is known by the time more comes of them, too many for one turn. */
const IN_SLICES: Delivery = {
  batches: [10, 20].map(minute =>
    Array.from({ length: 8 }, (_, device) => ({
      time: formatInstant(HOUR + minute * MINUTE_MS),
      interval_s: 600,
      device_id: `d${device}`,
      tenant_id: 'ann',
      accelerator: 'NVIDIA H100 80GB HBM3',
      tensor_active: 0.4,
      sm_clock_mhz: 1500,
    })),
  ),
  bills: [[], []],
  after: ['tick', 'nothing'],
}

let bench: AppBench
beforeAll(async () => {
  bench = await openAppBench()
})
afterAll(() => bench.close())

/** @returns in how many ticks somebody had to wait, and how many the last turns of all took */
async function play(
  delivery: Delivery,
  devices_max: number | null,
): Promise<{ readonly waits: number; readonly ticks: number }> {
  await bench.clear()
  await bench.restart()
  const limit = devices_max === null ? null : bound(devices_max)
  let waits = 0
  for (const [at, batch] of delivery.batches.entries()) {
    if (batch.length > 0) await bench.send('telemetry.accelerator', batch)
    const rows = delivery.bills[at] ?? []
    if (rows.length > 0) await bench.send('telemetry.billing', rows)
    const then = delivery.after[at]
    if (then === 'restart') await bench.restart()
    if (then !== 'nothing') {
      const until = then === 'early tick' ? HOUR + 2 * HOUR_MS : UNTIL
      waits += Math.min(1, await bench.rebuild(until, limit))
    }
  }
  for (let tick = 0; tick < TICKS_MAX; tick += 1) {
    if ((await bench.rebuild(UNTIL, limit)) === 0) return { waits: waits + tick, ticks: tick + 1 }
  }
  throw new Error(`somebody still waits after ${TICKS_MAX} ticks`)
}

test('in turns or all at once, the numbers are the same, row for row', async () => {
  let waits = 0
  let sliced = 0
  const played = fc
    .tuple(fleet, bills)
    .chain(([records, rows]) =>
      fc.tuple(deliveryOf(records, rows), fc.constantFrom(1, 2, 4, 4, 8, 8)),
    )
  await fc.assert(
    fc.asyncProperty(played, async ([delivery, devices_max]) => {
      await play(delivery, null)
      const whole = await bench.outcome(COMPARED)
      const turns = await play(delivery, devices_max)
      waits += turns.waits
      sliced += turns.ticks > TENANTS ? 1 : 0
      expect(await bench.outcome(COMPARED)).toEqual(whole)
    }),
    {
      numRuns: Number(process.env['FLOPWATCH_RUNS'] ?? 12),
      examples: [[[IN_SLICES, 1]], [[IN_SLICES, 2]]],
      // A fault is told at once, with its seed: to make it smaller takes longer than the test may.
      endOnFailure: true,
    },
  )
  // Otherwise everybody was taken up at once each time.
  expect(waits).toBeGreaterThan(5)
  expect(sliced).toBeGreaterThan(1)
}, 600_000)
