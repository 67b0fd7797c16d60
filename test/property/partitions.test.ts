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
 * Invariants 1 and 2 over a partition: whatever fails between whichever two steps, whoever reads it
 * next, and however often, the store ends with what the messages say and the account balances.
 */

const RUNS = Number(process.env['FLOPWATCH_RUNS'] ?? 25)
const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  {
    samples: 'select device_id, time, version, tensor_active from samples final order by all',
    // Voided parts are durable as well: only their account is made anew.
    durable: "select max(offset_next) as next from partition_parts where kind = 'part'",
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
  fails: fc.option(fc.record({ call: fc.nat(14), when: fc.constantFrom('before', 'after') })),
  handover: fc.constantFrom('no', 'no', 'calm', 'zombie'),
  commit: fc.boolean(),
})

interface Member {
  readonly reader: PartitionReader
  readonly generation: number
  position: number
}

test('any failure, hand-over and rereading ends with what the messages say, and balances', {
  timeout: 300_000,
}, async () => {
  const property = fc.asyncProperty(
    fc.array(anyMessage, { minLength: 1, maxLength: 25 }),
    fc.array(anyStep, { maxLength: 25 }),
    async (messages, steps) => {
      await opened.clear('samples', 'sample_losers', 'hour_marks', 'partition_parts', 'quarantine')
      const log = new PartitionLog()
      for (const text of messages) log.append(text === null ? null : Buffer.from(text))
      await readThrough(log, steps)
      const [audit, ...rest] = await auditPartitions(opened.store, 0)
      expect(rest).toEqual([])
      expect(audit?.faults).toEqual([])
      expect(audit).toMatchObject({ offset_first: 0, offset_next: messages.length })
      expect(audit?.consumed).toBe(countRecords(messages))
      const stored = await opened.probe('samples')
      expect(stored).toEqual(await calmSamples(messages))
    },
  )
  await fc.assert(property, { numRuns: RUNS })
})

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never

async function readThrough(log: PartitionLog, steps: readonly Step[]): Promise<void> {
  let fault: Step['fails'] = null
  let calls = 0
  const store = failing(opened.store, () => {
    const now = fault !== null && calls++ === fault.call
    return now && fault !== null ? (fault.when as 'before' | 'after') : 'no'
  })
  const join = (): Member => {
    const instance = randomUUID()
    const settings = { batch_rows: 3, batch_characters: 1e6, retry_after_s: 1 }
    const { intake } = testIntake(store, clock, settings, instance)
    const streamOf = () => 'telemetry.accelerator' as const
    const deps = { store, clock, instance, intake, logger: SILENT, settings, streamOf }
    log.generation += 1
    const { generation } = log
    return { reader: createPartitionReader(deps), generation, position: log.committed ?? 0 }
  }
  let member = join()
  for (const step of steps) {
    calls = 0
    fault = step.fails
    const pending = read(log, member, step)
    if (step.handover === 'zombie') {
      // The old member is still at work, and does not know yet, while the new one reads.
      const old = pending
      member = join()
      await Promise.all([old, read(log, member, { ...step, commit: true })])
    } else await pending
    if (step.handover === 'calm') member = join()
  }
  fault = null
  for (let tries = 0; member.position < log.end || log.committed !== log.end; tries += 1) {
    expect(tries).toBeLessThan(200)
    await read(log, member, { count: 100, commit: true })
  }
}

async function read(
  log: PartitionLog,
  member: Member,
  { count, commit }: { count: number; commit: boolean },
): Promise<void> {
  const knows = () => false
  const batch = log.fetch(member.position, count, { generation: member.generation, knows })
  const verdict = await member.reader.read(batch)
  if (verdict.kind === 'seek') member.position = verdict.offset
  if (verdict.kind !== 'durable') return
  member.position = batch.next
  // The broker takes no commit of a generation gone by.
  if (!commit || member.generation !== log.generation) return
  const [covered] = await opened.probe('durable')
  expect(batch.next).toBeLessThanOrEqual(Number(Reflect.get(Object(covered), 'next')))
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
