import { ConfigResourceTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'
import {
  latch,
  openReader,
  openStreamBench,
  type StreamBench,
  streamSettings,
} from '../support/stream-bench.ts'

/** The writing half of the port: messages out, topics, and what stands in their way. */

const missing = kafkaMissing()

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

describe.skipIf(missing)(`publishing${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let kafka: TestKafka
  let bench: StreamBench

  beforeAll(async () => {
    kafka = await openKafka()
    bench = await openStreamBench(streamSettings(kafka.brokers))
  }, 300_000)
  afterAll(async () => {
    await bench?.close()
    await kafka?.close()
  })

  test('publish keeps key and headers; equal keys share a partition', async () => {
    const [topic, group] = [await bench.topic(3), bench.group()]
    const consumer = bench.kafka.consumer({ groupId: group })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const all = latch()
    const seen: { partition: number; key: string; value: string; id: string }[] = []
    await consumer.run({
      eachMessage: async ({ partition, message: { key, value, headers } }) => {
        seen.push({ partition, key: `${key}`, value: `${value}`, id: `${headers?.['id']}` })
        if (seen.length === 3) all.open()
      },
    })
    await bench.stream.publish(topic, [
      { key: 'case-1', value: '{"n":1}', headers: { id: 'case-1@1' } },
      { key: 'case-1', value: '{"n":2}', headers: { id: 'case-1@2' } },
    ])
    await bench.stream.publish(topic, [])
    await bench.stream.publish(topic, [
      { key: 'case-1', value: '{"n":3}', headers: { id: 'case-1@3' } },
    ])
    await all.opened
    await consumer.disconnect()
    expect(seen.map(({ value, id }) => [value, id])).toEqual([
      ['{"n":1}', 'case-1@1'],
      ['{"n":2}', 'case-1@2'],
      ['{"n":3}', 'case-1@3'],
    ])
    expect(new Set(seen.map(({ partition, key }) => `${partition} ${key}`)).size).toBe(1)
  })

  test('createTopics creates what is missing, with its settings, and leaves the rest alone', async () => {
    const [one, two] = [`${bench.group()}-1`, `${bench.group()}-2`]
    const spec = (name: string, partitions: number) => ({
      name,
      partitions,
      replication: -1,
      settings: { 'retention.ms': '3600000' },
    })
    expect(await bench.stream.createTopics([spec(one, 2)])).toEqual([one])
    expect(await bench.stream.createTopics([spec(one, 5), spec(two, 3)])).toEqual([two])
    expect(await bench.stream.createTopics([spec(one, 5), spec(two, 3)])).toEqual([])
    const { admin } = bench
    const { topics } = await admin.fetchTopicMetadata({ topics: [one, two] })
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: two, configNames: ['retention.ms'] }],
    })
    const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
    expect([one, two].map(name => counts.get(name))).toEqual([2, 3])
    expect(resources[0]?.configEntries[0]?.configValue).toBe('3600000')
  })

  test('a topic that is missing, and a broker that is not there, are told in one sentence', async () => {
    const attempt = openReader(bench.stream, bench.group(), 'no-such-topic')
    await expect(attempt).rejects.toMatchObject({
      code: 'STREAM_UNAVAILABLE',
      message: expect.stringMatching(/cannot serve no-such-topic: .+/),
    })
    await expect(
      bench.stream.publish('no-such-topic', [{ key: 'k', value: 'v', headers: {} }]),
    ).rejects.toMatchObject({ code: 'STREAM_UNAVAILABLE' })
  })
})
