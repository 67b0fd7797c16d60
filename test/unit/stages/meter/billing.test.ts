import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR_MS, toSqlTime } from '../../../../src/domain/window.ts'
import type { Row } from '../../../../src/ports/store.ts'
import {
  at,
  HOUR,
  type MeterBench,
  mark,
  openMeterBench,
  sample,
} from '../../../support/meter-bench.ts'

/**
 * What billing says beyond telemetry. Factors per device-second: T5 7 14 28, gap at most 56. SKU
 * `vm-alpha-2` is two alphas, so one billed hour is 7200 device-seconds.
 */

interface Case {
  readonly name: string
  readonly charges: readonly Row[]
  readonly samples?: readonly Row[]
  /** Parts of the usage-hours, by hour and chip. */
  readonly rows: readonly Row[]
}

const period = toSqlTime(Date.UTC(2026, 0, 1))
/** The UTC day of the hour under test, in minutes from 05:00. */
const DAY = [-300, 1140] as const

/** A charge for 05:00–06:00 of one `vm-alpha-2`, unless said otherwise. */
function charge(more: Row = {}, from = 0, to = 60): Row {
  return {
    version: '1',
    tenant_id: '',
    billing_account_id: 'billing',
    period_start: period,
    generation: 0,
    charge_category: 'Usage',
    charge_class: '',
    sku_id: 'vm-alpha-2',
    instance_type: '',
    quantity: 1,
    unit: 'Hours',
    ...more,
    start: toSqlTime(at(from)),
    end: toSqlTime(at(to)),
  }
}

/** A minute of one alpha that is half active: 60 device-seconds, 30 × 20 = 600 operations (mid). */
const minute = (device: string, end: number, more: Row = {}) =>
  sample(device, at(end), 60, { tensor_active: 0.5, ...more })

/** A whole hour at rest: 3600 device-seconds. */
const restingHour = (device: string, more: Row = {}) =>
  sample(device, at(60), 3600, { tensor_active: 0, ...more })

const hour = (offset: number) => toSqlTime(HOUR + offset * HOUR_MS).slice(0, 19)
const observed = (operations: readonly number[]): Row => ({
  observed_lo: operations[0] ?? 0,
  observed_mid: operations[1] ?? 0,
  observed_hi: operations[2] ?? 0,
})
const dark = (method: string, s: number, operations: readonly number[]): Row => ({
  dark_method: method,
  dark_device_s: s,
  dark_lo: operations[0] ?? 0,
  dark_mid: operations[1] ?? 0,
  dark_hi: operations[2] ?? 0,
})
const NONE = dark('', 0, [0, 0, 0])
/** 7200 s by billing alone. */
const HOUR_BILLED = dark('billing', 7200, [50_400, 100_800, 201_600])

