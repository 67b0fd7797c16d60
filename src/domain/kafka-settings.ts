import { z } from 'zod'
import { STREAMS } from './streams.ts'

/** How Kafka is read and which topics are made; addresses and secrets come from the environment. */

const seconds = z.number().positive()
const bytes = z.int().min(1024).max(1_073_741_824)

/** Of the topics of one kind. */
const topicKind = (partitions: number, retention_days: number) =>
  z
    .strictObject({
      partitions: z.int().min(1).max(10_000).default(partitions),
      retention_days: z.number().positive().max(36_500).default(retention_days),
    })
    .prefault({})

export const kafkaSettings = z
  .strictObject({
    /** Consumer group; instances that share a store share it. */
    group: z.string().min(1).max(200).default('flopwatch'),
    /** Before the name of every topic, e.g. `prod.`. */
    topic_prefix: z
      .string()
      .regex(/^[A-Za-z0-9._-]{0,100}$/, 'may hold letters, digits, dots, dashes and underscores')
      .default(''),
    /** A member that is silent for so long has left; its partitions go to others. */
    session_timeout_s: seconds.min(1).max(1800).default(30),
    /** How long members may take to finish what they do when the group changes. */
    rebalance_timeout_s: seconds.min(1).max(1800).default(60),
    request_timeout_s: seconds.default(10),
    /** Partitions whose batches are handled side by side. */
    partitions_concurrent: z.int().min(1).max(1000).default(4),
    fetch: z
      .strictObject({
        /** The broker answers a fetch with so many bytes, or after `wait_s`. */
        bytes_min: z.int().min(1).default(1),
        wait_s: seconds.max(10).default(0.5),
        /** Unpacked, about; no fetch asks for less than a mebibyte of a partition and two in all. */
        bytes_max: bytes.default(33_554_432),
        partition_bytes_max: bytes.default(16_777_216),
      })
      .prefault({}),
    /** Pause of a partition whose batch failed for a reason nobody foresaw. */
    failure_wait_s: seconds.default(5),
    topics: z
      .strictObject({
        /** Copies of each partition; -1 is the broker's default. */
        replication: z.union([z.literal(-1), z.int().min(1).max(100)]).default(-1),
        telemetry: topicKind(12, 7),
        identity: topicKind(3, 30),
        events: topicKind(3, 30),
      })
      .prefault({}),
  })
  .refine(({ fetch }) => fetch.partition_bytes_max <= fetch.bytes_max, {
    path: ['fetch', 'partition_bytes_max'],
    message: 'must not exceed fetch.bytes_max',
  })
  .prefault({})
export type KafkaFileSettings = z.output<typeof kafkaSettings>

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

export interface KafkaLogin {
  readonly mechanism: (typeof SASL_MECHANISMS)[number]
  readonly username: string
  readonly password: string
}

export interface KafkaSettings extends KafkaFileSettings {
  /** host:port each; empty = Kafka is not used. */
  readonly brokers: readonly string[]
  readonly tls: boolean
  /** Certificates that vouch for the brokers, in PEM; null = those of the system. */
  readonly ca_file: string | null
  readonly login: KafkaLogin | null
}

/** Topics that Flopwatch writes, each an append-only log of what it found. */
export const EVENT_TOPICS = ['findings', 'cases', 'reports'] as const

/** One partition: whoever is assigned it is the active detect instance. Holds no messages. */
export const CONTROL_TOPIC = 'flopwatch.control'

export interface TopicPlan {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  readonly settings: Readonly<Record<string, string>>
}

/** Every topic of the contract, as `flopwatch migrate --topics` creates it. */
export function planTopics({ topic_prefix, topics }: KafkaFileSettings): TopicPlan[] {
  const plan = (name: string, kind: { partitions: number; retention_days: number }): TopicPlan => ({
    name: topic_prefix + name,
    partitions: kind.partitions,
    replication: topics.replication,
    settings: {
      // Compaction would take away records whose offsets the ledger counts on.
      'cleanup.policy': 'delete',
      'retention.ms': String(Math.round(kind.retention_days * 86_400_000)),
    },
  })
  const kindOf = (stream: string) =>
    stream.startsWith('identity.') ? topics.identity : topics.telemetry
  return [
    ...STREAMS.map(stream => plan(stream, kindOf(stream))),
    ...EVENT_TOPICS.map(name => plan(name, topics.events)),
    plan(CONTROL_TOPIC, { ...topics.events, partitions: 1 }),
  ]
}
