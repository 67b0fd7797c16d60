import kafkajs, { type Producer } from 'kafkajs'
import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import type { OutgoingMessage } from '../../ports/event-stream.ts'
import { openClient } from './client.ts'
import { guarded } from './stream-fault.ts'

/** All in-sync replicas have the message before it counts as sent. */
const ACKS_ALL = -1

export interface Publisher {
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>
  close(): Promise<void>
}

export interface PublisherOptions {
  /** Batches go packed, by zstd: what sends much telemetry saves copies and sums over its bytes. */
  readonly isPacked: boolean
}

/** Connects with the first message. After a failure the next call starts over with new sockets. */
export function createPublisher(
  settings: KafkaSettings,
  logger: Logger,
  { isPacked }: PublisherOptions,
): Publisher {
  const { ZSTD, None } = kafkajs.CompressionTypes
  const compression = isPacked ? ZSTD : None
  let connected: Promise<Producer> | null = null

  const connect = async (): Promise<Producer> => {
    const producer = openClient(settings, logger).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      retry: { retries: 3 },
    })
    await producer.connect()
    return producer
  }
  const discard = async (producer: Promise<Producer>) => {
    if (connected === producer) connected = null
    await (await producer).disconnect()
  }
  return {
    async publish(topic, messages) {
      if (messages.length === 0) return
      connected ??= connect()
      const producer = connected
      try {
        await guarded(settings, `take messages for ${topic}`, async () => {
          const sender = await producer
          await sender.send({
            topic,
            acks: ACKS_ALL,
            compression,
            messages: messages.map(toMessage),
          })
        })
      } catch (fault) {
        discard(producer).catch(err => logger.debug({ err }, 'a producer could not take leave'))
        throw fault
      }
    },
    async close() {
      if (connected !== null) await discard(connected)
    },
  }
}

function toMessage({ key, value, headers }: OutgoingMessage) {
  return { key, value, headers: { ...headers } }
}