const CASES: readonly Case[] = [
  {
    name: 'without any telemetry the estimate rests on billing',
    charges: [charge()],
    rows: [
      {
        chip: 'alpha',
        devices: 0,
        billed_device_s: 7200,
        tier: 'T5',
        ...HOUR_BILLED,
        ...observed([0, 0, 0]),
      },
    ],
  },
  {
    // 7200 billed − 60 seen = 7140 dark at the tenant's own 600 / 60 = 10 a second; hi 7140 × 56
    name: 'beside telemetry the rest is a gap: lo nothing, mid at the own rate, hi at the most',
    charges: [charge()],
    samples: [minute('gap', 10)],
    rows: [
      {
        observed_device_s: 60,
        devices: 1,
        tier: 'T5',
        ...observed([300, 600, 1200]),
        ...dark('gap', 7140, [0, 71_400, 399_840]),
      },
    ],
  },
  {
    // 3600 billed (half a unit), 3600 seen
    name: 'telemetry that covers the bill leaves nothing dark',
    charges: [charge({ quantity: 0.5 })],
    samples: [restingHour('covered')],
    rows: [{ billed_device_s: 3600, observed_device_s: 3600, tier: 'T2', ...NONE }],
  },
  {
    name: 'telemetry beyond the bill is never negative darkness',
    charges: [charge({ quantity: 0.25 })],
    samples: [restingHour('beyond')],
    rows: [{ billed_device_s: 1800, observed_device_s: 3600, ...NONE }],
  },
  {
    // 1 − 0.5 units: 3600 s × (7, 14, 28)
    name: 'a correction takes back what it corrects',
    charges: [charge(), charge({ quantity: -0.5, charge_class: 'Correction' })],
    rows: [{ billed_device_s: 3600, ...dark('billing', 3600, [25_200, 50_400, 100_800]) }],
  },
  {
    name: 'a correction beyond the charge leaves nothing, not less than nothing',
    charges: [charge(), charge({ quantity: -2, charge_class: 'Correction' })],
    rows: [{ billed_device_s: 0, ...NONE }],
  },
  {
    // half a unit for the day = 3600 s, all of it seen between 05:00 and 06:00
    name: 'a daily charge says nothing about when in the day the devices ran',
    charges: [charge({ quantity: 0.5 }, ...DAY)],
    samples: [restingHour('daily')],
    rows: Array.from({ length: 24 }, (_, index) => ({ hour: hour(index - 5), ...NONE })),
  },
  {
    // 7200 s for the day, 300 an hour; 3600 + 150 seen in one hour leave 3450 of the day, which
    // fall on the 23 hours that are 300 short each, 6900 together: half of that, 150 each
    name: 'what a day lacks falls on the hours that are short, in proportion',
    charges: [charge({}, ...DAY)],
    samples: [restingHour('short-1'), sample('short-2', at(60), 150, { tensor_active: 0 })],
    rows: Array.from({ length: 24 }, (_, index) => ({
      hour: hour(index - 5),
      billed_device_s: 300,
      dark_device_s: index === 5 ? 0 : 150,
    })),
  },
  {
    // two hours over 05:30–07:30: a quarter, a half, a quarter of 2 × 7200 s
    name: 'a charge over several hours is shared out by time',
    charges: [charge({ quantity: 2 }, 30, 150)],
    rows: [
      { hour: hour(0), billed_device_s: 3600 },
      { hour: hour(1), billed_device_s: 7200 },
      { hour: hour(2), billed_device_s: 3600 },
    ],
  },
  {
    // 30 minutes = 3600 device-seconds, 1800 s = 3600 more, 1/48 day = 3600 more, 2 GB nothing
    name: 'units of time count in seconds, other units not at all',
    charges: [
      charge({ quantity: 30, unit: 'Minutes' }),
      charge({ quantity: 1800, unit: 'Seconds' }),
      charge({ quantity: 1 / 48, unit: 'days' }),
      charge({ quantity: 2, unit: 'GB' }),
    ],
    rows: [{ billed_device_s: 10_800 }],
  },
  {
    name: 'purchases, taxes and unknown products are no use',
    charges: [
      charge({ charge_category: 'Purchase' }),
      charge({ charge_category: 'Tax' }),
      charge({ sku_id: 'storage' }),
    ],
    rows: [],
  },
  {
    // one beta: 3600 s
    name: 'the instance type says more than the product',
    charges: [charge({ instance_type: 'vm-beta-1' })],
    rows: [{ chip: 'beta', billed_device_s: 3600 }],
  },
  {
    // generation 2 states the period anew with half a unit
    name: 'a period that was stated anew counts by its newest statement alone',
    charges: [
      charge({ billing_account_id: 'restated' }),
      charge({ billing_account_id: 'restated', quantity: 0.5, generation: 2 }),
    ],
    rows: [{ billed_device_s: 3600 }],
  },
  {
    // 3600 s seen on a chip nobody knows stand for half of the 7200 s billed
    name: 'a chip that nobody knows accounts for the bill it may be on',
    charges: [charge()],
    samples: [restingHour('mystery', { accelerator: 'Mystery' })],
    rows: [
      { chip: 'alpha', ...dark('billing', 3600, [25_200, 50_400, 100_800]) },
      { chip: 'unknown', observed_device_s: 3600, ...NONE },
    ],
  },
  {
    // the own rate of the last day: hours −1 and −24 at 10, none of −25
    name: 'a gap is priced at the median of the day before it',
    charges: [charge()],
    samples: [
      minute('day', -10),
      minute('day', -24 * 60 + 10, { tensor_active: 0.1 }),
      minute('day', -24 * 60 + 80, { tensor_active: 0.1 }),
      minute('day', -25 * 60 + 10, { tensor_active: 1 }),
    ],
    // rates 10, 2, 2: the median is 2, so 7200 × 2
    rows: [{}, {}, {}, {}, { hour: hour(0), ...dark('gap', 7200, [0, 14_400, 403_200]) }],
  },
  {
    name: 'telemetry of more than a day ago prices nothing',
    charges: [charge()],
    samples: [minute('old', -25 * 60 + 10)],
    rows: [{ ...NONE }, { hour: hour(0), ...HOUR_BILLED }],
  },
]

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench({
    usage:
      'select * except (build, is_deleted) from usage_hours final where tenant_id = {tenant:String} order by hour, chip',
  })
  // Every case is a tenant of its own, so one pass meters them all.
  const named = CASES.map((entry, index) => ({ ...entry, tenant_id: `tenant-${index}` }))
  await bench.store.append('charge_generations', [
    { billing_account_id: 'restated', period_start: period, generation: 2 },
  ])
  await bench.store.append(
    'charges',
    named.flatMap(({ charges, tenant_id }) =>
      charges.map((row, index) => ({ ...row, tenant_id, charge_id: `${tenant_id}-${index}` })),
    ),
  )
  const hours = [0, 1, 2].map(offset => mark(HOUR + offset * HOUR_MS, 'charges', 1))
  await bench.store.append('hour_marks', hours)
  await bench.send(
    ...named.flatMap(({ samples = [], tenant_id }) => samples.map(row => ({ ...row, tenant_id }))),
  )
  await bench.rebuild()
})
afterAll(() => bench.close())

