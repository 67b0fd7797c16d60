import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatInstant } from '../../../src/domain/window.ts'
import { type AppBench, openAppBench } from '../../support/app-bench.ts'
import { at } from '../../support/meter-bench.ts'

/** A change of arrangements is judged at the next tick, although nothing runs. */

const STATES = {
  outcomes: `select state from outcomes final
    where detector_id = 'capacity-could-result' and kind = 'finding' order by all`,
}
const DAY_MIN = 24 * 60

let app: AppBench
beforeAll(async () => {
  app = await openAppBench()
}, 120_000)
afterAll(() => app.close())

const commitment = (revision: number, accelerators: number) => ({
  commitment_id: 'order-1',
  revision,
  tenant_id: 'acme',
  accelerator: 'nvidia-h100-sxm5-80gb',
  accelerators,
  start: formatInstant(at(29 * DAY_MIN)),
  end: formatInstant(at(300 * DAY_MIN)),
  status: 'signed',
  signed_at: formatInstant(at(20 * DAY_MIN)),
  recorded_at: formatInstant(at(20 * DAY_MIN + revision)),
})

test('an upsized order could result before anything runs, at a tick that looks at changes only', async () => {
  const now = at(30 * DAY_MIN)
  await app.tick(now)
  // 1,000 x 180 d x 86,400 s x 8.159e14 = 1.27e25
  await app.send('telemetry.commitment', [commitment(0, 1000)])
  await app.tick(now)
  expect(await app.outcome(STATES)).toEqual({ outcomes: '' })
  // 10,000 of them: 1.27e26
  await app.send('telemetry.commitment', [commitment(1, 10_000)])
  await app.tick(now)
  expect((await app.outcome(STATES)).outcomes).toContain('could')
})
