import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'
import {
  DURABLE,
  latch,
  openReader,
  openStreamBench,
  type StreamBench,
  streamSettings,
  valuesOf,
} from '../support/stream-bench.ts'

/** What the port promises, of a real Kafka. */

const missing = kafkaMissing()

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

describe.skipIf(missing)(`event stream${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let kafka: TestKafka
  let bench: StreamBench

  beforeAll(async () => {
    kafka = await openKafka()
    process.stdout.write(`event stream: Kafka is ${kafka.kind} at ${kafka.brokers.join()}\n`)
    bench = await openStreamBench(
      streamSettings(kafka.brokers, { session_timeout_s: 6, rebalance_timeout_s: 4 }),
    )
  }, 300_000)
  afterAll(async () => {
    await bench?.close()
    await kafka?.close()
  })

  test('messages come in order, with nulls, and each fetch begins where the last ended', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['a', null, ''])
    const reader = await openReader(bench.stream, group, topic)
    expect(await reader.values(3)).toEqual(['a', '(null)', ''])
    await bench.send(topic, ['b'])
    expect(await reader.values(4)).toEqual(['a', '(null)', '', 'b'])
    await reader.consumer.stop()
    const shapes = reader.batches.entries.map(({ position, next, high_water }) => ({
      position,
      next,
      high_water,
    }))
    expect(shapes).toEqual([
      { position: 0, next: 3, high_water: 3 },
      { position: 3, next: 4, high_water: 4 },
    ])
    expect(reader.batches.entries[0]?.messages[1]).toEqual({ offset: 1, value: null })
    expect(await bench.committed(group, topic)).toBe(4)
  })

  test('wait: the same position comes again, nothing is committed and nothing passes it', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['a', 'b'])
    const reader = await openReader(bench.stream, group, topic, async (_, index) => {
      if (index >= 3) return DURABLE
      await bench.send(topic, [`later ${index}`])
      expect(await bench.committed(group, topic)).toBe(-1)
      return { kind: 'wait', seconds: 0.05 }
    })
    await reader.batches.until(entries => entries.length === 4)
    await reader.consumer.stop()
    expect(reader.batches.entries.map(({ position }) => position)).toEqual([0, 0, 0, 0])
    expect(reader.batches.entries.map(valuesOf).map(values => values.slice(0, 2))).toEqual(
      Array(4).fill(['a', 'b']),
    )
    expect(reader.batches.entries.at(-1)?.messages).toHaveLength(5)
    expect(await bench.committed(group, topic)).toBe(5)
  })

  test('a handler that throws is a wait', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['a'])
    const reader = await openReader(bench.stream, group, topic, (_, index) => {
      if (index < 2) throw new TypeError('a fault of the program')
      return DURABLE
    })
    await reader.batches.until(entries => entries.length === 3)
    await reader.consumer.stop()
    expect(reader.batches.entries.map(({ position }) => position)).toEqual([0, 0, 0])
    expect(await bench.committed(group, topic)).toBe(1)
  })

  test('a partition that waits holds up no other', async () => {
    const [topic, group] = [await bench.topic(2), bench.group()]
    await bench.send(topic, ['stuck'], 0)
    const reader = await openReader(bench.stream, group, topic, ({ partition }) =>
      partition === 0 ? { kind: 'wait', seconds: 3600 } : DURABLE,
    )
    await reader.batches.until(entries => entries.length === 1)
    for (const round of [1, 2, 3]) {
      await bench.send(topic, [`free ${round}`], 1)
      await reader.values(1 + round)
    }
    expect(reader.consumer.trouble()).toBeNull()
    await reader.consumer.stop()
    expect(await bench.committed(group, topic, 0)).toBe(-1)
    expect(await bench.committed(group, topic, 1)).toBe(3)
  })

  test('seek: the next fetch begins there, backwards too, and commits nothing', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['0', '1', '2', '3', '4', '5'])
    const goals = [4, 2]
    const reader = await openReader(bench.stream, group, topic, (_, index) => {
      const offset = goals[index]
      return offset === undefined ? DURABLE : { kind: 'seek', offset }
    })
    await reader.batches.until(entries => entries.length === 3)
    await reader.consumer.stop()
    expect(reader.batches.entries.map(({ position }) => position)).toEqual([0, 4, 2])
    expect(reader.batches.entries.map(valuesOf).at(-1)).toEqual(['2', '3', '4', '5'])
    expect(await bench.committed(group, topic)).toBe(6)
  })

  test('a partition begins where the reader says, though no message comes and the commit is further', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['0', '1', '2'])
    const first = await openReader(bench.stream, group, topic)
    await first.values(3)
    await first.consumer.stop()
    expect(await bench.committed(group, topic)).toBe(3)
    const second = await openReader(
      bench.stream,
      group,
      topic,
      () => DURABLE,
      async () => 1,
    )
    expect(await second.values(2)).toEqual(['1', '2'])
    await second.consumer.stop()
  })

  test('a reader that cannot say where to begin begins at the commit', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['0', '1'])
    const unknown = () => Promise.reject(new Error('the store does not answer'))
    const reader = await openReader(bench.stream, group, topic, () => DURABLE, unknown)
    expect(await reader.values(2)).toEqual(['0', '1'])
    await reader.consumer.stop()
  })

  test('a new member begins at what was durable, under a later generation', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['a', 'b', 'c'])
    const first = await openReader(bench.stream, group, topic, (_, index) =>
      index === 0 ? DURABLE : { kind: 'wait', seconds: 3600 },
    )
    await first.values(3)
    await bench.send(topic, ['d'])
    await first.values(4)
    await first.consumer.stop()
    expect(first.consumer.trouble()).toBe('the consumer was stopped')
    const second = await openReader(bench.stream, group, topic)
    expect(await second.values(1)).toEqual(['d'])
    await second.consumer.stop()
    const [before, after] = [first, second].map(reader => reader.batches.entries.at(-1))
    expect(after).toMatchObject({ position: 3, next: 4 })
    expect(after?.generation).toBeGreaterThan(before?.generation ?? 0)
    expect(first.assignments.entries).toEqual([
      { partitions: [{ topic, partition: 0 }], generation: before?.generation },
      { partitions: [], generation: before?.generation },
    ])
  })

  test('stop waits for the batch under way and commits it; no further batch begins', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['a'])
    const hold = latch()
    const reader = await openReader(bench.stream, group, topic, async () => {
      await hold.opened
      return DURABLE
    })
    await reader.values(1)
    const stopped = reader.consumer.stop()
    await bench.send(topic, ['b'])
    hold.open()
    await stopped
    expect(reader.batches.entries).toHaveLength(1)
    expect(await bench.committed(group, topic)).toBe(1)
  })

  test('transactions: aborted messages are not seen, and their markers are no gap', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    const reader = await openReader(bench.stream, group, topic)
    const producer = bench.kafka.producer({
      transactionalId: `tx-${topic}`,
      idempotent: true,
      maxInFlightRequests: 1,
    })
    await producer.connect()
    for (const round of [1, 2, 3]) {
      const kept = await producer.transaction()
      await kept.send({ topic, messages: [{ value: `kept ${round}` }] })
      await kept.commit()
      await reader.values(round)
      const dropped = await producer.transaction()
      await dropped.send({ topic, messages: [{ value: 'dropped' }] })
      await dropped.abort()
    }
    await producer.disconnect()
    await bench.send(topic, ['plain'])
    expect(await reader.values(4)).toEqual(['kept 1', 'kept 2', 'kept 3', 'plain'])
    await reader.consumer.stop()
    // Each transaction left its message and a marker: offsets 0 to 11, then the plain one.
    const { entries } = reader.batches
    expect(entries.at(-1)?.next).toBe(13)
    expect(entries.map(({ position }) => position)).toEqual([
      0,
      ...entries.slice(0, -1).map(({ next }) => next),
    ])
  })

  test('what retention took away shows as a jump of the position', async () => {
    const [topic, group] = [await bench.topic(), bench.group()]
    await bench.send(topic, ['0', '1'])
    const first = await openReader(bench.stream, group, topic)
    await first.values(2)
    await first.consumer.stop()
    await bench.send(topic, ['2', '3', '4', '5'])
    const { admin } = bench
    await admin.fetchTopicOffsets(topic) // without it kafkajs does not know the leader
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '5' }] })
    const second = await openReader(bench.stream, group, topic)
    expect(await second.values(1)).toEqual(['5'])
    await second.consumer.stop()
    expect(second.batches.entries[0]).toMatchObject({ position: 5, next: 6 })
  })

  test('the partition of a slow member goes to another only after the batch turned stale', async () => {
    const [topic, group] = [await bench.topic(2), bench.group()]
    await bench.send(topic, ['for the slow one'], 0)
    const hold = latch()
    const slow = await openReader(bench.stream, group, topic, async () => {
      await hold.opened
      return DURABLE
    })
    const [held] = await slow.batches.until(entries => entries.length === 1)
    expect(held?.isStale()).toBe(false)
    const other = await openReader(bench.stream, group, topic)
    await other.assignments.until(entries =>
      entries.some(({ partitions }) => partitions.length > 0),
    )
    expect(held?.isStale()).toBe(true)
    hold.open()
    const [taken] = await other.batches.until(entries => entries.length > 0)
    expect(taken?.position).toBe(0)
    expect(taken?.generation).toBeGreaterThan(held?.generation ?? 0)
    // Both are members in the end, with a partition each.
    await slow.assignments.until(entries => entries.at(-1)?.partitions.length === 1)
    await other.assignments.until(entries => entries.at(-1)?.partitions.length === 1)
    expect(slow.assignments.entries.at(-1)?.generation).toBe(
      other.assignments.entries.at(-1)?.generation,
    )
    await Promise.all([slow.consumer.stop(), other.consumer.stop()])
  })
})
