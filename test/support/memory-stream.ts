import { Fault } from '../../src/domain/fault.ts'
import type {
  ConsumerOptions,
  EventStream,
  OutgoingMessage,
  StreamConsumer,
} from '../../src/ports/event-stream.ts'

/** A log in memory, for those who publish to it and those whom it elects: one partition a topic. */
export interface MemoryStream extends EventStream {
  /** What was published, in order. */
  readonly log: readonly (OutgoingMessage & { readonly topic: string })[]
  /** No broker answers until it is up again. */
  down(is_down: boolean): void
  /** A member that is not heard of any more: others take its place, and nobody tells it. */
  silence(member: StreamConsumer): void
}

interface Member {
  readonly options: ConsumerOptions
  readonly consumer: StreamConsumer
}

export function createMemoryStream(): MemoryStream {
  const log: (OutgoingMessage & { topic: string })[] = []
  const groups = new Map<string, { generation: number; members: Member[] }>()
  let isDown = false
  const answer = (): void => {
    if (isDown) throw new Fault('STREAM_UNAVAILABLE', 'no broker answers')
  }
  /** The member that joined first holds the partition. */
  const rebalance = (name: string): void => {
    const group = groups.get(name)
    if (!group) return
    group.generation += 1
    for (const [index, { options }] of group.members.entries()) {
      const partitions = options.topics.map(topic => ({ topic, partition: 0 }))
      options.assigned?.(index === 0 ? partitions : [], group.generation)
    }
  }
  const remove = (name: string, consumer: StreamConsumer): void => {
    const group = groups.get(name)
    if (!group) return
    group.members = group.members.filter(member => member.consumer !== consumer)
    rebalance(name)
  }
  return {
    log,
    down: is_down => {
      isDown = is_down
    },
    silence(consumer) {
      for (const name of groups.keys()) remove(name, consumer)
    },
    async consume(options) {
      answer()
      const group = groups.get(options.group) ?? { generation: 0, members: [] }
      groups.set(options.group, group)
      const consumer: StreamConsumer = {
        stop: async () => {
          options.assigned?.([], group.generation)
          remove(options.group, consumer)
        },
        trouble: () => (isDown ? 'no broker answers' : null),
      }
      group.members.push({ options, consumer })
      rebalance(options.group)
      return consumer
    },
    async publish(topic, messages) {
      answer()
      log.push(...messages.map(message => ({ ...message, topic })))
    },
    createTopics: async topics => topics.map(topic => topic.name),
    close: async () => undefined,
  }
}
