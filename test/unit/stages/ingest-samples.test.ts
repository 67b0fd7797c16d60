import { afterAll, beforeEach, expect, test } from 'vitest'
import { Fault } from '../../../src/domain/fault.ts'
import type { Store } from '../../../src/ports/store.ts'
import { ndjson, type TestIntake, testIntake } from '../../support/intake.ts'
import { openProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'

const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  {
    samples:
      'select device_id, toString(time) as time, tenant_id, power_w, site, revision from samples final order by device_id, time',
    marks: 'select toString(hour) as hour, state from hour_marks final order by hour, batch_id',
    named:
      'select toHour(hour) as hour, arrayZip(tenants, devices) as tenants from hour_marks final order by hour',
    ledger:
      'select part, consumed, accepted, duplicates, quarantined, source_hash from batches final order by batch_id',
    conflicts: 'select device_id, revision from sample_losers final order by device_id, version',
  },
  clock,
)
const { store, probe, clear } = opened
afterAll(() => opened.close())

let intake: TestIntake
beforeEach(async () => {
  await clear('samples', 'hour_marks', 'batches', 'sample_losers', 'quarantine')
  intake = testIntake(store, clock)
})

const sample = (minute: number, fields: object = {}): object => ({
  time: `2026-01-01T10:${String(minute).padStart(2, '0')}:00Z`,
  interval_s: 60,
  device_id: 'GPU-1',
  tenant_id: 'acme',
  accelerator: 'h100',
  power_w: 500,
  ...fields,
})

const send = async (records: readonly object[], to = intake) =>
  (await to.send('telemetry.accelerator', ndjson(records))).receipt

test('the same sample counts once: in a body, in the next one, after a restart, re-serialised', async () => {
  const two = [sample(1), sample(2)]
  expect(await send([...two, sample(1)])).toMatchObject({ accepted: 2, duplicates: 1 })
  expect(await send(two)).toMatchObject({ accepted: 0, duplicates: 2 })
  intake.restart()
  const respelled = { ...sample(1), power_w: '500.0', time: '2026-01-01T11:01:00+01:00', site: '' }
  expect(await send([respelled, sample(2)])).toMatchObject({ accepted: 0, duplicates: 2 })
  expect(await probe('samples')).toHaveLength(2)
})

test('the tenant is content, not identity: another tenant is a conflict, settled one way', async () => {
  const mine = sample(1)
  const yours = sample(1, { tenant_id: 'other' })
  const first = await send([mine])
  const second = await send([yours])
  expect(first.accepted + second.accepted + second.duplicates).toBe(2)
  expect(second.conflicts).toBe(1)
  const [winner] = await probe('samples')
  await clear('samples', 'sample_losers')
  intake.restart()
  await send([yours, mine])
  expect(await probe('samples')).toEqual([winner])
  expect(await probe('conflicts')).toEqual([{ device_id: 'GPU-1', revision: 0 }])
})

test('a later revision wins in any order and is no conflict', async () => {
  const receipts = [await send([sample(1, { revision: 2, power_w: 700 })])]
  receipts.push(await send([sample(1), sample(1, { revision: 1, power_w: 600 })]))
  expect(receipts).toMatchObject([
    { accepted: 1, revised: 0, conflicts: 0 },
    { accepted: 0, duplicates: 2, conflicts: 0 },
  ])
  expect(await send([sample(1, { revision: 3, power_w: 800 })])).toMatchObject({
    accepted: 1,
    revised: 1,
    conflicts: 0,
  })
  expect(await probe('samples')).toMatchObject([{ power_w: 800, revision: 3 }])
  const counted = await store.query('sample-conflicts-count', {
    from: 0,
    until: clock.now(),
    limit: 10,
  })
  expect(counted).toEqual([])
})

test('two contents of one revision are counted as a conflict, also under a later one', async () => {
  await send([sample(1, { revision: 5 })])
  await send([sample(1, { power_w: 1 }), sample(1, { power_w: 2 })])
  const window = { from: 0, until: clock.now(), limit: 10 }
  expect(await store.query('sample-conflicts-count', window)).toEqual([
    { hour: Date.UTC(2026, 0, 1, 10), tenant_id: 'acme', conflicts: 1 },
  ])
})

test('records with different fields share one insert', async () => {
  await send([
    sample(1, { site: 'a' }),
    sample(2, { power_w: null, tensor_active: 0.5 }),
    sample(3),
  ])
  expect(await probe('samples')).toMatchObject([
    { site: 'a', power_w: 500 },
    { site: '', power_w: null },
    { site: '', power_w: 500 },
  ])
})

test('any text comes out of the store as it went in', async () => {
  const site = 'tab\t newline\n return\r backslash\\ \\N quote" \u0000 \u00e9 \u{1f600}'
  await send([sample(1, { site, [site]: site }), sample(2, { site: '\\N' })])
  expect(await probe('samples')).toMatchObject([{ site }, { site: '\\N' }])
})

test('samples over more days than one insert may touch', async () => {
  const records = Array.from({ length: 230 }, (_, day) => ({
    ...sample(0),
    time: new Date(Date.UTC(2025, 3, 1) + day * 86_400_000).toISOString(),
  }))
  expect(await send(records)).toMatchObject({ accepted: 230 })
  intake.restart()
  expect(await send(records)).toMatchObject({ duplicates: 230 })
})

const hoursMarked = async () => (await probe('marks')).map(row => (row as { hour: string }).hour)

test('an interval that begins in the hour before dirties both hours', async () => {
  await send([sample(0, { time: '2026-01-01T10:00:00Z' })])
  expect(await hoursMarked()).toEqual(['2026-01-01 09:00:00'])
  await clear('hour_marks')
  await send([sample(0, { time: '2026-01-01T11:00:30Z' })])
  expect(await hoursMarked()).toEqual(['2026-01-01 10:00:00', '2026-01-01 11:00:00'])
})

