import type { Batch, EachBatchPayload } from 'kafkajs'
import type { Logger } from '../../ports/clock.ts'
import type { BatchVerdict, ConsumerOptions, PartitionBatch } from '../../ports/event-stream.ts'
import type { Membership } from './membership.ts'
import { type Positions, toOffset } from './positions.ts'
import { errorType } from './stream-fault.ts'

/**
 * One batch from fetch to verdict. Nothing is thrown to kafkajs from here: it would stop every
 * partition for the fault of one.
 */

export interface BatchHandlerDeps {
  readonly options: ConsumerOptions
  readonly membership: Membership
  readonly positions: Positions
  readonly logger: Logger
  /** Pause after a handler that threw. */
  readonly failure_wait_s: number
  readonly heartbeat_ms: number
  /** The partition reads on from `offset`. */
  seek(topic: string, partition: number, offset: number): void
  /** Calls `resume` after so long, unless the consumer ends before. */
  later(seconds: number, resume: () => void): void
}

/** Handles a batch unless its partition may be somebody else's; then the next owner fetches it. */
export async function handleBatch(
  deps: BatchHandlerDeps,
  payload: EachBatchPayload,
): Promise<void> {
  const { membership } = deps
  if (!membership.isSteady()) return
  const isStale = membership.watch()
  const beat = () => heartbeat(membership, payload)
  // Before anything is written the coordinator says whether we are still a member, and of which
  // generation: a process that slept past its session learns it here.
  await beat()
  // That may have been the answer to a heartbeat from before the join, which counts for nothing.
  if (membership.generation() === null) await beat()
  const generation = membership.generation()
  if (generation === null || !membership.isSteady() || isStale()) return
  const batch = toPartitionBatch(payload.batch, deps.positions, generation, isStale, beat)
  const beating = setInterval(beat, deps.heartbeat_ms)
  try {
    const verdict = await ask(deps, batch)
    if (!isStale()) await settle(deps, payload, batch, verdict)
  } finally {
    clearInterval(beating)
  }
}

async function ask(deps: BatchHandlerDeps, batch: PartitionBatch): Promise<BatchVerdict> {
  try {
    return await deps.options.batch(batch)
  } catch (err) {
    const { topic, partition, position } = batch
    deps.logger.error({ err, topic, partition, position }, 'a batch failed and is fetched again')
    return { kind: 'wait', seconds: deps.failure_wait_s }
  }
}

async function settle(
  deps: BatchHandlerDeps,
  payload: EachBatchPayload,
  { topic, partition, next }: PartitionBatch,
  verdict: BatchVerdict,
): Promise<void> {
  if (verdict.kind === 'wait') {
    // Nothing is resolved, so the fetch after the pause begins at the same position.
    deps.later(verdict.seconds, payload.pause())
    return
  }
  deps.positions.moved(topic, partition)
  if (verdict.kind === 'seek') {
    deps.seek(topic, partition, verdict.offset)
    return
  }
  payload.resolveOffset(payload.batch.lastOffset())
  await commit(deps, payload, topic, partition, next)
}

/** A commit only saves the next reader work: what is durable is known from the store. */
async function commit(
  { membership, logger }: BatchHandlerDeps,
  payload: EachBatchPayload,
  topic: string,
  partition: number,
  next: number,
): Promise<void> {
  const partitions = [{ partition, offset: String(next) }]
  try {
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] })
  } catch (err) {
    membership.refused(errorType(err))
    logger.warn({ err, topic, partition, next }, 'an offset could not be committed')
  }
}

async function heartbeat(membership: Membership, payload: EachBatchPayload): Promise<void> {
  try {
    await payload.heartbeat()
  } catch (err) {
    membership.refused(errorType(err))
  }
}

function toPartitionBatch(
  batch: Batch,
  positions: Positions,
  generation: number,
  isStale: () => boolean,
  beat: () => Promise<void>,
): PartitionBatch {
  return {
    topic: batch.topic,
    partition: batch.partition,
    generation,
    ...positions.read(batch),
    high_water: toOffset(batch.highWatermark),
    messages: batch.messages.map(({ offset, value }) => ({ offset: toOffset(offset), value })),
    isStale,
    heartbeat: beat,
  }
}
