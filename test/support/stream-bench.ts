import { randomUUID } from 'node:crypto'
import { type Admin, type Kafka, Partitioners } from 'kafkajs'
import { openClient } from '../../src/adapters/kafka/client.ts'
import { openEventStream } from '../../src/adapters/kafka/open.ts'
import { type KafkaSettings, kafkaSettings } from '../../src/domain/kafka-settings.ts'
import type {
  BatchVerdict,
  ConsumerOptions,
  EventStream,
  PartitionBatch,
  PartitionName,
  StreamConsumer,
} from '../../src/ports/event-stream.ts'

/** Settings for a broker on loopback: short fetches, so that nothing waits for long. */
export function streamSettings(
  brokers: readonly string[],
  more: Partial<KafkaSettings> = {},
): KafkaSettings {
  const file = kafkaSettings.parse({ fetch: { wait_s: 0.1 }, failure_wait_s: 0.1 })
  return { ...file, brokers, tls: false, ca_file: null, login: null, ...more }
}

/** What happened so far, and a promise for the moment at which enough has. */
export interface Journal<T> {
  readonly entries: readonly T[]
  add(entry: T): void
  until(enough: (entries: readonly T[]) => boolean): Promise<readonly T[]>
}

export function createJournal<T>(): Journal<T> {
  const entries: T[] = []
  const waiting = new Set<() => void>()
  return {
    entries,
    add(entry) {
      entries.push(entry)
      for (const look of waiting) look()
    },
    until: enough =>
      new Promise(resolve => {
        const look = () => {
          if (!enough(entries)) return
          waiting.delete(look)
          resolve(entries)
        }
        waiting.add(look)
        look()
      }),
  }
}

export interface Reader {
  readonly consumer: StreamConsumer
  readonly batches: Journal<PartitionBatch>
  readonly assignments: Journal<{
    readonly partitions: readonly PartitionName[]
    readonly generation: number
  }>
  /** Values seen, in order, once there are so many. */
  values(count: number): Promise<string[]>
}

type Judge = (batch: PartitionBatch, index: number) => BatchVerdict | Promise<BatchVerdict>

export const DURABLE: BatchVerdict = { kind: 'durable' }

/** A member of `group` that writes down every batch and answers with what `judge` says. */
export async function openReader(
  stream: EventStream,
  group: string,
  topic: string,
  judge: Judge = () => DURABLE,
  start: ConsumerOptions['start'] = async () => null,
): Promise<Reader> {
  const batches = createJournal<PartitionBatch>()
  const assignments: Reader['assignments'] = createJournal()
  const consumer = await stream.consume({
    group,
    topics: [topic],
    batch: async batch => {
      batches.add(batch)
      return judge(batch, batches.entries.length - 1)
    },
    start,
    assigned: (partitions, generation) => assignments.add({ partitions, generation }),
  })
  const seen = () => batches.entries.flatMap(valuesOf)
  return {
    consumer,
    batches,
    assignments,
    values: async count => {
      await batches.until(() => seen().length >= count)
      return seen()
    },
  }
}

export function valuesOf({ messages }: PartitionBatch): string[] {
  return messages.map(({ value }) => (value === null ? '(null)' : Buffer.from(value).toString()))
}

export interface StreamBench {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly stream: EventStream
  /** A topic of its own; gives back its name. */
  topic(partitions?: number): Promise<string>
  group(): string
  send(topic: string, values: readonly (string | null)[], partition?: number): Promise<void>
  committed(group: string, topic: string, partition?: number): Promise<number>
  close(): Promise<void>
}

/** A stream of the product and, beside it, bare kafkajs to act on the broker and look at it. */
export async function openStreamBench(settings: KafkaSettings): Promise<StreamBench> {
  const kafka = openClient(settings, quietLogger)
  const admin = kafka.admin()
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await Promise.all([admin.connect(), producer.connect()])
  const stream = openEventStream(settings, quietLogger)
  return {
    kafka,
    admin,
    stream,
    async topic(partitions = 1) {
      const name = `test-${randomUUID()}`
      await stream.createTopics([{ name, partitions, replication: 1, settings: {} }])
      return name
    },
    group: () => `group-${randomUUID()}`,
    async send(topic, values, partition = 0) {
      const messages = values.map(value => ({ value, partition }))
      await producer.send({ topic, messages })
    },
    async committed(groupId, topic, partition = 0) {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
      return Number(found?.partitions.find(held => held.partition === partition)?.offset ?? -1)
    },
    async close() {
      await stream.close()
      await Promise.all([admin.disconnect(), producer.disconnect()])
    },
  }
}

export const quietLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** A promise with its switch. */
export function latch(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
