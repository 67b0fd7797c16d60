import { setTimeout as delay } from 'node:timers/promises'
import type { Consumer, ConsumerConfig } from 'kafkajs'
import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import type { ConsumerOptions } from '../../ports/event-stream.ts'
import { followGroup } from './assignment.ts'
import { handleBatch } from './batch-handler.ts'
import { openClient } from './client.ts'
import { createMembership, type Membership } from './membership.ts'
import { createPositions } from './positions.ts'
import { guarded, toStreamFault } from './stream-fault.ts'

/** One life of a kafkajs consumer, from joining to a crash, a silence or the wish to stop. */
export interface GroupMember {
  /** Resolves with one sentence once it can no longer work. */
  readonly ended: Promise<string>
  /** null while it is a member in good standing. */
  trouble(): string | null
  /** Waits for batches under way, then leaves; gives up on a broker that does not answer. */
  close(): Promise<void>
}

/** How long leaving may take; the broker misses a member that could not take leave anyway. */
const LEAVE_MS = 3000

/** Throws STREAM_UNAVAILABLE when no broker answers or a topic is missing. */
export async function joinGroup(
  settings: KafkaSettings,
  options: ConsumerOptions,
  logger: Logger,
): Promise<GroupMember> {
  const consumer = openClient(settings, logger).consumer(consumerConfig(settings, options.group))
  try {
    await guarded(settings, 'be reached', () => consumer.connect())
    await guarded(settings, `serve ${options.topics.join(', ')}`, () =>
      consumer.subscribe({ topics: [...options.topics], fromBeginning: true }),
    )
  } catch (fault) {
    await bounded(consumer.disconnect(), LEAVE_MS)
    throw fault
  }
  return run(consumer, settings, options, logger)
}

function consumerConfig(settings: KafkaSettings, groupId: string): ConsumerConfig {
  const { fetch } = settings
  return {
    groupId,
    sessionTimeout: settings.session_timeout_s * 1000,
    rebalanceTimeout: settings.rebalance_timeout_s * 1000,
    // One after each batch and each empty fetch; those of a handler at work come by a timer.
    heartbeatInterval: 0,
    minBytes: fetch.bytes_min,
    maxBytes: fetch.bytes_max,
    maxBytesPerPartition: fetch.partition_bytes_max,
    maxWaitTimeInMs: fetch.wait_s * 1000,
    allowAutoTopicCreation: false,
    // After a crash a new member is made: one way back, and nothing left over from before.
    retry: { retries: 8, restartOnFailure: async () => false },
  }
}

function run(
  consumer: Consumer,
  settings: KafkaSettings,
  options: ConsumerOptions,
  logger: Logger,
): GroupMember {
  const membership = createMembership(
    {
      session_ms: settings.session_timeout_s * 1000,
      rebalance_ms: settings.rebalance_timeout_s * 1000,
    },
    () => performance.now(),
  )
  const positions = createPositions()
  const underWay = new Set<Promise<void>>()
  const pauses = new Set<NodeJS.Timeout>()
  const heartbeat_ms = Math.min(3000, settings.session_timeout_s * 100)
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()

  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0) return
    positions.passed(payload.topic, payload.partition, payload.firstOffset, payload.lastOffset)
  })
  consumer.on(consumer.events.CRASH, ({ payload }) =>
    end(toStreamFault(settings, 'be read from', payload.error).message),
  )
  // A connection that is half open gives no error for a long time; silence is the sign.
  const watchdog = setInterval(() => {
    if (!membership.isGone()) return
    end(silenceOf(membership))
    membership.ended()
    assignment.withdraw()
  }, heartbeat_ms)

  const deps = {
    options,
    membership,
    positions,
    logger,
    failure_wait_s: settings.failure_wait_s,
    heartbeat_ms,
    seek: (topic: string, partition: number, offset: number) =>
      consumer.seek({ topic, partition, offset: String(offset) }),
    later(seconds: number, resume: () => void) {
      const pause = setTimeout(() => {
        pauses.delete(pause)
        resume()
      }, seconds * 1000)
      pauses.add(pause)
    },
  }
  const assignment = followGroup(consumer, deps)
  const running = consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: settings.partitions_concurrent,
    eachBatch: payload => {
      const handling = handleBatch(deps, payload).finally(() => underWay.delete(handling))
      underWay.add(handling)
      return handling
    },
  })
  running.catch(err => end(toStreamFault(settings, 'be read from', err).message))

  return {
    ended,
    trouble: () => troubleOf(membership, heartbeat_ms),
    async close() {
      // Begins at once, so that no further batch does; kafkajs itself waits for those under way.
      const leaving = consumer.disconnect()
      leaving.catch(err => logger.debug({ err }, 'the consumer could not take leave'))
      while (underWay.size > 0) await Promise.allSettled(underWay)
      assignment.withdraw()
      membership.ended()
      clearInterval(watchdog)
      for (const pause of pauses) clearTimeout(pause)
      await bounded(leaving, LEAVE_MS)
    },
  }
}

function troubleOf(membership: Membership, heartbeat_ms: number): string | null {
  if (membership.generation() === null) return 'the consumer is joining its group'
  if (!membership.isSteady()) return 'the consumer group is changing its members'
  const silence_ms = membership.silence_ms()
  // Two heartbeats and a fetch that waits may pass without a sign of anything wrong.
  return silence_ms > 3 * heartbeat_ms + 1000 ? silenceOf(membership) : null
}

function silenceOf(membership: Membership): string {
  return `Kafka has not answered for ${Math.round(membership.silence_ms() / 1000)} s`
}

/** Waits for `work`, whatever becomes of it, but no longer than this. */
async function bounded(work: Promise<unknown>, ms: number): Promise<void> {
  const waiting = new AbortController()
  const late = delay(ms, undefined, { signal: waiting.signal }).catch(() => undefined)
  await Promise.race([work.catch(() => undefined), late])
  waiting.abort()
}
