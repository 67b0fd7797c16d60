import { afterAll, beforeEach, expect, test } from 'vitest'
import { Fault } from '../../../src/domain/fault.ts'
import type { Store } from '../../../src/ports/store.ts'
import { auditPartitions } from '../../../src/stages/ingest/audit.ts'
import { rewindPartition } from '../../../src/stages/ingest/partition-claim.ts'
import {
  createPartitionReader,
  type PartitionReader,
} from '../../../src/stages/ingest/partition-reader.ts'
import { replayQuarantine } from '../../../src/stages/ingest/replay.ts'
import { SILENT } from '../../support/app-bench.ts'
import { testIntake } from '../../support/intake.ts'
import { PartitionLog } from '../../support/partition-log.ts'
import { openProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'

const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore({ held: 'select count() as rows from samples final' }, clock)
const { store } = opened
afterAll(() => opened.close())

const TABLES = ['samples', 'sample_losers', 'hour_marks', 'partition_parts', 'quarantine']
let log: PartitionLog
beforeEach(async () => {
  await opened.clear(...TABLES, 'quarantine_replays')
  log = new PartitionLog()
})

function sample(second: number, more: object = {}): Buffer {
  const time = `2026-01-01T10:00:${10 + second}Z`
  const fields = { time, interval_s: 1, device_id: 'a', tenant_id: 't', accelerator: 'h100' }
  return Buffer.from(JSON.stringify({ ...fields, power_w: 300, ...more }))
}

function member(instance: string, store: Store = opened.store): PartitionReader {
  const settings = { batch_rows: 100, batch_characters: 1e6, retry_after_s: 1 }
  const { intake } = testIntake(store, clock, settings, instance)
  const streamOf = () => 'telemetry.accelerator' as const
  return createPartitionReader({
    store,
    clock,
    instance,
    intake,
    logger: SILENT,
    handedOver: async () => undefined,
    settings,
    streamOf,
  })
}

/** Reads from `position` until the log ends, going where the reader says; gives back all verdicts. */
async function readOn(reader: PartitionReader, position: number, generation = 1) {
  const kinds: string[] = []
  for (let at = position; kinds.length < 10; ) {
    const batch = log.fetch(at, 100, { generation, knows: () => false })
    const verdict = await reader.read(batch)
    kinds.push(verdict.kind === 'seek' ? `seek ${verdict.offset}` : verdict.kind)
    if (verdict.kind === 'durable') return kinds
    // What a broker does with an offset that it does not have: reading begins at the earliest.
    if (verdict.kind === 'seek') {
      at = verdict.offset < log.start || verdict.offset > log.end ? log.start : verdict.offset
    }
  }
  return kinds
}

test('what was read is told by the store, not by the committed offset', async () => {
  for (const second of [1, 2, 3]) log.append(sample(second))
  expect(await readOn(member('one'), 0)).toEqual(['durable'])
  log.append(sample(4))
  // The commit was lost: the log offers everything again, the reader goes where it stopped.
  expect(await readOn(member('two'), 0, 2)).toEqual(['seek 3', 'durable'])
  const [audit] = await auditPartitions(store, 0)
  expect(audit).toMatchObject({
    offset_first: 0,
    offset_next: 4,
    consumed: 4,
    accepted: 4,
    duplicates: 0,
    held: { samples: 4, superseded: 0, quarantined: 0 },
    faults: [],
  })
})

test('a sample that is met again and revised in the same part was accepted before, and is replaced', async () => {
  log.append(sample(1))
  // Rows were stored, their line in the ledger was not: the part is read again, and is longer now.
  let lines = 0
  const failing: Store = {
    ...opened.store,
    append: async (table, rows) => {
      if (table === 'partition_parts') lines += 1
      if (lines === 2) throw new Fault('STORE_UNAVAILABLE', 'the connection broke')
      await opened.store.append(table, rows)
    },
  }
  const batch = log.fetch(0, 1, { generation: 1, knows: () => false })
  expect(await member('one', failing).read(batch)).toMatchObject({ kind: 'wait' })
  log.append(sample(1, { revision: 1, power_w: 400 }))
  expect(await readOn(member('two'), 0, 2)).toEqual(['durable'])
  const [audit] = await auditPartitions(store, 0)
  expect(audit).toMatchObject({ accepted: 2, held: { samples: 1, superseded: 1 }, faults: [] })
})

test('a copy within a message stays a duplicate when the message is read again', async () => {
  const twice = Buffer.concat([sample(1), Buffer.from('\n'), sample(1)])
  log.append(twice)
  log.append(sample(1, { revision: 1, power_w: 400 }))
  await readOn(member('one'), 0)
  const [before] = await auditPartitions(store, 0)
  expect(before).toMatchObject({ accepted: 2, duplicates: 1, held: { samples: 1 }, faults: [] })
  const operator = { store, clock, instance: 'operator' }
  await rewindPartition(operator, { topic: 'telemetry.accelerator', partition: 0 }, 0)
  await readOn(member('two'), 2, 2)
  const [after] = await auditPartitions(store, 0)
  expect(after).toMatchObject({ accepted: 2, duplicates: 1, held: { samples: 1 }, faults: [] })
})

test('offsets that retention took before they were read are named', async () => {
  for (const second of [1, 2, 3, 4, 5]) log.append(sample(second))
  const reader = member('one')
  const first = log.fetch(0, 2, { generation: 1, knows: () => false })
  expect(await reader.read(first)).toEqual({ kind: 'durable' })
  log.trim(4)
  expect(await readOn(reader, 2)).toEqual(['seek 2', 'durable'])
  const [audit] = await auditPartitions(store, 0)
  expect(audit?.faults).toEqual(['offsets 2 to 3 were gone before they were read'])
  expect(audit).toMatchObject({ consumed: 3, accepted: 3, held: { samples: 3 } })
})

test('a topic that was made anew is read from its start, and both lives balance', async () => {
  for (const second of [1, 2, 3]) log.append(sample(second))
  await readOn(member('one'), 0)
  log = new PartitionLog()
  log.append(sample(4))
  expect(await readOn(member('two'), 0, 2)).toContain('durable')
  const audits = await auditPartitions(store, 0)
  expect(audits.map(({ consumed, faults }) => ({ consumed, faults }))).toEqual([
    { consumed: 3, faults: [] },
    { consumed: 1, faults: [] },
  ])
})

test('a rewound partition is read again without changing a number', async () => {
  log.append(sample(1))
  log.append(sample(1, { revision: 1, power_w: 400 }))
  log.append(sample(2))
  await readOn(member('one'), 0)
  const before = await auditPartitions(store, 0)
  expect(before[0]).toMatchObject({ accepted: 3, held: { samples: 2, superseded: 1 }, faults: [] })
  const start = await rewindPartition(
    { store, clock, instance: 'operator' },
    { topic: 'telemetry.accelerator', partition: 0 },
    1,
  )
  // Parts are not cut: it goes back to where the part began that holds offset 1.
  expect(start).toBe(0)
  expect(await readOn(member('two'), 3, 2)).toEqual(['seek 0', 'durable'])
  const after = await auditPartitions(store, 0)
  expect(after[0]).toMatchObject({ accepted: 3, duplicates: 0, consumed: 3, faults: [] })
  expect(await opened.probe('held')).toEqual([{ rows: '2' }])
})

test('a sample that also comes as a body to another instance is a duplicate there', async () => {
  const { send } = testIntake(store, clock, {}, 'other')
  const reader = member('one')
  log.append(sample(1))
  await readOn(reader, 0)
  expect((await send('telemetry.accelerator', sample(1))).receipt).toMatchObject({ duplicates: 1 })
  log.append(sample(2))
  log.append(sample(3))
  await readOn(reader, 1)
  const body = `${sample(2)}\n${sample(3, { revision: 1, power_w: 400 })}\n`
  expect((await send('telemetry.accelerator', body)).receipt).toMatchObject({
    accepted: 1,
    duplicates: 1,
    revised: 1,
  })
  const [audit] = await auditPartitions(store, 0)
  expect(audit).toMatchObject({ accepted: 3, held: { samples: 2, superseded: 1 }, faults: [] })
})

test('a row that was deleted by hand shows in the balance of its partition', async () => {
  for (const second of [1, 2, 3]) log.append(sample(second))
  await readOn(member('one'), 0)
  await opened.run("delete from samples where time = '2026-01-01 10:00:12'")
  const [audit] = await auditPartitions(store, 0)
  expect(audit?.faults).toEqual(['the store holds 2 samples of 3: 1 are missing'])
})

test('rows of a part that has no line yet disturb no account', async () => {
  log.append(sample(1))
  log.append(Buffer.from('poison'))
  await readOn(member('one'), 0)
  for (const text of [sample(2), sample(3), Buffer.from('more poison')]) log.append(text)
  let lines = 0
  const failing: Store = {
    ...opened.store,
    append: async (table, rows) => {
      if (table === 'partition_parts') lines += 1
      if (lines === 2) throw new Fault('STORE_UNAVAILABLE', 'the connection broke')
      await opened.store.append(table, rows)
    },
  }
  const batch = log.fetch(2, 10, { generation: 2, knows: () => false })
  expect(await member('two', failing).read(batch)).toMatchObject({ kind: 'wait' })
  expect(await opened.probe('held')).toEqual([{ rows: '3' }])
  const [audit] = await auditPartitions(store, 0)
  expect(audit).toMatchObject({ accepted: 1, quarantined: 1, held: { samples: 1 }, faults: [] })
})

test('a sample that is replaced while it is counted is looked at again', async () => {
  log.append(sample(1))
  await readOn(member('one'), 0)
  log.append(sample(1, { revision: 1, power_w: 400 }))
  let counts = 0
  const busy: Store = {
    ...store,
    query: async (name, params) => {
      const rows = await store.query(name, params)
      if (name === 'audit-held' && counts++ === 0) await readOn(member('two'), 1, 2)
      return rows
    },
  }
  const [audit] = await auditPartitions(busy, 0)
  expect(audit).toMatchObject({ accepted: 2, held: { samples: 1, superseded: 1 }, faults: [] })
})

test('a record of a message that was refused is taken in by a replay, under the same entry', async () => {
  log.append(Buffer.concat([sample(1), Buffer.from('\n{"time":"soon"}\n'), sample(2)]))
  log.append(
    Buffer.from(
      `{"time":"2014-06-01T00:00:00Z","interval_s":1,"device_id":"old","accelerator":"h100"}`,
    ),
  )
  await readOn(member('one'), 0)
  const list = () =>
    store.query('quarantine-list', {
      from: 0,
      until: Date.UTC(2100, 0),
      stream: '',
      reason: '',
      after_at: Date.UTC(2100, 0),
      after_id: '',
      open_only: true,
      limit: 10,
    })
  const entries = await list()
  expect(entries.map(row => [row.reason, row.source, row.position]).sort()).toEqual([
    ['time_invalid', 'kafka:telemetry.accelerator/0@0', 2],
    ['time_too_old', 'kafka:telemetry.accelerator/0@1', 1],
  ])
  // The site has since allowed older times.
  const { intake } = testIntake(store, clock, { time_min: Date.UTC(2000, 0) })
  const outcomes = await replayQuarantine({ store, clock, intake }, entries)
  const told = entries.map(row => [row.reason, outcomes.get(row.quarantine_id)])
  expect(Object.fromEntries(told)).toEqual({ time_invalid: 'refused', time_too_old: 'taken' })
  expect((await list()).map(row => row.reason)).toEqual(['time_invalid'])
  const [audit] = await auditPartitions(store, 0)
  expect(audit).toMatchObject({ consumed: 4, accepted: 2, quarantined: 2, faults: [] })
  expect(await opened.probe('held')).toEqual([{ rows: '3' }])
})

test('a part whose ledger line was written but not acknowledged makes no later copy look new', async () => {
  log.append(sample(1))
  log.append(sample(1))
  let appends = 0
  const unsure = {
    ...store,
    append: async (...args: Parameters<typeof store.append>) => {
      await store.append(...args)
      appends += 1
      // The second append is the ledger line of the first part.
      if (appends === 2) throw new Fault('STORE_UNAVAILABLE', 'the connection broke')
    },
  }
  const reader = member('one', unsure)
  const first = log.fetch(0, 1, { generation: 1, knows: () => false })
  expect(await reader.read(first)).toEqual({ kind: 'wait', seconds: 1 })
  expect(await readOn(reader, 0)).toEqual(['seek 1', 'durable'])
  const [audit] = await auditPartitions(store, 0)
  expect(audit).toMatchObject({ accepted: 1, duplicates: 1, held: { samples: 1 }, faults: [] })
})
