import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import { openClient } from './client.ts'

/**
 * The yardstick of `flopwatch bench` for topics: a consumer of kafkajs that fetches with the same
 * settings as the product and does nothing with what comes. Nothing else may use this file.
 */

export interface IdleReading {
  readonly messages: number
  /** Of message bodies, unpacked. */
  readonly bytes: number
  /** From the first answer of the group to the last message; joining is not counted. */
  readonly seconds: number
}

/** Reads a topic from its beginning until it has seen so many messages. */
export async function idleConsumer(
  settings: KafkaSettings,
  logger: Logger,
  { topic, group, messages }: { topic: string; group: string; messages: number },
  now: () => number,
): Promise<IdleReading> {
  const { fetch } = settings
  const consumer = openClient(settings, logger).consumer({
    groupId: group,
    minBytes: fetch.bytes_min,
    maxBytes: fetch.bytes_max,
    maxBytesPerPartition: fetch.partition_bytes_max,
    maxWaitTimeInMs: fetch.wait_s * 1000,
    allowAutoTopicCreation: false,
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const done = Promise.withResolvers<IdleReading>()
  let since = 0
  let seen = 0
  let bytes = 0
  consumer.on(consumer.events.GROUP_JOIN, () => {
    since = now()
  })
  // A broker that has just started loads its coordinator first; kafkajs then joins again by itself.
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) done.reject(payload.error)
  })
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: settings.partitions_concurrent,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) bytes += value?.byteLength ?? 0
      seen += batch.messages.length
      if (seen >= messages) done.resolve({ messages: seen, bytes, seconds: (now() - since) / 1000 })
    },
  })
  try {
    return await done.promise
  } finally {
    await consumer.disconnect()
  }
}

/** Removes the topics of a benchmark from a cluster that is not its own. */
export async function deleteTopics(
  settings: KafkaSettings,
  logger: Logger,
  topics: readonly string[],
): Promise<void> {
  const admin = openClient(settings, logger).admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [...topics] })
  await admin.disconnect()
}
