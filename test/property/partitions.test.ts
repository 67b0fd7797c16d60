import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { Fault } from '../../src/domain/fault.ts'
import type { Store } from '../../src/ports/store.ts'
import { auditPartitions } from '../../src/stages/ingest/audit.ts'
import {
  createPartitionReader,
  type PartitionReader,
} from '../../src/stages/ingest/partition-reader.ts'
import { SILENT } from '../support/app-bench.ts'
import { testIntake } from '../support/intake.ts'
import { PartitionLog } from '../support/partition-log.ts'
import { openProbeStore } from '../support/probe-store.ts'
import { fakeClock } from '../support/store.ts'

/**
 * Invariants 1 and 2 over partitions: whatever fails between whichever two steps, whoever reads them
 * next, how often, and whatever parts they share, the store ends with what the messages say and the
 * account of each partition balances.
 */

const RUNS = Number(process.env['FLOPWATCH_RUNS'] ?? 25)
const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  {
    samples: 'select device_id, time, version, tensor_active from samples final order by all',
    // Voided parts are durable as well: only their account is made anew.
    durable:
      "select partition, max(offset_next) as next from partition_parts where kind = 'part' group by partition",
  },
  clock,
)
afterAll(() => opened.close())

/** A store whose calls fail as told: before they act, or after (the caller cannot tell which). */
function failing(store: Store, next: () => 'no' | 'before' | 'after'): Store {
  const wrap =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const when = next()
      const lost = () => new Fault('STORE_UNAVAILABLE', 'the connection broke')
      if (when === 'before') throw lost()
      const result = await call(...args)
      if (when === 'after') throw lost()
      return result
    }
  return {
    append: wrap(store.append),
    appendLines: wrap(store.appendLines),
    query: wrap(store.query as never) as never,
    execute: wrap(store.execute as never) as never,
    queryDetector: wrap(store.queryDetector),
    async stage() {
      const stage = await store.stage()
      return {
        executeLines: wrap(stage.executeLines as never) as never,
        appendLines: wrap(stage.appendLines),
        query: wrap(stage.query as never) as never,
        execute: wrap(stage.execute as never) as never,
        release: stage.release,
      }
    },
    close: store.close,
  }
}

const anySample = fc
  .record({
    step: fc.nat(6),
    device: fc.constantFrom('a', 'b'),
    revision: fc.constantFrom(0, 0, 0, 1, 2),
    value: fc.constantFrom(0.1, 0.2),
  })
  .map(({ step, device, revision, value }) =>
    JSON.stringify({
      time: `2026-01-01T10:00:${10 + step}Z`,
      interval_s: 1,
      device_id: device,
      tenant_id: 't',
      accelerator: 'h100',
      tensor_active: value,
      revision,
    }),
  )

const anyMessage = fc.oneof(
  { weight: 6, arbitrary: anySample },
  {
    weight: 2,
    arbitrary: fc.array(anySample, { minLength: 1, maxLength: 4 }).map(all => all.join('\n')),
  },
  {
    weight: 1,
    arbitrary: fc.array(anySample, { minLength: 1, maxLength: 3 }).map(all => `[${all}]`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('poison', '{"time":1}', '[1,', '', '{"device_id":"x"}\n'),
  },
  { weight: 1, arbitrary: fc.constant(null) },
)

/** What happens before the next batch is read, and to it. */
const anyStep = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  /** The store call of this batch that fails, if there are as many. */
  fails: fc.option(fc.record({ call: fc.nat(24), when: fc.constantFrom('before', 'after') })),
  handover: fc.constantFrom('no', 'no', 'calm', 'zombie'),
  commit: fc.boolean(),
})

interface Member {
  readonly reader: PartitionReader
  readonly generation: number
  /** By partition. */
  readonly positions: number[]
}

/** A message, and the partition that it is put into. */
const anyPlaced = fc.record({ text: anyMessage, partition: fc.nat(2) })
type Placed = typeof anyPlaced extends fc.Arbitrary<infer T> ? T : never

/** Messages of a topic, keyed by device as it is meant to be, or with any device in any partition. */
const anyTopic = fc.record({
  placed: fc.array(anyPlaced, { minLength: 1, maxLength: 25 }),
  isKeyed: fc.boolean(),
})

/** The same with devices that no other partition has. */
function keyed({ text, partition }: Placed): Placed {
  return {
    text: text?.replaceAll('"device_id":"', `"device_id":"${partition}-`) ?? null,
    partition,
  }
}

/**
 * Two readers that take one sample from two partitions in the same moment may both count it as
 * accepted, and what is held then differs from an account: that alone is promised of keyed topics only.
 */
const HELD = /^the store holds /

