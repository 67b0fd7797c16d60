import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR_MS, type Instant, toSqlTime } from '../../../../src/domain/window.ts'
import type { Row } from '../../../../src/ports/store.ts'
import {
  at,
  HOUR,
  type MeterBench,
  mark,
  openMeterBench,
  sample,
} from '../../../support/meter-bench.ts'

/** Devices that were rebuilt in different turns lie in blocks of different lengths in one hour. */

const UNTIL = HOUR + 100 * HOUR_MS

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench({
    covered: 'select device_id, covered_s from device_hours final where covered_s > 0 order by all',
  })
})
afterAll(() => bench.close())

/** A tick for these tenants alone, over samples that change the hour from an instant on. */
async function turn(since: Instant, tenants: readonly string[], ...samples: Row[]): Promise<void> {
  await bench.store.append('samples', samples)
  const row = mark(HOUR, `${tenants.join()}-${since}`, 1)
  const named = { tenants, devices: tenants.map(() => 2) }
  await bench.store.append('hour_marks', [{ ...row, since: toSqlTime(since), ...named }])
  const devices_max = 2 * tenants.length - 1
  const bound = { devices_max, near_share: 0.02, limits: [] }
  await bench.meter.settle(await bench.meter.measure(UNTIL, 0, bound))
}

test('an hour in one block is not rebuilt from its middle because others lie in short ones', async () => {
  const ann = (minute: number, revision = 0) =>
    sample('a', at(minute), 60, { tenant_id: 'ann', gpu_util: 0.5, revision })
  const bob = (minute: number) => sample('b', at(minute), 60, { tenant_id: 'bob', gpu_util: 0.5 })
  await turn(HOUR, ['ann'], ann(10), ann(30), ann(44), ann(50))
  await turn(HOUR, ['bob'], bob(10))
  await turn(at(20), ['bob'], bob(21), bob(41), bob(44))
  await turn(at(43), ['ann', 'bob'], ann(44, 1))
  expect(await bench.probe('covered')).toEqual([
    { device_id: 'a', covered_s: 240 },
    { device_id: 'b', covered_s: 240 },
  ])
})
