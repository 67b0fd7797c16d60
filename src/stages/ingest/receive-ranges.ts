import { createHash } from 'node:crypto'
import type { LimitFunction } from 'p-limit'
import { sha256Hex } from '../../domain/canonical.ts'
import type { StreamName } from '../../domain/streams.ts'
import { type Instant, toSqlTime } from '../../domain/window.ts'
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
import type { DeliveryContext, StreamStage } from './plan.ts'
import { type Contribution, storePart } from './store-part.ts'
import { type Pending, takeBlock } from './write-part.ts'

/** Ranges of partitions: one part, and for each range a line in the ledger of partitions. */

/** All records of one message, whatever is wrong with it. Never throws. */
export type DecodeMessage = (value: Uint8Array) => Promise<DecodedBlock>

export interface RangeDeps extends IngestDeps {
  readonly stage: StreamStage
  readonly lock: LimitFunction
  readonly decodeMessage: DecodeMessage
  readonly convert: Convert | null
}

/** See `Intake.receiveRanges`. */
export async function receiveRanges(
  deps: RangeDeps,
  kind: StreamName,
  [first, ...others]: readonly [PartitionRange, ...PartitionRange[]],
): Promise<readonly Receipt[] | null> {
  const received_at = deps.clock.now()
  const take = (range: PartitionRange): Taken => {
    const context = contextOf(kind, range, received_at)
    return { range, context, account: openAccount(context) }
  }
  const head = take(first)
  const rest = others.map(take)
  const contribution = (taken: Taken): Contribution => contributionOf(deps, taken)
  const mark = `${head.context.batch_id}-1`
  const isStored = await storePart(deps, [contribution(head), ...rest.map(contribution)], mark)
  return isStored ? [head, ...rest].map(({ account }) => account.receipt()) : null
}

/** A range on its way into the part. */
interface Taken {
  readonly range: PartitionRange
  readonly context: DeliveryContext
  readonly account: Account
}

function contributionOf(deps: RangeDeps, taken: Taken): Contribution {
  const { range, context, account } = taken
  return {
    context,
    source: context.origin,
    take: pending => takeRange(deps, pending, taken),
    isLost: () => range.isStale(),
    account(share) {
      account.add(share)
      return { table: 'partition_parts', row: partRow(deps, taken) }
    },
  }
}

async function takeRange(
  deps: RangeDeps,
  pending: Pending,
  { range, context, account }: Taken,
): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  for (const { offset, value } of range.messages) {
    // Another writer's tombstone in a topic of telemetry: nothing was said, so nothing is counted.
    if (value === null) continue
    hash.update(value)
    bytes += value.byteLength
    const block = await blockOf(deps, pending, await deps.decodeMessage(value), offset)
    await takeBlock(pending, block, `${context.origin}@${offset}`)
  }
  account.end(bytes, hash.digest('hex'))
}

/** What a message held, each record with the message's offset. */
async function blockOf(
  { convert }: RangeDeps,
  pending: Pending,
  decoded: DecodedBlock,
  offset: number,
): Promise<DecodedBlock> {
  if (isLines(decoded) && pending.part.lines) return { ...decoded, offset }
  const records = await recordsOf(decoded)
  const converted = convert ? records.flatMap(convert) : records
  return converted.map(record => ({ ...record, offset }))
}

/**
 * The epoch belongs to the batch id: after any failure the partition is claimed anew, so the marks
 * of a second attempt are never found ticked off by those of the first.
 */
function contextOf(kind: StreamName, range: PartitionRange, received_at: Instant): DeliveryContext {
  const { topic, partition, epoch, first } = range
  const batch_id = `bat-${sha256Hex(JSON.stringify([topic, partition, epoch, first])).slice(0, 16)}`
  return { batch_id, kind, received_at, replace_period: false, origin: partitionSource(range) }
}

/** How samples and quarantine name the partition that they came from. */
export function partitionSource({
  topic,
  partition,
  incarnation,
}: Pick<PartitionRange, 'topic' | 'partition' | 'incarnation'>): string {
  return `kafka:${topic}/${partition}${incarnation === 0 ? '' : `~${incarnation}`}`
}

function partRow({ instance }: RangeDeps, { range, context, account }: Taken) {
  const { topic, partition, incarnation, epoch, generation, first, next, messages } = range
  const { time_min, time_max, ...counts } = account.receipt()
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
    received_at: toSqlTime(context.received_at),
    messages: messages.length,
    ...counts,
    time_min: time_min === null ? null : toSqlTime(time_min),
    time_max: time_max === null ? null : toSqlTime(time_max),
  }
}