test('any failure, hand-over and rereading ends with what the messages say, and balances', {
  timeout: 300_000,
}, async () => {
  const property = fc.asyncProperty(
    anyTopic,
    fc.array(anyStep, { maxLength: 25 }),
    async ({ placed: drawn, isKeyed }, steps) => {
      const placed = isKeyed ? drawn.map(keyed) : drawn
      const isPromised = isKeyed || steps.every(({ handover }) => handover !== 'zombie')
      await opened.clear('samples', 'sample_losers', 'hour_marks', 'partition_parts', 'quarantine')
      const logs = [0, 1, 2].map(partition => new PartitionLog(partition))
      for (const { text, partition } of placed) {
        logs[partition]?.append(text === null ? null : Buffer.from(text))
      }
      await readThrough(logs, steps)
      const audits = await auditPartitions(opened.store, 0)
      for (const log of logs) {
        const own = placed.filter(({ partition }) => partition === log.partition)
        const audit = audits.find(({ partition }) => partition === log.partition)
        if (own.length === 0) {
          expect(audit).toBeUndefined()
          continue
        }
        const faults = audit?.faults.filter(fault => isPromised || !HELD.test(fault))
        expect(faults).toEqual([])
        expect(audit).toMatchObject({ offset_first: 0, offset_next: own.length })
        expect(audit?.consumed).toBe(countRecords(own.map(({ text }) => text)))
      }
      const stored = await opened.probe('samples')
      expect(stored).toEqual(await calmSamples(placed.map(({ text }) => text)))
    },
  )
  // Told at once: to make it smaller takes longer than the test may.
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true })
})

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never

async function readThrough(logs: readonly PartitionLog[], steps: readonly Step[]): Promise<void> {
  let fault: Step['fails'] = null
  let calls = 0
  let generation = 1
  const store = failing(opened.store, () => {
    const now = fault !== null && calls++ === fault.call
    return now && fault !== null ? (fault.when as 'before' | 'after') : 'no'
  })
  const join = (): Member => {
    const instance = randomUUID()
    // Parts of few lines are read by our own reader, the others by the store.
    const settings = { batch_rows: 3, batch_characters: 1e6, retry_after_s: 1, store_lines_min: 3 }
    const { intake } = testIntake(store, clock, settings, instance)
    const streamOf = () => 'telemetry.accelerator' as const
    const reading = { logger: SILENT, settings, streamOf, handedOver: async () => undefined }
    const deps = { store, clock, instance, intake, ...reading }
    generation += 1
    for (const log of logs) log.generation = generation
    const positions = logs.map(log => log.committed ?? 0)
    return { reader: createPartitionReader(deps), generation, positions }
  }
  const readAll = (member: Member, step: { count: number; commit: boolean }) =>
    Promise.all(logs.map(log => read(log, member, step)))
  let member = join()
  for (const step of steps) {
    calls = 0
    fault = step.fails
    const pending = readAll(member, step)
    if (step.handover === 'zombie') {
      // The old member is still at work, and does not know yet, while the new one reads.
      member = join()
      await Promise.all([pending, readAll(member, { ...step, commit: true })])
    } else await pending
    if (step.handover === 'calm') member = join()
  }
  fault = null
  const isRead = (log: PartitionLog) =>
    log.end === 0 || (member.positions[log.partition] === log.end && log.committed === log.end)
  for (let tries = 0; !logs.every(isRead); tries += 1) {
    expect(tries).toBeLessThan(200)
    await readAll(member, { count: 100, commit: true })
  }
}

async function read(
  log: PartitionLog,
  member: Member,
  { count, commit }: { count: number; commit: boolean },
): Promise<void> {
  const { partition } = log
  // A broker hands over nothing where nothing is.
  if (log.end === 0) return
  const knows = () => false
  const { generation } = member
  const batch = log.fetch(member.positions[partition] ?? 0, count, { generation, knows })
  const verdict = await member.reader.read(batch)
  if (verdict.kind === 'seek') member.positions[partition] = verdict.offset
  if (verdict.kind !== 'durable') return
  member.positions[partition] = batch.next
  // The broker takes no commit of a generation gone by.
  if (!commit || member.generation !== log.generation) return
  const covered = (await opened.probe('durable')).map(row => Object(row))
  const own = covered.find(row => Number(row.partition) === partition)
  expect(batch.next).toBeLessThanOrEqual(Number(own?.next))
  log.committed = batch.next
}

/** What one undisturbed body with the same records leaves in the store. */
async function calmSamples(messages: readonly (string | null)[]): Promise<unknown[]> {
  await opened.clear('samples', 'sample_losers')
  const { send } = testIntake(opened.store, clock)
  for (const text of messages) if (text?.startsWith('{')) await send('telemetry.accelerator', text)
  for (const text of messages) if (text?.startsWith('[')) await send('telemetry.accelerator', text)
  return opened.probe('samples')
}

/** Every line of a message is a record, and so is a message that cannot be read. */
function countRecords(messages: readonly (string | null)[]): number {
  const count = (text: string) => {
    if (!text.startsWith('[')) return Math.max(1, text.split('\n').filter(line => line).length)
    return text === '[1,' ? 2 : (JSON.parse(text) as unknown[]).length
  }
  return messages.reduce((sum, text) => sum + (text === null ? 0 : count(text)), 0)
}
