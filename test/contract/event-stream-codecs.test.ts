import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { javaMissing, runTool } from '../support/kafka/java.ts'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'
import {
  openReader,
  openStreamBench,
  type StreamBench,
  streamSettings,
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
