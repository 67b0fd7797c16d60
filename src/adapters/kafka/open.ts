import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import type { EventStream, StreamConsumer } from '../../ports/event-stream.ts'
import { openConsumer } from './consumer.ts'
import { createPublisher, type PublisherOptions } from './producer.ts'
import { createTopics } from './topics.ts'

/** Kafka as an event stream. Nothing connects before it is used; `close` stops what still runs. */
export function openEventStream(
  settings: KafkaSettings,
  logger: Logger,
  publishing: PublisherOptions = { isPacked: false },
): EventStream {
  const publisher = createPublisher(settings, logger, publishing)
  const consumers = new Set<StreamConsumer>()
  return {
    async consume(options) {
      const consumer = await openConsumer(settings, options, logger)
      consumers.add(consumer)
      return consumer
    },
    publish: publisher.publish,
    createTopics: topics => createTopics(settings, logger, topics),
    async close() {
      await Promise.all([...consumers].map(consumer => consumer.stop()))
      await publisher.close()
    },
  }
}
