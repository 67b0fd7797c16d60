import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { Fault } from '../../../src/domain/fault.ts'
import type { Intake } from '../../../src/ports/intake.ts'
import { auditPartitions } from '../../../src/stages/ingest/audit.ts'
import { createPartitionReader } from '../../../src/stages/ingest/partition-reader.ts'
import { SHARED_BYTES } from '../../../src/stages/ingest/store-part.ts'
import { SILENT } from '../../support/app-bench.ts'
import { testIntake } from '../../support/intake.ts'
import { PartitionLog } from '../../support/partition-log.ts'
import { openProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'

/** What partitions hand over at the same time is stored together and accounted for apart. */

const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  {
    marks: 'select toUInt32(uniqExact(batch_id)) as parts from hour_marks',
    held: 'select device_id, source, toUInt32(source_offset) as at, batch_id from samples final order by device_id, time',
    losers: 'select source, toUInt32(source_offset) as at, was_stored from sample_losers final',
    quarantined: 'select source from quarantine final order by source',
    ledger:
      "select toUInt32(partition) as partition, batch_id, toUInt32(accepted) as accepted, time_min, time_max from partition_parts where kind = 'part' order by partition",
  },
  clock,
)
afterAll(() => opened.close())

let logs: PartitionLog[]
beforeEach(async () => {
  await opened.clear('samples', 'sample_losers', 'hour_marks', 'partition_parts', 'quarantine')
  logs = [0, 1, 2].map(partition => new PartitionLog(partition))
})

function sample(device_id: string, second: number, more: object = {}): Buffer {
  const time = `2026-01-01T10:00:${10 + second}Z`
  const fields = { time, interval_s: 1, device_id, tenant_id: 't', accelerator: 'h100' }
  return Buffer.from(JSON.stringify({ ...fields, power_w: 300, ...more }))
}

const same = (intake: Intake): Intake => intake

function openReader(wrap = same, store_lines_min = 4096) {
  const { store } = opened
  const settings = {
    batch_rows: 100,
    batch_characters: 32 << 20,
    retry_after_s: 1,
    store_lines_min,
  }
  const instance = randomUUID()
  const { intake } = testIntake(store, clock, settings, instance)
  const streamOf = () => 'telemetry.accelerator' as const
  const handedOver = async () => undefined
  const deps = { store, clock, instance, logger: SILENT, settings, streamOf, handedOver }
  return createPartitionReader({ ...deps, intake: wrap(intake) })
}

/** Everything that each partition has from its position on, at once. */
async function readAtOnce(reader: ReturnType<typeof openReader>, positions = [0, 0, 0]) {
  const handed = logs.map((log, at) =>
    log.fetch(positions[at] ?? 0, 100, { generation: 1, knows: () => false }),
  )
  return Promise.all(handed.map(batch => reader.read(batch)))
}

const DURABLE = { kind: 'durable' }

/** From how many lines on the store reads them: never here, and always. */
const READERS = [4096, 1]

test.each(READERS)(
  'three partitions make one part, with three lines in the ledger (%i)',
  async lines => {
    logs[0]?.append(sample('a', 1))
    logs[0]?.append(sample('a', 2))
    logs[1]?.append(sample('b', 3))
    logs[1]?.append(Buffer.from('poison'))
    logs[2]?.append(Buffer.from(`${sample('c', 4)}\n\n${sample('c', 5)}\n`))
    expect(await readAtOnce(openReader(same, lines))).toEqual([DURABLE, DURABLE, DURABLE])
    expect(await opened.probe('marks')).toEqual([{ parts: 1 }])
    const ledger = await opened.probe('ledger')
    const at = (second: number) => `2026-01-01 10:00:${10 + second}.000`
    expect(ledger).toMatchObject([
      { partition: 0, accepted: 2, time_min: at(1), time_max: at(2) },
      { partition: 1, accepted: 1, time_min: at(3), time_max: at(3) },
      { partition: 2, accepted: 2, time_min: at(4), time_max: at(5) },
    ])
    const held = (await opened.probe('held')).map(row => Object(row))
    expect(held.map(row => [row.device_id, row.source, row.at])).toEqual([
      ['a', 'kafka:telemetry.accelerator/0', 0],
      ['a', 'kafka:telemetry.accelerator/0', 1],
      ['b', 'kafka:telemetry.accelerator/1', 0],
      ['c', 'kafka:telemetry.accelerator/2', 0],
      ['c', 'kafka:telemetry.accelerator/2', 0],
    ])
    // A sample leads to the line of its own partition.
    const batches = new Map(ledger.map(row => [Object(row).partition, Object(row).batch_id]))
    const own = held.map(row => batches.get(Number(String(row.source).at(-1))))
    expect(held.map(row => row.batch_id)).toEqual(own)
    expect(new Set(own).size).toBe(3)
    expect(await opened.probe('quarantined')).toEqual([
      { source: 'kafka:telemetry.accelerator/1@1' },
    ])
  },
)

