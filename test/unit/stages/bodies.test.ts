import { afterAll, beforeEach, expect, test } from 'vitest'
import { Fault } from '../../../src/domain/fault.ts'
import type { Store } from '../../../src/ports/store.ts'
import { createGrouping } from '../../../src/stages/ingest/grouping.ts'
import { ndjson, testIntake } from '../../support/intake.ts'
import { openProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'

/** Bodies that end while a part is written share the next one, and each has its own account. */

const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  {
    marks: 'select toUInt32(uniqExact(batch_id)) as parts from hour_marks',
    held: 'select device_id, batch_id, source from samples final order by device_id, time',
    ledger:
      'select batch_id, source, toUInt32(consumed) as consumed, toUInt32(accepted) as accepted, toUInt32(duplicates) as duplicates, toUInt32(quarantined) as quarantined from batches final order by source',
    quarantined: 'select batch_id, source from quarantine final',
  },
  clock,
)
const { store, probe } = opened
afterAll(() => opened.close())
beforeEach(() => opened.clear('samples', 'sample_losers', 'hour_marks', 'batches', 'quarantine'))

function sample(device_id: string, minute: number, more: object = {}): object {
  const time = `2026-01-01T10:${10 + minute}:00Z`
  const fields = { time, interval_s: 60, device_id, tenant_id: 't', accelerator: 'h100' }
  return { ...fields, power_w: 300, ...more }
}

const SENDERS = ['a', 'b', 'c', 'd', 'e']

test('of bodies sent at once the first has a part, and the others have the next', async () => {
  const { send } = testIntake(store, clock)
  const receipts = await Promise.all(
    SENDERS.map(async name => {
      const body = ndjson([sample(name, 1), sample(name, 2), { device_id: name }])
      return (await send('telemetry.accelerator', body, { name })).receipt
    }),
  )
  const told = { consumed: 3, accepted: 2, duplicates: 0, quarantined: 1 }
  expect(receipts).toMatchObject(SENDERS.map(() => told))
  expect(await probe('marks')).toEqual([{ parts: 2 }])
  const ids = receipts.map(({ batch_id }) => batch_id)
  expect(new Set(ids).size).toBe(5)
  expect(await probe('ledger')).toEqual(
    SENDERS.map((source, at) => ({ batch_id: ids[at], source, ...told })),
  )
  expect(await probe('held')).toEqual(
    SENDERS.flatMap((device_id, at) => {
      const row = { device_id, batch_id: ids[at], source: ids[at] }
      return [row, row]
    }),
  )
  const quarantined = (await probe('quarantined')).map(row => Object(row))
  expect(quarantined.map(row => row.batch_id).sort()).toEqual([...ids].sort())
})

test('the same sample in two bodies of a part counts once', async () => {
  const { send } = testIntake(store, clock)
  const receipts = await Promise.all(
    SENDERS.map(async name => {
      const { receipt } = await send('telemetry.accelerator', ndjson([sample('x', 1)]), { name })
      return receipt
    }),
  )
  const sums = receipts.map(({ accepted, duplicates }) => [accepted, duplicates])
  expect(sums).toEqual([[1, 0], ...Array(4).fill([0, 1])])
  expect(await probe('held')).toHaveLength(1)
})

test('a store that fails refuses all that share the part, and what is sent again counts once', async () => {
  let fails = true
  const failing: Store = {
    ...store,
    async append(table, rows) {
      if (fails && table === 'batches') throw new Fault('STORE_UNAVAILABLE', 'gone for a moment')
      return store.append(table, rows)
    },
  }
  const { send } = testIntake(failing, clock)
  const sendAll = () =>
    Promise.allSettled(
      SENDERS.map(name => send('telemetry.accelerator', ndjson([sample(name, 1)]), { name })),
    )
  const refused = await sendAll()
  expect(refused.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
  expect(await probe('ledger')).toEqual([])
  fails = false
  const taken = await sendAll()
  expect(taken.map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'))
  expect(await probe('held')).toHaveLength(5)
})

test('groups are as large as their sizes allow, and in the order of arrival', async () => {
  const groups: number[][] = []
  const grouping = createGrouping<number>(
    async group => {
      groups.push([...group])
    },
    { sizeOf: item => item, size_max: 10, isOwn: () => false },
  )
  await Promise.all([4, 3, 7, 2, 12, 1, 9, 1].map(grouping))
  expect(groups).toEqual([[4], [3, 7], [2], [12], [1, 9], [1]])
})

test('what fails in company is tried alone, so that only its own items fail', async () => {
  const groups: string[][] = []
  const grouping = createGrouping<string>(
    async group => {
      groups.push([...group])
      if (group.includes('bad')) throw new Error('bad')
    },
    { sizeOf: () => 1, size_max: 10, isOwn: () => true },
  )
  const done = await Promise.allSettled(['first', 'good', 'bad', 'fine'].map(grouping))
  expect(done.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(groups).toEqual([['first'], ['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']])
})
