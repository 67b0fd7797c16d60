import { CONTROL_TOPIC } from '../domain/kafka-settings.ts'
import type { Logger } from '../ports/clock.ts'
import type { EventStream } from '../ports/event-stream.ts'
import type { Fence } from '../ports/fence.ts'

/**
 * One active detect among many: the member of a consumer group that holds the one partition of the
 * control topic. When it dies or falls silent for the session timeout, the group gives the
 * partition to another. Nothing is ever read from it.
 */

export interface Election extends Fence {
  /** null while it is known who is active; else one sentence. */
  trouble(): string | null
  /** Gives the partition up, so that another takes over at once. */
  stop(): Promise<void>
}

export interface ElectionOptions {
  /** Group of the instances over one store; detect has a group of its own beside it. */
  readonly group: string
  readonly topic_prefix: string
}

/** Throws STREAM_UNAVAILABLE when no broker answers or the control topic is missing. */
export async function startElection(
  stream: EventStream,
  { group, topic_prefix }: ElectionOptions,
  logger: Logger,
): Promise<Election> {
  let held: number | null = null
  const consumer = await stream.consume({
    group: `${group}.detect`,
    topics: [topic_prefix + CONTROL_TOPIC],
    batch: async () => ({ kind: 'durable' }),
    assigned(partitions, generation) {
      const wasActive = held !== null
      held = partitions.length > 0 ? generation : null
      if (wasActive !== (held !== null)) {
        logger.info({ active: held !== null, generation }, 'the active detect instance was elected')
      }
    },
  })
  return {
    // A member in trouble may have been replaced without being told.
    generation: () => (consumer.trouble() === null ? held : null),
    trouble: () => consumer.trouble(),
    stop: async () => {
      held = null
      await consumer.stop()
    },
  }
}
