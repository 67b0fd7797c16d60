/**
 * A partitioned log such as Kafka. The port says what the guarantees need and nothing else: who
 * reads a partition, from where, and that an offset is committed only once its rows are durable.
 */

export interface StreamMessage {
  /** Position in its partition; below 2^53. */
  readonly offset: number
  /** null: a tombstone, or a message without a body. */
  readonly value: Uint8Array | null
}

/** Messages of one partition in order of offset, fetched under one generation of the group. */
export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  /** Grows with every change of the group's members, until the group itself is forgotten. */
  readonly generation: number
  /** Where the fetch began. Offsets from here to the first message hold no message. */
  readonly position: number
  /** Where the next fetch begins. */
  readonly next: number
  /** Offset after the newest message of the partition when it was fetched; lag = high_water - next. */
  readonly high_water: number
  readonly messages: readonly StreamMessage[]
  /** True once the partition may belong to somebody else: then nothing more may be written for it. */
  isStale(): boolean
  /** Keeps the membership alive during long work; never throws, `isStale` tells. */
  heartbeat(): Promise<void>
}

/** What became of a batch. */
export type BatchVerdict =
  /** Durable: offsets up to `next` of the batch may be committed. */
  | { readonly kind: 'durable' }
  /** Not to be read from here: the reader goes to `offset`; nothing is committed. */
  | { readonly kind: 'seek'; readonly offset: number }
  /** Cannot be stored just now: the partition pauses and the same position is fetched again. */
  | { readonly kind: 'wait'; readonly seconds: number }

export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

export interface ConsumerOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Called for one batch of a partition at a time; partitions run side by side. */
  readonly batch: (batch: PartitionBatch) => Promise<BatchVerdict>
  /**
   * Where a partition that was just assigned is read from. null, and as long as nothing is answered:
   * where the group committed, else at its beginning. Without it a partition whose commit lies beyond
   * what is durable is read again only once its next message comes.
   */
  readonly start?: (partition: PartitionName) => Promise<number | null>
  /** Which partitions are held from now on; an empty list when all were taken away or the group left. */
  readonly assigned?: (partitions: readonly PartitionName[], generation: number) => void
}

export interface StreamConsumer {
  /** Lets batches under way finish and commits them, then leaves the group. */
  stop(): Promise<void>
  /** null while joined and fetching; else one sentence: what keeps the consumer from its work. */
  trouble(): string | null
}

export interface OutgoingMessage {
  readonly key: string
  /** Text goes as UTF-8. */
  readonly value: string | Buffer
  readonly headers: Readonly<Record<string, string>>
}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  readonly settings: Readonly<Record<string, string>>
}

export interface EventStream {
  /** Joins the group; throws STREAM_UNAVAILABLE when no broker answers. */
  consume(options: ConsumerOptions): Promise<StreamConsumer>
  /** Resolves once all in-sync replicas have the messages. Throws STREAM_UNAVAILABLE. */
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>
  /** Creates the topics that are missing; gives back their names. */
  createTopics(topics: readonly TopicSpec[]): Promise<readonly string[]>
  close(): Promise<void>
}
