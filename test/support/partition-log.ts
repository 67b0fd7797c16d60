import type { PartitionBatch, StreamMessage } from '../../src/ports/event-stream.ts'

/** One partition of a log, kept in memory: what is in it, and who may read it. */
export class PartitionLog {
  readonly messages: StreamMessage[] = []
  readonly partition: number
  /** Offsets that hold no message, as transactions and compaction leave them. */
  start = 0
  committed: number | null = null
  generation = 1

  constructor(partition = 0) {
    this.partition = partition
  }

  append(value: Uint8Array | null): void {
    this.messages.push({ offset: this.end, value })
  }

  get end(): number {
    return (this.messages.at(-1)?.offset ?? this.start - 1) + 1
  }

  /** Retention: what lies before `offset` is gone. */
  trim(offset: number): void {
    while ((this.messages[0]?.offset ?? offset) < offset) this.messages.shift()
    this.start = Math.max(this.start, offset)
  }

  /** The batch that a member of a generation is handed at `position`. */
  fetch(
    position: number,
    count: number,
    member: { readonly generation: number; readonly knows: () => boolean },
  ): PartitionBatch {
    const from = Math.max(position, this.start)
    const messages = this.messages.filter(message => message.offset >= from).slice(0, count)
    return {
      topic: 'telemetry.accelerator',
      partition: this.partition,
      generation: member.generation,
      position: from > this.end ? this.start : from,
      next: (messages.at(-1)?.offset ?? from - 1) + 1,
      high_water: this.end,
      messages,
      isStale: member.knows,
      heartbeat: async () => undefined,
    }
  }
}
