import { setInterval } from 'node:timers/promises'
import kafkajs, { type Producer } from 'kafkajs'
import { createDice } from './dice.ts'
import { noteParcel } from './evidence.ts'
import { registerGzip } from './gzip-codec.ts'
import type { Parcel, Traffic } from './traffic.ts'
import type { Truth } from './truth.ts'

/** A producer that goes on until every message is acknowledged, whatever the broker does. */
export interface Sender {
  readonly traffic: Traffic
  /** What each message must count as, by its id. */
  readonly sent: ReadonlyMap<number, Pick<Parcel, 'records' | 'refused'>>
  /** Why the last attempt failed; empty after one that did not. */
  trouble(): string
  resume(): void
  /** Resolves once all that was drawn is acknowledged, what was held back included. */
  pause(): Promise<void>
  close(): Promise<void>
}

export interface SenderOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly seed: number
  readonly traffic: Traffic
  readonly truth: Truth
  readonly samples_per_s: number
  readonly logFolder: string
}

/** A round of sending, and of asking whether to go on. */
const ROUND_MS = 200

export function openSender(options: SenderOptions): Sender {
  const { traffic, truth, topic, samples_per_s } = options
  const dice = createDice(options.seed, 'sender')
  const sent = new Map<number, Pick<Parcel, 'records' | 'refused'>>()
  const closing = new AbortController()
  registerGzip()
  let state: 'sending' | 'pausing' | 'paused' = 'paused'
  let idle = Promise.withResolvers<void>()
  let producer: Producer | null = null
  let trouble = ''

  const send = async (parcels: readonly Parcel[]): Promise<void> => {
    for (const parcel of parcels) {
      truth.add(parcel.samples)
      if (!sent.has(parcel.id)) noteParcel(options.logFolder, parcel)
      sent.set(parcel.id, { records: parcel.records, refused: parcel.refused })
    }
    const messages = parcels.map(({ id, key, value }) => ({ key, value, headers: { id: `${id}` } }))
    const compression = dice.chance(0.3)
      ? kafkajs.CompressionTypes.GZIP
      : kafkajs.CompressionTypes.None
    while (!closing.signal.aborted) {
      try {
        producer ??= await connect(options.brokers)
        await producer.send({ topic, acks: -1, compression, messages })
        trouble = ''
        return
      } catch (fault) {
        trouble = String(fault)
        // Whether the broker has them is not known; sent again they are there twice at worst.
        await producer?.disconnect().catch(() => undefined)
        producer = null
      }
    }
  }
  const round = async (): Promise<void> => {
    if (state === 'paused') return
    const pausing = state === 'pausing'
    const parcels = pausing ? traffic.rest() : traffic.draw((samples_per_s * ROUND_MS) / 1000)
    for (const group of byBytes(parcels)) await send(group)
    if (!pausing) return
    state = 'paused'
    idle.resolve()
  }
  const run = async (): Promise<void> => {
    const { signal } = closing
    for await (const _ of setInterval(ROUND_MS, undefined, { signal })) await round()
  }
  const running = run().catch(fault => {
    if (!closing.signal.aborted) throw fault
  })
  return {
    traffic,
    sent,
    trouble: () => trouble,
    resume() {
      state = 'sending'
      idle = Promise.withResolvers()
    },
    async pause() {
      if (state === 'paused') return
      state = 'pausing'
      await Promise.race([idle.promise, running])
    },
    async close() {
      closing.abort()
      await running
      await producer?.disconnect()
    },
  }
}

/** The broker refuses a request whose messages for one partition are longer than a megabyte. */
const REQUEST_BYTES_MAX = 900_000

function byBytes(parcels: readonly Parcel[]): Parcel[][] {
  const groups: Parcel[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const parcel of parcels) {
    const size = (parcel.value?.byteLength ?? 0) + 100
    if (bytes + size > REQUEST_BYTES_MAX) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)?.push(parcel)
    bytes += size
  }
  return groups
}

async function connect(brokers: readonly string[]): Promise<Producer> {
  const kafka = new kafkajs.Kafka({
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 2000,
    requestTimeout: 5000,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
  })
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  })
  await producer.connect()
  return producer
}
