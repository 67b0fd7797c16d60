import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import type { ConsumerOptions, StreamConsumer } from '../../ports/event-stream.ts'
import { type GroupMember, joinGroup } from './group-member.ts'
import { toStreamFault } from './stream-fault.ts'

/** Waits between attempts to join again, doubling. */
const REJOIN_MIN_MS = 200
const REJOIN_MAX_MS = 5000

/** Keeps a member in the group until it is stopped: one that ended is followed by a new one. */
export async function openConsumer(
  settings: KafkaSettings,
  options: ConsumerOptions,
  logger: Logger,
): Promise<StreamConsumer> {
  const stopping = new AbortController()
  const { signal } = stopping
  let member: GroupMember | null = await joinGroup(settings, options, logger)
  let outage = ''

  const rejoin = async (): Promise<GroupMember | null> => {
    for (let wait_ms = REJOIN_MIN_MS; !signal.aborted; ) {
      await delay(wait_ms, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) break
      try {
        return await joinGroup(settings, options, logger)
      } catch (cause) {
        outage = toStreamFault(settings, 'be joined', cause).message
        wait_ms = Math.min(wait_ms * 2, REJOIN_MAX_MS)
      }
    }
    return null
  }
  const stopped = new Promise<null>(resolve => {
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  const supervise = async () => {
    for (let current = member; current !== null; ) {
      const reason = await Promise.race([current.ended, stopped])
      if (reason !== null) {
        logger.warn({ group: options.group, reason }, 'the consumer ended and joins again')
        outage = reason
        member = null
      }
      // No batch of the next member may meet one of this at work on the same partition.
      await current.close()
      member = reason === null ? null : await rejoin()
      current = member
    }
  }
  const supervision = supervise()
  return {
    async stop() {
      stopping.abort()
      await supervision
    },
    trouble: () => {
      if (signal.aborted) return 'the consumer was stopped'
      return member === null ? outage : member.trouble()
    },
  }
}
