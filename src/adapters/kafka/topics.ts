import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import type { TopicSpec } from '../../ports/event-stream.ts'
import { openClient } from './client.ts'
import { errorType, guarded } from './stream-fault.ts'

/** Creates topics that are missing and waits until they have leaders; others stay as they are. */
export async function createTopics(
  settings: KafkaSettings,
  logger: Logger,
  wanted: readonly TopicSpec[],
): Promise<readonly string[]> {
  const admin = openClient(settings, logger).admin()
  try {
    return await guarded(settings, 'create topics', async () => {
      await admin.connect()
      const present = new Set(await admin.listTopics())
      const missing = wanted.filter(({ name }) => !present.has(name))
      if (missing.length === 0) return []
      await admin.createTopics({ waitForLeaders: false, topics: missing.map(toTopicConfig) })
      const names = missing.map(({ name }) => name)
      await awaitLeaders(admin, names, performance.now() + settings.request_timeout_s * 1000)
      return names
    })
  } finally {
    await admin.disconnect()
  }
}

/** What a broker says of a topic that its controller has made a moment ago. */
const PENDING = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
])
const LOOK_MS = 100

/** kafkajs waits for leaders by itself, but takes a broker that has not heard of a topic for a fault. */
async function awaitLeaders(
  admin: Admin,
  topics: readonly string[],
  until_ms: number,
): Promise<void> {
  for (;;) {
    try {
      await admin.fetchTopicMetadata({ topics: [...topics] })
      // Asks the leaders themselves, who may have heard of their duty later than others.
      for (const topic of topics) await admin.fetchTopicOffsets(topic)
      return
    } catch (err) {
      if (!PENDING.has(errorType(err)) || performance.now() >= until_ms) throw err
    }
    await delay(LOOK_MS)
  }
}

function toTopicConfig({ name, partitions, replication, settings }: TopicSpec) {
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: replication,
    configEntries: Object.entries(settings).map(([key, value]) => ({ name: key, value })),
  }
}