test.each(READERS)(
  'what two of them bring counts once, for the first of them (%i)',
  async lines => {
    logs[0]?.append(sample('a', 1))
    logs[1]?.append(sample('a', 1))
    logs[1]?.append(sample('a', 2))
    logs[2]?.append(sample('a', 2, { revision: 1 }))
    await readAtOnce(openReader(same, lines))
    const audits = await auditPartitions(opened.store, 0)
    expect(audits).toMatchObject([
      { partition: 0, consumed: 1, accepted: 1, duplicates: 0, faults: [] },
      { partition: 1, consumed: 2, accepted: 1, duplicates: 1, faults: [] },
      { partition: 2, consumed: 1, accepted: 1, duplicates: 0, faults: [] },
    ])
    // The content that the revision replaced was of partition 1, at its second message.
    expect(await opened.probe('losers')).toEqual([
      { source: 'kafka:telemetry.accelerator/1', at: 1, was_stored: 1 },
    ])
  },
)

test('one that cannot be stored holds up no other for longer than an attempt', async () => {
  for (const [at, log] of logs.entries()) log.append(sample(`d${at}`, 1))
  const attempts: number[][] = []
  const reader = openReader(intake => ({
    ...intake,
    async receiveRanges(kind, ranges) {
      attempts.push(ranges.map(({ partition }) => partition))
      if (ranges.some(({ partition }) => partition === 1)) {
        throw new Fault('STORE_REFUSED', 'no room for partition 1')
      }
      return intake.receiveRanges(kind, ranges)
    },
  }))
  const soon = { kind: 'wait', seconds: 0 }
  expect(await readAtOnce(reader)).toEqual([soon, soon, soon])
  expect(await readAtOnce(reader)).toEqual([DURABLE, { kind: 'wait', seconds: 30 }, DURABLE])
  expect(attempts[0]).toEqual([0, 1, 2])
  expect(attempts.slice(1).map(String).sort()).toEqual(['0', '1', '2'])
  expect(reader.waiting()).toMatchObject([
    { name: 'telemetry.accelerator/1', state: 'halted', why: 'no room for partition 1' },
  ])
})

test('a range of many bytes has a part to itself', async () => {
  const parts: number[][] = []
  const reader = openReader(intake => ({
    ...intake,
    receiveRanges(kind, ranges) {
      parts.push(ranges.map(({ partition }) => partition))
      return intake.receiveRanges(kind, ranges)
    },
  }))
  logs[0]?.append(sample('a', 1))
  logs[1]?.append(Buffer.concat([sample('b', 1), Buffer.alloc(SHARED_BYTES, '\n')]))
  logs[2]?.append(sample('c', 1))
  expect(await readAtOnce(reader)).toEqual([DURABLE, DURABLE, DURABLE])
  expect(parts).toContainEqual([1])
  const audits = await auditPartitions(opened.store, 0)
  expect(audits.map(({ accepted }) => accepted)).toEqual([1, 1, 1])
})

test('much of one partition goes into parts as large as shared ones', async () => {
  const parts: number[][] = []
  const reader = openReader(intake => ({
    ...intake,
    receiveRanges(kind, ranges) {
      parts.push(ranges.map(({ first, next }) => next - first))
      return intake.receiveRanges(kind, ranges)
    },
  }))
  const blank = Buffer.alloc((SHARED_BYTES * 3) / 8, ' ')
  for (let message = 0; message < 4; message += 1) logs[0]?.append(blank)
  expect(await readAtOnce(reader)).toEqual([DURABLE, DURABLE, DURABLE])
  expect(parts).toEqual([[2], [2]])
})

test('when one of them is taken away nothing is accounted for any', async () => {
  for (const [at, log] of logs.entries()) log.append(sample(`d${at}`, 1))
  const reader = openReader()
  const handed = logs.map((log, at) => log.fetch(0, 100, { generation: 1, knows: () => at === 2 }))
  const verdicts = await Promise.all(handed.map(batch => reader.read(batch)))
  expect(verdicts).toEqual(Array(3).fill({ kind: 'wait', seconds: 0 }))
  expect(await opened.probe('ledger')).toEqual([])
  expect(await readAtOnce(reader)).toEqual([DURABLE, DURABLE, DURABLE])
  const audits = await auditPartitions(opened.store, 0)
  expect(audits.map(({ consumed, faults }) => [consumed, faults])).toEqual(Array(3).fill([1, []]))
})

test('of parts too large to be shared, one is made ready while another is written', async () => {
  const large = Buffer.alloc(SHARED_BYTES / 2 + 1, ' ')
  for (const log of logs) log.append(large)
  let underWay = 0
  let most = 0
  const reader = openReader(intake => ({
    ...intake,
    async receiveRanges(kind, ranges) {
      underWay += 1
      most = Math.max(most, underWay)
      const receipts = await intake.receiveRanges(kind, ranges)
      underWay -= 1
      return receipts
    },
  }))
  expect(await readAtOnce(reader)).toEqual([DURABLE, DURABLE, DURABLE])
  expect(most).toBe(2)
})