test.each(CASES.map((entry, index) => [entry.name, index, entry.rows] as const))(
  '%s',
  async (_, index, rows) => {
    expect(await bench.probe('usage', { tenant: `tenant-${index}` })).toMatchObject(rows)
  },
)

test('a tick that looks less far leaves no price behind that rests on what it changed', async () => {
  const tenant_id = 'looks-back'
  const dark_mid = async () => (await bench.probe('usage', { tenant: tenant_id })).at(-1)
  await bench.store.append('charges', [charge({ tenant_id, charge_id: tenant_id })])
  await bench.store.append('hour_marks', [mark(HOUR, 'looks-back', 1)])
  await bench.send(minute('back', -10, { tenant_id, tensor_active: 0.1 }))
  await bench.rebuild()
  // 7200 s dark at 120 / 60 = 2 a second
  expect(await dark_mid()).toMatchObject({
    hour: hour(0),
    ...dark('gap', 7200, [0, 14_400, 403_200]),
  })
  await bench.send(minute('back', -70, { tenant_id }))
  await bench.rebuild(HOUR)
  await bench.rebuild()
  // rates 10, 2: the upper of two is their median
  expect(await dark_mid()).toMatchObject({
    hour: hour(0),
    ...dark('gap', 7200, [0, 72_000, 403_200]),
  })
})

test('hours that no tick has come to yet are not priced', async () => {
  const tenant_id = 'ahead'
  const until = at(24 * 60 * 400)
  await bench.store.append('charges', [
    { ...charge({ tenant_id, charge_id: tenant_id }), end: toSqlTime(until + HOUR_MS) },
  ])
  await bench.store.append('hour_marks', [mark(until - 2 * HOUR_MS, 'ahead', 1)])
  await bench.rebuild(until)
  const rows = await bench.probe('usage', { tenant: tenant_id })
  expect(rows.at(-1)).toMatchObject({ hour: toSqlTime(until - HOUR_MS).slice(0, 19) })
})