test('a counter speaks for the time since the last reading, so the hour of that is dirty', async () => {
  await send([sample(50, { energy_total_j: 1000 })])
  await clear('hour_marks')
  await send([sample(0, { time: '2026-01-01T11:20:00Z', energy_total_j: 2000 })])
  expect(await hoursMarked()).toEqual(['2026-01-01 10:00:00', '2026-01-01 11:00:00'])
})

test('a late sample dirties the hour after it as well', async () => {
  await send([sample(0, { time: '2026-01-01T12:30:00Z' })])
  await clear('hour_marks')
  await send([sample(30)])
  expect(await hoursMarked()).toEqual([
    '2026-01-01 09:00:00',
    '2026-01-01 10:00:00',
    '2026-01-01 11:00:00',
  ])
})

test('marks name whose hours they are, tenants in order, each with its devices', async () => {
  const of = (device_id: string, tenant_id: string | null, minute: number) =>
    sample(minute, { device_id, tenant_id })
  await send([of('a', 'ann', 10), of('a', 'ann', 11), of('b', 'ann', 10), of('c', null, 10)])
  expect(await probe('named')).toEqual([
    {
      hour: 10,
      tenants: [
        ['', 1],
        ['ann', 2],
      ],
    },
  ])
  await clear('hour_marks')
  // one that began in the hour before, on a device that changes hands meanwhile
  const at11 = { device_id: 'd', time: '2026-01-01T11:00:30Z' }
  await send([sample(0, { ...at11, tenant_id: 'ann' }), of('d', 'bob', 20)])
  expect(await probe('named')).toEqual([
    {
      hour: 10,
      tenants: [
        ['ann', 1],
        ['bob', 1],
      ],
    },
    { hour: 11, tenants: [['ann', 1]] },
  ])
})

test('a sample that passes to another tenant is a matter of both', async () => {
  await send([sample(10, { tenant_id: 'wrong' })])
  await clear('hour_marks')
  await send([sample(10, { tenant_id: 'right', revision: 1 })])
  const tenants = [
    ['right', 1],
    ['wrong', 0],
  ]
  // late, so the hours around it may have changed too
  expect(await probe('named')).toEqual([9, 10, 11].map(hour => ({ hour, tenants })))
})

test('a long delivery is stored part by part and has one line in the ledger', async () => {
  const small = testIntake(store, clock, { batch_rows: 7 })
  const records = Array.from({ length: 30 }, (_, minute) => sample(minute))
  const body = `${ndjson(records)}\nbroken`
  const { receipt } = await small.send('telemetry.accelerator', body)
  expect(receipt).toMatchObject({ consumed: 31, accepted: 30, quarantined: 1 })
  // 31 records in parts of 7 are five, and the last of them tells the end.
  expect(await probe('ledger')).toEqual([
    {
      part: 5,
      consumed: '31',
      accepted: '30',
      duplicates: '0',
      quarantined: '1',
      source_hash: receipt.source_hash,
    },
  ])
  expect((await probe('marks')).every(row => (row as { state: number }).state === 1)).toBe(true)
})

/** The store, lost for good from its n-th write on. */
function losingStore(at: number): Store {
  let writes = 0
  const lose = () => {
    writes += 1
    if (writes >= at) throw new Fault('STORE_UNAVAILABLE', 'the store was lost')
  }
  return {
    ...store,
    append: async (table, rows) => {
      lose()
      await store.append(table, rows)
    },
    appendLines: async (table, columns, lines) => {
      lose()
      await store.appendLines(table, columns, lines)
    },
    async stage() {
      const stage = await store.stage()
      return {
        ...stage,
        execute: async (name, params) => {
          if (name.endsWith('-write')) lose()
          await stage.execute(name, params)
        },
      }
    },
  }
}

// Writes of this delivery: marks, samples, quarantine, ledger, closing marks.
test.each([1, 2, 3, 4, 5])(
  'a crash at write %i loses nothing and counts nothing twice',
  async at => {
    const body = `${ndjson([sample(1), sample(2)])}\nbroken\n`
    const broken = testIntake(losingStore(at), clock)
    await expect(broken.send('telemetry.accelerator', body)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    // Wherever rows are, their hour is dirty.
    const rows = await probe('samples')
    if (rows.length > 0) expect(await hoursMarked()).toContain('2026-01-01 10:00:00')
    const { receipt } = await intake.send('telemetry.accelerator', body)
    expect(receipt.accepted + receipt.duplicates).toBe(2)
    expect(receipt).toMatchObject({ consumed: 3, quarantined: 1, duplicates: rows.length })
    expect(await probe('samples')).toHaveLength(2)
  },
)

test('unattributed compute is stored, and one bad record harms no other', async () => {
  const records = [sample(1, { tenant_id: null }), sample(2, { interval_s: -1 }), sample(3)]
  expect(await send(records)).toMatchObject({ consumed: 3, accepted: 2, quarantined: 1 })
  expect(await probe('samples')).toMatchObject([{ tenant_id: '' }, { tenant_id: 'acme' }])
  const [row] = await store.query('quarantine-list', {
    from: 0,
    until: clock.now() + 1,
    stream: '',
    reason: '',
    after_at: clock.now() + 1,
    after_id: '',
    open_only: false,
    limit: 10,
  })
  expect(row).toMatchObject({
    stream: 'telemetry.accelerator',
    reason: 'out_of_range',
    position: 2,
    source: 'test',
  })
  expect(Buffer.from(row?.raw_base64 ?? '', 'base64').toString()).toBe(JSON.stringify(records[1]))
  expect(row?.raw_bytes).toBe(JSON.stringify(records[1]).length)
})
