import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import type { TopicSpec } from '../../ports/event-stream.ts'
import { openClient } from './client.ts'
import { guarded } from './stream-fault.ts'

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
      await admin.createTopics({ waitForLeaders: true, topics: missing.map(toTopicConfig) })
      return missing.map(({ name }) => name)
    })
  } finally {
    await admin.disconnect()
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
