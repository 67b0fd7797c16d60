import { createHash } from 'node:crypto'
import { sha256Hex } from '../../domain/canonical.ts'
import type { StreamName } from '../../domain/streams.ts'
import { toSqlTime } from '../../domain/window.ts'
import {
  type Convert,
  type DecodedBlock,
  isLines,
  type PartitionRange,
  type Receipt,
  recordsOf,
} from '../../ports/intake.ts'
import type { IngestDeps } from '../ingest.ts'
import { type Account, openAccount } from './account.ts'
import type { Lock } from './lock.ts'
import type { DeliveryContext, StreamStage } from './plan.ts'
import {
  beginPart,
  type Pending,
  preparePart,
  takeLines,
  takeRecord,
  writePart,
} from './write-part.ts'

/** One range of a partition: one part, one line in the ledger of partitions. */

/** All records of one message, whatever is wrong with it. Never throws. */
export type DecodeMessage = (value: Uint8Array) => Promise<DecodedBlock>

export interface RangeDeps extends IngestDeps {
  readonly stage: StreamStage
  readonly lock: Lock
  readonly decodeMessage: DecodeMessage
  readonly convert: Convert | null
}

/** The partition was taken away between two steps; whoever has it now reads the range again. */
class Lost extends Error {}

/** See `Intake.receiveRange`. */
export async function receiveRange(
  deps: RangeDeps,
  kind: StreamName,
  range: PartitionRange,
): Promise<Receipt | null> {
  const context = contextOf(deps, kind, range)
  const account = openAccount(context)
  const pending = beginPart(deps.stage, context)
  const hash = createHash('sha256')
  let bytes = 0
  for (const { offset, value } of range.messages) {
    // Another writer's tombstone in a topic of telemetry: nothing was said, so nothing is counted.
    if (value === null) continue
    hash.update(value)
    bytes += value.byteLength
    await takeMessage(deps, pending, await deps.decodeMessage(value), context, offset)
  }
  account.end(bytes, hash.digest('hex'))
  const ledger = async (...counts: Parameters<Account['add']>): Promise<void> => {
    if (range.isStale()) throw new Lost()
    account.add(...counts)
    await deps.store.append('partition_parts', [partRow(deps, account.receipt(), context, range)])
  }
  const { batch_id, origin } = context
  try {
    await preparePart(pending, context, origin)
    await deps.lock(async () => {
      if (range.isStale()) throw new Lost()
      await writePart(deps, pending, { context, source: origin, mark: `${batch_id}-1`, ledger })
    })
    return account.receipt()
  } catch (fault) {
    if (fault instanceof Lost) return null
    throw fault
  } finally {
    pending.part.release?.()
  }
}

/** A range is one part, however many records its messages hold. */
const WHOLE = {
  batch_rows: Number.POSITIVE_INFINITY,
  batch_characters: Number.POSITIVE_INFINITY,
}

async function takeMessage(
  { convert }: RangeDeps,
  pending: Pending,
  decoded: DecodedBlock,
  context: DeliveryContext,
  offset: number,
): Promise<void> {
  const source = `${context.origin}@${offset}`
  if (isLines(decoded) && pending.part.lines) {
    const block = { ...decoded, offset }
    for (let from = { byte: 0, position: block.first }; from.byte < block.bytes.byteLength; ) {
      from = takeLines(pending, block, from, WHOLE, source)
    }
    return
  }
  const records = await recordsOf(decoded)
  for (const record of convert ? records.flatMap(convert) : records) {
    takeRecord(pending, { ...record, offset }, context, source)
  }
}

/**
 * The epoch belongs to the batch id: after any failure the partition is claimed anew, so the marks
 * of a second attempt are never found ticked off by those of the first.
 */
function contextOf(deps: RangeDeps, kind: StreamName, range: PartitionRange): DeliveryContext {
  const { topic, partition, epoch, first } = range
  const batch_id = `bat-${sha256Hex(JSON.stringify([topic, partition, epoch, first])).slice(0, 16)}`
  return {
    batch_id,
    kind,
    received_at: deps.clock.now(),
    replace_period: false,
    origin: partitionSource(range),
  }
}

/** How samples and quarantine name the partition that they came from. */
export function partitionSource({
  topic,
  partition,
  incarnation,
}: Pick<PartitionRange, 'topic' | 'partition' | 'incarnation'>): string {
  return `kafka:${topic}/${partition}${incarnation === 0 ? '' : `~${incarnation}`}`
}

function partRow(
  { instance }: RangeDeps,
  receipt: Receipt,
  { received_at }: DeliveryContext,
  range: PartitionRange,
) {
  const { topic, partition, incarnation, epoch, generation, first, next, messages } = range
  const { time_min, time_max, ...counts } = receipt
  return {
    topic,
    partition,
    incarnation,
    epoch,
    generation,
    offset_first: first,
    offset_next: next,
    kind: 'part',
    reason: '',
    instance,
    received_at: toSqlTime(received_at),
    messages: messages.length,
    ...counts,
    time_min: time_min === null ? null : toSqlTime(time_min),
    time_max: time_max === null ? null : toSqlTime(time_max),
  }
}
