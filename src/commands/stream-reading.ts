import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '../app.ts'
import { STREAMS, type StreamName } from '../domain/streams.ts'
import type { EventStream, StreamConsumer } from '../ports/event-stream.ts'
import type { Intake } from '../ports/intake.ts'
import { ledgerNext } from '../stages/ingest/partition-claim.ts'
import { createPartitionReader, type WaitingPartition } from '../stages/ingest/partition-reader.ts'

/** The ingest role over a log: every stream has its topic, partitions go where the group sends them. */

export interface StreamReading {
  /** null while it reads; else one sentence. */
  trouble(): string | null
  waiting(): readonly WaitingPartition[]
  /** Lets batches under way become durable, commits them and leaves the group. */
  stop(): Promise<void>
}

/** Batches of one fetch come within it, each after a heartbeat of its own. */
const HAND_OVER_MS = 10

/** Throws STREAM_UNAVAILABLE when no broker answers or a topic is missing. */
export async function startStreamReading(
  app: App,
  stream: EventStream,
  intake: Intake,
): Promise<StreamReading> {
  const { store, clock, logger, instance, settings } = app
  const { group, topic_prefix } = settings.kafka
  const topics = new Map<string, StreamName>(STREAMS.map(name => [topic_prefix + name, name]))
  const reader = createPartitionReader({
    store,
    clock,
    logger,
    instance,
    intake,
    handedOver: () => delay(HAND_OVER_MS),
    settings: settings.ingest,
    streamOf: topic => topics.get(topic) ?? 'telemetry.accelerator',
  })
  const consumer: StreamConsumer = await stream.consume({
    group,
    topics: [...topics.keys()],
    batch: batch => reader.read(batch),
    start: partition => ledgerNext(app, partition),
    assigned(partitions, generation) {
      // Devices come and go with their partitions: what others stored meanwhile is not known here.
      intake.forget()
      logger.info({ partitions: partitions.length, generation }, 'partitions assigned')
    },
  })
  return {
    trouble: () => consumer.trouble(),
    waiting: () => reader.waiting(),
    stop: () => consumer.stop(),
  }
}
