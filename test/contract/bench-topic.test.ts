import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { benchTopic } from '../../src/bench/sections/kafka.ts'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'
import { quietLogger } from '../support/stream-bench.ts'

const missing = kafkaMissing()

describe.skipIf(missing)(`benchmark of a topic${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let kafka: TestKafka
  let folder: string

  beforeAll(async () => {
    kafka = await openKafka()
    folder = await mkdtemp(join(tmpdir(), 'flopwatch-bench-'))
  }, 300_000)
  afterAll(async () => {
    await kafka?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('every round reads the topic from its beginning, into a fresh store', async () => {
    const bench = {
      projectFolder: join(import.meta.dirname, '../..'),
      environment: { PATH: process.env['PATH'], KAFKA_BROKERS: kafka.brokers.join(',') },
      clock: { now: () => Date.now() },
      logger: quietLogger,
      folder,
      options: { rounds: 2, rows: 8192, seconds: 1, partitions: 2 },
      progress: () => undefined,
    }
    const figures = await benchTopic(bench, 'narrow', 'batched')
    const rates = figures.filter(({ unit }) => unit === 'rows/s')
    expect(rates.map(({ what, rounds }) => [what, rounds])).toEqual([
      ['Kafka → store (narrow, batched)', 2],
      ['bare insert of the same bytes (narrow, batched)', 2],
    ])
    for (const { value } of rates) expect(value.min).toBeGreaterThan(0)
  })
})
