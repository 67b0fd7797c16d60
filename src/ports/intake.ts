import type { Fault } from '../domain/fault.ts'
import type { Rejection } from '../domain/records/reject.ts'
import type { DeliveryKind, StreamName } from '../domain/streams.ts'
import type { Instant } from '../domain/window.ts'
import type { StreamMessage } from './event-stream.ts'

/** One record as it came out of a body, before anyone asked what it means. */
export interface DecodedRecord {
  /** Line of an NDJSON or CSV body, place in a JSON array; counts from 1. */
  readonly position: number
  /** null when the record could not be read at all; `rejection` then says why. */
  readonly value: object | null
  readonly rejection: Rejection | null
  /** As it came; cut to `raw_bytes_kept` when the record is longer than `record_bytes_max`. */
  readonly raw: string | Uint8Array
  /** Set where an import turned a statement into a record of this stream. */
  readonly stream?: StreamName
  /** Offset of the message that held it, where it came from a partition. */
  readonly offset?: number
  /** The record was a row of a table: all its values are texts, and none is nested. */
  readonly flat?: true
}

/** Lines that may be records, not cut yet: NDJSON as it came. */
export interface LineBlock {
  /** Whole lines; the last may lack its line feed. */
  readonly bytes: Uint8Array
  /** Position of the first. */
  readonly first: number
  /** Offset of the message that held them, where they came from a partition. */
  readonly offset?: number
  /** The records of some of the lines, of which the first has this position; a blank one has none. */
  read(
    lines: Uint8Array,
    position: number,
  ): readonly DecodedRecord[] | Promise<readonly DecodedRecord[]>
}

export type DecodedBlock = LineBlock | readonly DecodedRecord[]

export function isLines(block: DecodedBlock): block is LineBlock {
  return 'bytes' in block
}

/** The records of a block, in order. */
export async function recordsOf(block: DecodedBlock): Promise<readonly DecodedRecord[]> {
  return isLines(block) ? block.read(block.bytes, block.first) : block
}

export type BodyFormat = 'auto' | 'ndjson' | 'csv'

export interface DecodeBounds {
  readonly record_bytes_max: number
  readonly raw_bytes_kept: number
  /** Bound after decompression; null for files. */
  readonly body_bytes_max: number | null
}

/**
 * Bytes to records, or to lines that hold one each, a block at a time so that memory does not grow
 * with the body. Throws BODY_MALFORMED (with a position, see `positionOf`) or BODY_TOO_LARGE.
 */
export type Decode = (
  bytes: AsyncIterable<Uint8Array>,
  format: BodyFormat,
  bounds: DecodeBounds,
) => AsyncIterable<DecodedBlock>

/**
 * Turns a record of another standard, or a row of a flat table, into records of our streams. What
 * it cannot read comes back as one rejected record.
 */
export type Convert = (record: DecodedRecord) => readonly DecodedRecord[]

/** Where a delivery came from: `file:…`, `http:…`, `kafka:topic/partition@first`. */
export interface DeliverySource {
  readonly name: string
  readonly format: BodyFormat
  /** Billing only: this file states its billing periods anew, whole. */
  readonly replace_period: boolean
  /** Bound for bodies from the network; null for files. */
  readonly body_bytes_max: number | null
}

/** Messages of one partition that become durable together, and who reads them. */
export interface PartitionRange {
  readonly topic: string
  readonly partition: number
  /** Of the claim under which it is read; a higher one voids what a lower one writes from there. */
  readonly epoch: number
  /** 0, and another number for every time that the topic was found to be made anew. */
  readonly incarnation: number
  readonly generation: number
  /** Positions: every message from `first` up to, not including, `next`. */
  readonly first: number
  readonly next: number
  readonly messages: readonly StreamMessage[]
  /** True once the partition may be somebody else's; then nothing more is written for it. */
  isStale(): boolean
}

/** One record of quarantine: its bytes, and its place in the body or message that it came in. */
export interface RetriedRecord {
  readonly position: number
  readonly raw: Uint8Array
}

/** What became of a delivery: consumed = accepted + duplicates + quarantined. */
export interface Receipt {
  readonly batch_id: string
  readonly stream: DeliveryKind
  readonly consumed: number
  readonly accepted: number
  readonly duplicates: number
  readonly quarantined: number
  /** Of the accepted: those that took the place of another content under the same identity. */
  readonly revised: number
  /** Records whose identity was held by a different content of equal revision. */
  readonly conflicts: number
  readonly bytes: number
  readonly source_hash: string
  readonly time_min: Instant | null
  readonly time_max: Instant | null
}

/** `fault`: the body could not be read to its end; what came before it is in the receipt. */
export interface Delivered {
  readonly receipt: Receipt
  readonly fault: Fault | null
}

export interface Intake {
  /**
   * Reads a whole body and answers once its rows are durable. `kind` null: told from the records
   * or the source's name; throws USAGE when neither tells. A body that breaks off keeps what came
   * before the break, and sending it again counts nothing twice. Throws when the store fails or
   * the bytes stop coming; then nothing is acknowledged.
   */
  receive(
    kind: DeliveryKind | null,
    bytes: AsyncIterable<Uint8Array>,
    source: DeliverySource,
    progress?: (receipt: Receipt) => void,
  ): Promise<Delivered>
  /**
   * Makes ranges of different partitions durable as one part, with a line for each in the ledger of
   * partitions, and answers with their accounts, in their order; more than one only of samples.
   * null: a partition was lost meanwhile and nothing was accounted; rows that were written are met
   * again by whoever reads the ranges next. A message that cannot be read is one quarantined
   * record. Throws when the store fails; then nothing is accounted either.
   */
  receiveRanges(
    kind: StreamName,
    ranges: readonly [PartitionRange, ...PartitionRange[]],
  ): Promise<readonly Receipt[] | null>
  /**
   * Takes records in again that were quarantined, each under the place it first came from, so that
   * one which is still refused stays the same entry of quarantine.
   */
  retry(kind: StreamName, source: string, records: readonly RetriedRecord[]): Promise<Receipt>
  /** Drops what is held in memory about devices: other instances may have stored for them since. */
  forget(): void
}
