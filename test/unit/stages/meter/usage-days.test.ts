import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, toSqlSecond } from '../../../../src/domain/window.ts'
import { appendUsage } from '../../../../src/ports/append-usage.ts'
import type { Row } from '../../../../src/ports/store.ts'
import { at, HOUR, type MeterBench, openMeterBench, sample } from '../../../support/meter-bench.ts'

/** Usage-hours added up by day, chip and tier, and what is asked of them for windows of any kind. */

const DAYS = 'select * except (build, is_deleted) from usage_days final order by all'
const ADDED_UP = `
  select
    tenant_id, toStartOfDay(u.hour) as day, chip, tier, min(u.hour) as first_hour, max(u.hour) as last_hour,
    sum(u.observed_device_s) as observed_device_s, sum(u.dark_device_s) as dark_device_s,
    sum(u.observed_lo) as observed_lo, sum(u.observed_mid) as observed_mid,
    sum(u.observed_hi) as observed_hi, sum(u.dark_lo) as dark_lo, sum(u.dark_mid) as dark_mid,
    sum(u.dark_hi) as dark_hi
  from usage_hours as u final group by all order by all`

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench({ days: DAYS, added: ADDED_UP })
})
beforeEach(() => bench.reset())
afterAll(() => bench.close())

/** A minute of a device that is half active: 60 device-seconds, 30 × 20 = 600 operations (mid). */
const minute = (end: number, more: Row = {}) =>
  sample('d', at(end), 60, { tenant_id: 'ann', tensor_active: 0.5, ...more })

test('a day is the sum of its hours, by chip and tier', async () => {
  // 05:10, 07:10 and, on another chip, 06:10; the day after from midnight on
  await bench.send(minute(10), minute(130), minute(70, { device_id: 'e', accelerator: 'beta' }))
  await bench.send(minute(19 * 60 + 10))
  await bench.rebuild()
  const day = toSqlSecond(HOUR - 5 * HOUR_MS)
  const of = { tenant_id: 'ann', day, tier: 'T2', dark_device_s: 0 }
  expect(await bench.probe('days')).toMatchObject([
    {
      ...of,
      chip: 'alpha',
      first_hour: toSqlSecond(HOUR),
      last_hour: toSqlSecond(HOUR + 2 * HOUR_MS),
      observed_device_s: 120,
      observed_lo: 600,
      observed_mid: 1200,
      observed_hi: 2400,
    },
    { ...of, chip: 'beta', observed_device_s: 60, observed_mid: 600 },
    { tenant_id: 'ann', day: toSqlSecond(HOUR + 19 * HOUR_MS), observed_device_s: 60 },
  ])
})

test('what a correction takes away is gone from the day', async () => {
  await bench.send(minute(10), minute(130), minute(24 * 60, { tenant_id: 'cid' }))
  await bench.rebuild()
  const moved = { tenant_id: 'bob', revision: 1 }
  await bench.send(minute(10, moved), minute(24 * 60, moved))
  await bench.rebuild()
  const seventh = toSqlSecond(HOUR + 2 * HOUR_MS)
  expect(await bench.probe('days')).toMatchObject([
    { tenant_id: 'ann', observed_device_s: 60, first_hour: seventh, last_hour: seventh },
    { tenant_id: 'bob', observed_device_s: 60 },
    { tenant_id: 'bob', observed_device_s: 60 },
  ])
})

test('days are those of the hours, however these were rebuilt', async () => {
  const one = fc.record({ end: fc.integer({ min: -600, max: 2400 }), tenant: fc.nat(1) })
  const batches = fc.array(fc.array(one, { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(batches, async sent => {
      await bench.reset()
      for (const [index, batch] of sent.entries()) {
        const rows = batch.map(({ end, tenant }, place) =>
          minute(end, { device_id: `d-${index}-${place}`, tenant_id: `t-${tenant}` }),
        )
        await bench.send(...rows)
        await bench.rebuild()
      }
      expect(await bench.probe('days')).toEqual(await bench.probe('added'))
    }),
    { numRuns: 5 },
  )
}, 120_000)

/** An hour of so many operations, all observed, half as many at least and twice as many at most. */
const used = (hour: number, mid: number): Row => ({
  tenant_id: 'ann',
  hour: toSqlSecond(MIDNIGHT + hour * HOUR_MS),
  chip: 'alpha',
  observed_device_s: 3600,
  observed_lo: mid / 2,
  observed_mid: mid,
  observed_hi: mid * 2,
  tier: hour % 3 === 0 ? 'T2' : 'T4',
  build: '1',
  is_deleted: 0,
})
const MIDNIGHT = HOUR - 5 * HOUR_MS
const HOURS = 96

/** Operations of the hour so many hours after midnight. */
const operationsOf = (hour: number): number => 1e6 * (hour + 1)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

test.each(['tenant-operations-rolling', 'group-operations-rolling'] as const)(
  '%s counts the hours of the window, whole days or not',
  async feature => {
    const rows = Array.from({ length: HOURS }, (_, hour) => used(hour, operationsOf(hour)))
    await appendUsage(bench.store, rows)
    const instant = fc.integer({ min: 0, max: HOURS * 4 }).map(quarter => quarter * (HOUR_MS / 4))
    await fc.assert(
      fc.asyncProperty(instant, instant, async (a, b) => {
        const window = { since: MIDNIGHT + Math.min(a, b), as_of: MIDNIGHT + Math.max(a, b) }
        const inside = Array.from({ length: HOURS }, (_, hour) => hour).filter(hour => {
          const begins = MIDNIGHT + hour * HOUR_MS
          return begins >= window.since && begins < window.as_of
        })
        const mid = sum(inside.map(operationsOf))
        const gauged = sum(inside.filter(hour => hour % 3 === 0).map(operationsOf))
        const scope = { ...window, tenants: ['ann'], catalogue: '' }
        const found = await bench.store.query(feature, scope)
        expect(found.map(({ lo, hi, start, end }) => ({ lo, hi, start, end }))).toEqual(
          inside.length === 0
            ? []
            : [
                {
                  lo: mid / 2,
                  hi: mid * 2,
                  start: MIDNIGHT + (inside[0] ?? 0) * HOUR_MS,
                  end: MIDNIGHT + ((inside.at(-1) ?? 0) + 1) * HOUR_MS,
                },
              ],
        )
        for (const { figures } of found) {
          expect(figures['gauged_share']).toBeCloseTo(gauged / mid, 12)
        }
      }),
      {
        numRuns: 60,
        examples: [
          [0, 4 * DAY_MS],
          [0, 0],
          [DAY_MS, 2 * DAY_MS],
          [DAY_MS / 2, DAY_MS],
        ],
      },
    )
  },
)
