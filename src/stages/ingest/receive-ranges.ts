import { createHash } from 'node:crypto'
import { sha256Hex } from '../../domain/canonical.ts'
import { assert } from '../../domain/fault.ts'
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
import type { Lock } from './lock.ts'
import type { DeliveryContext, StreamStage } from './plan.ts'
import {
  beginPart,
  joinPart,
  type Pending,
  preparePart,
  takeLines,
  takeRecord,
  writePart,
} from './write-part.ts'

/** Ranges of partitions: one part, and for each range a line in the ledger of partitions. */

/** All records of one message, whatever is wrong with it. Never throws. */
export type DecodeMessage = (value: Uint8Array) => Promise<DecodedBlock>

export interface RangeDeps extends IngestDeps {
  readonly stage: StreamStage
  readonly lock: Lock
  readonly decodeMessage: DecodeMessage
  readonly convert: Convert | null
}

/** A partition was taken away between two steps; whoever has it now reads the range again. */
class Lost extends Error {}

/** A range on its way into the part. */
interface Taken {
  readonly range: PartitionRange
  readonly context: DeliveryContext
  readonly account: Account
}

/** See `Intake.receiveRanges`. */
export async function receiveRanges(
  deps: RangeDeps,
  kind: StreamName,
  ranges: readonly [PartitionRange, ...PartitionRange[]],
): Promise<readonly Receipt[] | null> {
  const received_at = deps.clock.now()
  const [first, ...others] = ranges.map(range => takenOf(kind, range, received_at))
  assert(first, 'there is a range')
  const pending = beginPart(deps.stage, first.context, first.context.origin)
  try {
    await takeRange(deps, pending, first)
    for (const taken of others) {
      joinPart(pending, taken.context, taken.context.origin)
      await takeRange(deps, pending, taken)
    }
    await preparePart(pending)
    return await writeRanges(deps, pending, [first, ...others])
  } catch (fault) {
    if (fault instanceof Lost) return null
    throw fault
  } finally {
    pending.part.release?.()
  }
}

function takenOf(kind: StreamName, range: PartitionRange, received_at: Instant): Taken {
  const context = contextOf(kind, range, received_at)
  return { range, context, account: openAccount(context) }
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
    await takeMessage(deps, pending, await deps.decodeMessage(value), context.origin, offset)
  }
  account.end(bytes, hash.digest('hex'))
}

async function writeRanges(
  deps: RangeDeps,
  pending: Pending,
  all: readonly [Taken, ...Taken[]],
): Promise<readonly Receipt[]> {
  const holds = (): void => {
    if (all.some(({ range }) => range.isStale())) throw new Lost()
  }
  await deps.lock(async () => {
    holds()
    await writePart(deps, pending, {
      mark: `${all[0].context.batch_id}-1`,
      async ledger(shares) {
        holds()
        for (const [at, share] of shares.entries()) all[at]?.account.add(share)
        const rows = all.map(taken => partRow(deps, taken))
        await deps.store.append('partition_parts', rows)
      },
    })
  })
  return all.map(({ account }) => account.receipt())
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
  origin: string,
  offset: number,
): Promise<void> {
  const source = `${origin}@${offset}`
  if (isLines(decoded) && pending.part.lines) {
    const block = { ...decoded, offset }
    for (let from = { byte: 0, position: block.first }; from.byte < block.bytes.byteLength; ) {
      from = takeLines(pending, block, from, WHOLE, source)
    }
    return
  }
  const records = await recordsOf(decoded)
  for (const record of convert ? records.flatMap(convert) : records) {
    takeRecord(pending, { ...record, offset }, source)
  }
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
