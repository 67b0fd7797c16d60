import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, type Instant, toSqlTime } from '../../src/domain/window.ts'
import { type AppBench, openAppBench } from '../support/app-bench.ts'
import { HOUR } from '../support/meter-bench.ts'

/**
 * A tick judges only runs that may have changed: after any sequence of ticks, what is said of runs is
 * what looks at everything say. Over more days than derive looks back.
 */

/** Few, so that what is told meets what was told before, and the first leaves the window of a year. */
const DAYS = [3, 6, 8, 8, 9, 24, 45, 330, 350, 352] as const
const DAWN = HOUR - 400 * DAY_MS
const untilOf = (step: number) => DAWN + (367 + 2 * step) * DAY_MS

const COMPARED = {
  findings: `
    select detector_id, subject_id, tenant_ids, version, start, end, state, severity,
      toFloat32(measured_lo) as lo, toFloat32(measured_mid) as mid, toFloat32(measured_hi) as hi
    from findings final where subject_kind = 'run' order by all`,
  outcomes: `
    select subject_id, kind, state, missing,
      toFloat32(measured_lo) as lo, toFloat32(measured_mid) as mid, toFloat32(measured_hi) as hi
    from outcomes final
    where detector_id = 'run-operations-threshold'
      and subject_id in (select run_id from runs final)
    order by all`,
} as const

/** Some hours of work of one device; told again, they may be another tenant's. */
interface Work {
  readonly device: string
  readonly tenant: string
  readonly day: number
  readonly hours: number
  readonly operations: number
}

interface Step {
  readonly works: readonly Work[]
  /** Of which times more was billed than was seen. */
  readonly bills: readonly Pick<Work, 'tenant' | 'day' | 'hours'>[]
}

const whose = { tenant: fc.constantFrom('ann', 'ann', 'bob'), day: fc.constantFrom(...DAYS) }
const work: fc.Arbitrary<Work> = fc.record({
  ...whose,
  device: fc.constantFrom('a', 'a', 'b'),
  hours: fc.constantFrom(3, 20, 40),
  operations: fc.constantFrom(4e24, 4e25),
})
const step: fc.Arbitrary<Step> = fc.record({
  works: fc.array(work, { minLength: 1, maxLength: 3 }),
  bills: fc.array(fc.record({ ...whose, hours: fc.constant(24) }), { maxLength: 2 }),
})

const timeOf = (at: Instant) => `${toSqlTime(at).replace(' ', 'T')}Z`

function samplesOf({ works }: Step, revision: number): object[] {
  return works.flatMap(({ device, tenant, day, hours, operations }) => {
    return Array.from({ length: hours }, (_, hour) => ({
      time: timeOf(DAWN + day * DAY_MS + (hour + 1) * HOUR_MS),
      interval_s: 3600,
      device_id: device,
      tenant_id: tenant,
      accelerator: 'NVIDIA H100 80GB HBM3',
      node_id: `node-${device}`,
      fabric_id: 'f',
      tensor_active: 0.5,
      sm_clock_mhz: 1755,
      operations,
      revision,
    }))
  })
}

function billsOf({ bills }: Step): object[] {
  return bills.map(({ tenant, day, hours }) => ({
    BillingAccountId: tenant,
    ChargePeriodStart: timeOf(DAWN + day * DAY_MS),
    ChargePeriodEnd: timeOf(DAWN + day * DAY_MS + hours * HOUR_MS),
    ChargeCategory: 'Usage',
    x_InstanceType: 'p5.48xlarge',
    ConsumedQuantity: 24,
    ConsumedUnit: 'Hours',
  }))
}

/** What was one tenant's, and beyond the threshold, is told again as the other's. */
const HANDED_ON: Step[] = ['ann', 'bob'].map(tenant => ({
  works: [{ device: 'a', tenant, day: 350, hours: 40, operations: 4e25 }],
  bills: [],
}))

/** In the end something is heard of everybody, so that everybody is asked about. */
const LAST: Step = {
  works: ['ann', 'bob'].map(tenant => ({
    device: `last-${tenant}`,
    tenant,
    day: 353,
    hours: 1,
    operations: 0,
  })),
  bills: [],
}

let bench: AppBench
beforeAll(async () => {
  bench = await openAppBench()
})
afterAll(() => bench.close())

async function play(steps: readonly Step[], isFull: boolean) {
  await bench.clear()
  await bench.restart()
  for (const [index, one] of [...steps, LAST].entries()) {
    await bench.send('telemetry.accelerator', samplesOf(one, index))
    const bills = billsOf(one)
    if (bills.length > 0) await bench.send('telemetry.billing', bills)
    await bench.tick(untilOf(Math.min(index, steps.length - 1)), isFull || index === 0)
  }
  return bench.outcome(COMPARED)
}

test('looks at what changed say of runs what looks at everything say', async () => {
  let withdrawn = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async steps => {
      const whole = await play(steps, true)
      withdrawn += whole.findings?.includes('"withdrawn"') ? 1 : 0
      expect(await play(steps, false)).toEqual(whole)
    }),
    { numRuns: Number(process.env['FLOPWATCH_RUNS'] ?? 5), examples: [[HANDED_ON]] },
  )
  expect(withdrawn).toBeGreaterThan(0)
}, 600_000)

test('a bill of hours in which nobody was seen is set against the run around them', async () => {
  const work = { device: 'a', tenant: 'ann', hours: 40, operations: 4e24 }
  const pause = 6 + 40 / 24
  const steps: Step[] = [
    { works: [6, pause + 5 / 24].map(day => ({ ...work, day })), bills: [] },
    {
      works: [{ ...work, tenant: 'bob', device: 'b', day: 330 }],
      bills: [{ tenant: 'ann', day: pause, hours: 3 }],
    },
  ]
  const whole = await play(steps, true)
  expect(whole.outcomes).toContain('"hi":')
  expect(await play(steps, false)).toEqual(whole)
}, 120_000)
