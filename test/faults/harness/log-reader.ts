import kafkajs, { type Kafka } from 'kafkajs'

/** What stands in a topic, read past the product: the other half of the account. */

export interface LogReader {
  /** Offset after the newest message of each partition, by its number. */
  ends(): Promise<ReadonlyMap<number, number>>
  /** What a group has committed; partitions without a commit are left out. */
  committed(group: string): Promise<ReadonlyMap<number, number>>
  /** Reads on to `ends` and tells every message with the id that its sender gave it. */
  readTo(ends: ReadonlyMap<number, number>, tell: TellMessage): Promise<void>
}

export type TellMessage = (partition: number, offset: number, id: number) => void

/** A reader of its own group over a broker that is whole while it is asked. */
export function createLogReader(brokers: readonly string[], topic: string): LogReader {
  const groupId = 'observer'
  const nexts = new Map<number, number>()
  const kafka = new kafkajs.Kafka({
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout: 5000,
    retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 1000 },
  })
  return {
    ends: () =>
      asAdmin(kafka, async admin => {
        const offsets = await admin.fetchTopicOffsets(topic)
        return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]))
      }),
    committed: group =>
      asAdmin(kafka, async admin => {
        const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
        const known = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0)
        return new Map(known.map(({ partition, offset }) => [partition, Number(offset)]))
      }),
    async readTo(ends, tell) {
      const isDone = () => [...ends].every(([partition, end]) => (nexts.get(partition) ?? 0) >= end)
      if (isDone()) return
      const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, maxWaitTimeInMs: 200 })
      const done = Promise.withResolvers<void>()
      consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error))
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      await consumer.run({
        // Its own commits say where the next look begins; what comes twice is passed over.
        eachMessage: async ({ partition, message }) => {
          const offset = Number(message.offset)
          if (offset !== (nexts.get(partition) ?? 0)) return
          tell(partition, offset, Number(message.headers?.['id']))
          nexts.set(partition, offset + 1)
          if (isDone()) done.resolve()
        },
      })
      await done.promise
      await consumer.disconnect()
    },
  }
}

async function asAdmin<T>(
  kafka: Kafka,
  ask: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}
