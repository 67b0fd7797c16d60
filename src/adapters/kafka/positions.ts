import type { Batch } from 'kafkajs'
import { assert } from '../../domain/fault.ts'

/**
 * Where fetches begin and end. kafkajs passes over fetches that hold control records alone (those
 * of transactions) without showing them; their offsets hold no message and must not look like a
 * gap, so the next batch begins where they began. A jump over anything else stays visible.
 */
export interface Positions {
  /** After joining: fetches begin anew. */
  forget(): void
  /** A fetch without messages went by, from its first to its last offset. */
  passed(topic: string, partition: number, first: string | null, last: string): void
  /** `position` and `next` of a batch; asking again gives the same. */
  read(batch: Batch): { readonly position: number; readonly next: number }
  /** The partition is read from elsewhere from now on. */
  moved(topic: string, partition: number): void
}

/** Offsets from `from` up to `to` are known to hold no message. */
interface Stretch {
  readonly from: number
  readonly to: number
}

export function createPositions(): Positions {
  const empty = new Map<string, Stretch>()
  const keyOf = (topic: string, partition: number) => `${topic}/${partition}`
  return {
    forget: () => empty.clear(),
    passed(topic, partition, first, last) {
      const key = keyOf(topic, partition)
      const [begin, to] = [toOffset(first ?? last), toOffset(last) + 1]
      const before = empty.get(key)
      empty.set(key, { from: before?.to === begin ? before.from : begin, to })
    },
    read(batch) {
      const fetched = fetchedOffset(batch)
      const before = empty.get(keyOf(batch.topic, batch.partition))
      const position = before?.to === fetched ? before.from : fetched
      return { position, next: toOffset(batch.lastOffset()) + 1 }
    },
    moved: (topic, partition) => empty.delete(keyOf(topic, partition)),
  }
}

export function toOffset(text: string): number {
  const offset = Number(text)
  assert(Number.isSafeInteger(offset), `an offset of Kafka is no whole number: ${text}`)
  return offset
}

/** A field that the types of kafkajs leave out: the offset that the fetch asked for. */
function fetchedOffset(batch: Batch): number {
  assert('fetchedOffset' in batch, 'kafkajs no longer tells where a fetch began')
  return toOffset(String(batch.fetchedOffset))
}
