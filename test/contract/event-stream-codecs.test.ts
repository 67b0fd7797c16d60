import { randomBytes } from 'node:crypto'
import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEventStream } from '../../src/adapters/kafka/open.ts'
import { javaMissing, runTool } from '../support/kafka/java.ts'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'
import {
  openReader,
  openStreamBench,
  quietLogger,
  type StreamBench,
  streamSettings,
  valuesOf,
} from '../support/stream-bench.ts'

/** Every codec, as Kafka's own producer writes it. */

const missing = kafkaMissing() ?? javaMissing()
const CODECS = { gzip: 'GZIP', snappy: 'Snappy', lz4: 'LZ4', zstd: 'ZSTD' } as const

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

describe.skipIf(missing)(`codecs${missing ? ` (skipped: ${missing})` : ''}`, () => {
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

  /** Lines that repeat near and far, that do not, that are long and that are not ASCII. */
  const lines = Array.from({ length: 3000 }, (_, index) =>
    [
      `{"device_id":"gpu-${index % 7}","power_w":${index * 37.5}}`,
      `${Math.sin(index)}${Math.cos(index * 3)}`,
      'ab'.repeat(index % 400),
      `東京 ${index} \u{1f525}`,
    ].join(' '),
  )

  test.each(Object.entries(CODECS))('%s', async (codec, name) => {
    const topic = await bench.topic()
    const reader = await openReader(bench.stream, bench.group(), topic)
    // Opening the reader put the codecs in place, and there is nothing yet to be fetched.
    const uses = countUses(CompressionTypes[name])
    const words = ['--bootstrap-server', kafka.brokers.join(), '--topic', topic]
    const sized = ['--compression-codec', codec, '--batch-size', '500000', '--timeout', '500']
    runTool(
      'org.apache.kafka.tools.ConsoleProducer',
      [...words, ...sized],
      lines.map(line => `${line}\n`).join(''),
    )
    expect(await reader.values(lines.length)).toEqual(lines)
    await reader.consumer.stop()
    expect(uses()).toBeGreaterThan(0)
  })

  test('what travels packed is fetched by what it unpacks to', async () => {
    const bytes_max = 4 << 20
    const fetch = { bytes_min: 1, wait_s: 0.1, bytes_max, partition_bytes_max: bytes_max }
    const settings = streamSettings(kafka.brokers, { fetch })
    const stream = openEventStream(settings, quietLogger, { isPacked: true })
    const topic = await bench.topic()
    // Digits of sixteen kinds: zstd packs them to little more than half.
    const value = () => randomBytes(1 << 18).toString('hex')
    for (let message = 0; message < 24; message += 1) {
      await stream.publish(topic, [{ key: '', value: value(), headers: {} }])
    }
    const reader = await openReader(stream, bench.group(), topic)
    const values = await reader.values(24)
    await stream.close()
    expect(values.map(one => one.length)).toEqual(Array(24).fill(1 << 19))
    const sizes = reader.batches.entries.map(batch => valuesOf(batch).join('').length)
    // The bounds hold 8 messages; by the bytes that travel there would be 15 in them.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(bytes_max)
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(bytes_max * 0.75)
  })

  /** Batches that went through the codec since. */
  function countUses(type: CompressionTypes.GZIP | 2 | 3 | 4): () => number {
    let uses = 0
    const codec = CompressionCodecs[type]()
    CompressionCodecs[type] = () => ({
      compress: codec.compress,
      decompress: (packed: Buffer) => {
        uses += 1
        return codec.decompress(packed)
      },
    })
    return () => uses
  }
})
