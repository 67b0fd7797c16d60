import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type FaultProxy, openFaultProxy } from '../support/fault-proxy.ts'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'
import {
  DURABLE,
  latch,
  openReader,
  openStreamBench,
  type StreamBench,
  streamSettings,
} from '../support/stream-bench.ts'

/** A broker that goes away and a network that fails: what is read stays whole and in order. */

const needs = { own: true }
const missing = kafkaMissing(needs)

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

describe.skipIf(missing)(`faults of Kafka${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let kafka: TestKafka
  let proxy: FaultProxy
  /** Direct, and through the proxy. */
  let direct: StreamBench
  let far: StreamBench

  beforeAll(async () => {
    proxy = await openFaultProxy()
    kafka = await openKafka({ ...needs, proxyPort: proxy.port })
    proxy.forwardTo(kafka.proxiedPort)
    const limits = { session_timeout_s: 3, rebalance_timeout_s: 4, request_timeout_s: 1 }
    direct = await openStreamBench(streamSettings(kafka.brokers, limits))
    far = await openStreamBench(streamSettings([`127.0.0.1:${proxy.port}`], limits))
  }, 300_000)
  afterEach(() => proxy.heal())
  afterAll(async () => {
    await far?.close()
    await direct?.close()
    await proxy?.close()
    await kafka?.close()
  })

  /** Values in order, each once, however often a stretch was fetched. */
  const distinct = (values: readonly string[]) => [...new Set(values)]

  test.each(['reset', 'refuse', 'halfOpen'] as const)('network: %s', async fault => {
    const [topic, group] = [await direct.topic(), direct.group()]
    await direct.send(topic, ['0', '1'])
    const reader = await openReader(far.stream, group, topic)
    await reader.values(2)
    proxy[fault]()
    if (fault === 'refuse') proxy.reset()
    await direct.send(topic, ['2', '3'])
    if (fault !== 'reset') {
      await vi.waitFor(() => expect(reader.consumer.trouble()).not.toBeNull(), 20_000)
      await vi.waitFor(() => expect(reader.batches.entries.at(-1)?.isStale()).toBe(true), 20_000)
      proxy.heal()
    }
    await reader.batches.until(() => distinct(reader.batches.entries.flatMap(offsets)).length >= 4)
    await vi.waitFor(() => expect(reader.consumer.trouble()).toBeNull(), 20_000)
    await reader.consumer.stop()
    expect(distinct(reader.batches.entries.flatMap(offsets))).toEqual(['0', '1', '2', '3'])
    expect(await direct.committed(group, topic)).toBe(4)
  })

  test('a batch under way when the network dies turns stale and is not committed', async () => {
    const [topic, group] = [await direct.topic(), direct.group()]
    await direct.send(topic, ['a'])
    const hold = latch()
    const reader = await openReader(far.stream, group, topic, async () => {
      await hold.opened
      return DURABLE
    })
    const [held] = await reader.batches.until(entries => entries.length === 1)
    proxy.halfOpen()
    await vi.waitFor(() => expect(held?.isStale()).toBe(true), 20_000)
    // Told at once, though the batch is still at work.
    const gone = await reader.assignments.until(entries => entries.at(-1)?.partitions.length === 0)
    expect(gone.at(-1)?.generation).toBe(held?.generation)
    // The group has forgotten the member, so another one gets the partition and the same batch.
    const other = await openReader(direct.stream, group, topic)
    const [again] = await other.batches.until(entries => entries.length === 1)
    expect(again).toMatchObject({ position: 0, next: 1 })
    expect(again?.generation).toBeGreaterThan(held?.generation ?? 0)
    proxy.heal()
    hold.open()
    await Promise.all([reader.consumer.stop(), other.consumer.stop()])
    expect(await direct.committed(group, topic)).toBe(1)
  })

  test.each(['stop', 'kill'] as const)('broker: %s and start, while consuming', async how => {
    const [topic, group] = [await direct.topic(), direct.group()]
    await direct.send(topic, ['0', '1'])
    const reader = await openReader(direct.stream, group, topic)
    await reader.values(2)
    await kafka[how]()
    await vi.waitFor(() => expect(reader.consumer.trouble()).not.toBeNull(), 20_000)
    await expect(
      direct.stream.publish(topic, [{ key: 'k', value: 'lost', headers: {} }]),
    ).rejects.toMatchObject({ code: 'STREAM_UNAVAILABLE', retryable: true })
    await kafka.start()
    await direct.stream.publish(topic, [{ key: 'k', value: '2', headers: {} }])
    await reader.batches.until(() => distinct(reader.batches.entries.flatMap(offsets)).length >= 3)
    await vi.waitFor(() => expect(reader.consumer.trouble()).toBeNull(), 20_000)
    await reader.consumer.stop()
    expect(await direct.committed(group, topic)).toBe(3)
  })

  test('stop does not hang on a broker that no longer answers', async () => {
    const [topic, group] = [await direct.topic(), direct.group()]
    await direct.send(topic, ['a'])
    const reader = await openReader(far.stream, group, topic)
    await reader.values(1)
    proxy.halfOpen()
    await reader.consumer.stop()
  })

  const offsets = ({ messages }: { readonly messages: readonly { readonly offset: number }[] }) =>
    messages.map(({ offset }) => String(offset))
})
