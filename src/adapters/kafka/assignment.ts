import type { Consumer } from 'kafkajs'
import type { Logger } from '../../ports/clock.ts'
import type { ConsumerOptions, PartitionName } from '../../ports/event-stream.ts'
import type { Membership } from './membership.ts'
import type { Positions } from './positions.ts'

/** Which partitions a member holds, and from where it begins to read them. */

export interface FollowDeps {
  readonly membership: Membership
  readonly positions: Positions
  readonly options: ConsumerOptions
  readonly logger: Logger
  /** The partition reads on from `offset`. */
  seek(topic: string, partition: number, offset: number): void
}

/** Keeps `membership` and the caller's view of the assignment in step with the group. */
export function followGroup(consumer: Consumer, deps: FollowDeps): { withdraw(): void } {
  const { membership, positions } = deps
  const { assigned = () => undefined } = deps.options
  let joined: readonly PartitionName[] = []
  let told: { readonly count: number; readonly generation: number } | null = null
  let sent_ms = 0

  const withdraw = () => {
    if (told !== null && told.count > 0) assigned([], told.generation)
    told = null
  }
  const { events } = consumer
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    withdraw()
    joined = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map(partition => ({ topic, partition })),
    )
    positions.forget()
    membership.joined()
  })
  consumer.on(events.REQUEST, ({ payload }) => {
    if (payload.apiName === 'Heartbeat') sent_ms = performance.now() - payload.duration
  })
  consumer.on(events.HEARTBEAT, ({ payload }) => {
    const generation = payload.groupGenerationId
    if (!membership.confirmed(generation, sent_ms)) return
    told = { count: joined.length, generation }
    assigned(joined, generation)
    void begin(deps, joined)
  })
  consumer.on(events.REBALANCING, () => {
    membership.refused('REBALANCE_IN_PROGRESS')
    withdraw()
  })
  consumer.on(events.CRASH, () => {
    membership.ended()
    withdraw()
  })
  return { withdraw }
}

/**
 * Sends partitions to where the caller wants them read from. It may come after the first fetch: the
 * caller checks the position of every batch anyway.
 */
async function begin(
  { membership, positions, options, logger, seek }: FollowDeps,
  partitions: readonly PartitionName[],
): Promise<void> {
  const isStale = membership.watch()
  for (const { topic, partition } of options.start ? partitions : []) {
    try {
      const offset = (await options.start?.({ topic, partition })) ?? null
      if (isStale()) return
      if (offset === null) continue
      positions.moved(topic, partition)
      seek(topic, partition, offset)
    } catch (err) {
      logger.warn({ err, topic, partition }, 'a partition begins where the group committed')
    }
  }
}
