import { Fault } from '../../domain/fault.ts'
import type { IngestSettings } from '../../domain/ingest-settings.ts'
import type { StreamName } from '../../domain/streams.ts'
import type { Logger } from '../../ports/clock.ts'
import type { BatchVerdict, PartitionBatch, StreamMessage } from '../../ports/event-stream.ts'
import { type Claim, type ClaimReason, claimPartition } from './partition-claim.ts'
import { createSharing, type Sharing, type SharingDeps } from './shared-parts.ts'
import { SHARED_BYTES } from './store-part.ts'

/**
 * Partitions of a log into the store, each message once. The ledger in the store says how far a
 * partition was read; the offset committed to the log is a convenience that may lag or be lost.
 * Contiguity is checked here and nowhere else: what is stored next begins where the last part ended.
 */

export interface ReaderDeps extends SharingDeps {
  readonly logger: Logger
  readonly settings: Pick<IngestSettings, 'batch_rows' | 'batch_characters' | 'retry_after_s'>
  readonly streamOf: (topic: string) => StreamName
}

export interface PartitionReader {
  read(batch: PartitionBatch): Promise<BatchVerdict>
  /** Partitions that wait, with the reason: `busy` recovers by itself, `halted` needs a person. */
  waiting(): readonly WaitingPartition[]
}

export interface WaitingPartition {
  readonly name: string
  readonly state: 'busy' | 'halted'
  readonly why: string
}

interface Held {
  claim: Claim
  /** The offset it was sent to and has not arrived at; null when it is where it should be. */
  sought: number | null
}

/** A fault that repeating does not cure: looked at again, but not in a hurry. */
const HALT_S = 30

interface Reading extends ReaderDeps {
  readonly held: Map<string, Held>
  readonly waitingOnes: Map<string, WaitingPartition>
  readonly sharing: Sharing
}

export function createPartitionReader(deps: ReaderDeps): PartitionReader {
  const sharing = createSharing(deps)
  const reading: Reading = { ...deps, held: new Map(), waitingOnes: new Map(), sharing }
  const { held, waitingOnes } = reading
  return {
    waiting: () => [...waitingOnes.values()],
    async read(batch) {
      const name = `${batch.topic}/${batch.partition}`
      const isAlone = waitingOnes.has(name)
      try {
        const verdict = await readBatch(reading, name, batch, isAlone)
        if (verdict.kind !== 'wait') waitingOnes.delete(name)
        return verdict
      } catch (fault) {
        // What the store has of this attempt is not known: the next one asks it.
        held.delete(name)
        return waitFor(reading, name, fault, isAlone)
      }
    },
  }
}

/** A fault in company may be that of another's records: it is tried alone before it halts. */
function waitFor(
  { logger, settings, waitingOnes }: Reading,
  name: string,
  fault: unknown,
  isAlone: boolean,
): BatchVerdict {
  const passes = fault instanceof Fault && fault.retryable
  const busy = passes || !isAlone
  const why = fault instanceof Error ? fault.message : String(fault)
  waitingOnes.set(name, { name, state: busy ? 'busy' : 'halted', why })
  logger[busy ? 'warn' : 'error']({ fault, partition: name }, `partition ${name} waits: ${why}`)
  if (passes) return { kind: 'wait', seconds: settings.retry_after_s }
  return { kind: 'wait', seconds: isAlone ? HALT_S : 0 }
}

async function readBatch(
  deps: Reading,
  name: string,
  batch: PartitionBatch,
  isAlone: boolean,
): Promise<BatchVerdict> {
  const placing = placeOf(deps, name, batch)
  deps.sharing.expect(placing)
  const place = await placing
  if (place === null) return { kind: 'wait', seconds: deps.settings.retry_after_s }
  if (place.claim.next !== batch.position) {
    place.sought = place.claim.next
    return { kind: 'seek', offset: place.claim.next }
  }
  place.sought = null
  for (const range of cut(batch, deps.settings)) {
    const { topic, partition, isStale } = batch
    const whole = { topic, partition, isStale, ...place.claim, ...range }
    const isHeld = await deps.sharing.store(deps.streamOf(topic), whole, isAlone)
    await batch.heartbeat()
    if (!isHeld) {
      deps.held.delete(name)
      return { kind: 'wait', seconds: 0 }
    }
    place.claim = { ...place.claim, next: range.next }
  }
  return { kind: 'durable' }
}

/** The claim that a batch is read under; where the log cannot go on from it, a new one. */
async function placeOf(deps: Reading, name: string, batch: PartitionBatch): Promise<Held | null> {
  const known = deps.held.get(name)
  const current = known?.claim.generation === batch.generation ? known : null
  const start = current ? leap(current, batch) : { otherwise: batch.position }
  if (current !== null && start === null) return current
  const claim = await claimPartition(deps, batch, start ?? { otherwise: batch.position })
  if (claim === null) return null
  if (start !== null && 'reason' in start) {
    const from = current?.claim.next ?? 0
    deps.logger.error(
      { partition: name, from, to: claim.next, reason: start.reason },
      start.reason === 'restart'
        ? `${name} is shorter than what was read of it: the topic was made anew, reading begins at ${claim.next}`
        : `${name}: offsets ${from} to ${claim.next - 1} were gone before they were read`,
    )
  }
  const place = { claim, sought: null }
  deps.held.set(name, place)
  return place
}

/**
 * Whether the log has nothing at the place that the ledger names: the topic is shorter than what
 * was read (made anew), or sought in vain (retention took it). null: it can be sought, or is there.
 */
function leap(
  { claim, sought }: Held,
  { position, high_water }: PartitionBatch,
): { readonly at: number; readonly reason: ClaimReason } | null {
  if (position === claim.next) return null
  if (high_water < claim.next) return { at: position, reason: 'restart' }
  return sought === claim.next && position > claim.next ? { at: position, reason: 'gap' } : null
}

interface Cut {
  readonly first: number
  readonly next: number
  readonly messages: readonly StreamMessage[]
}

/**
 * Ranges no larger than what shares a part: what is packed a twentieth comes in large batches, and the
 * parts of all partitions would be in memory at once. The last one reaches to the end of the batch,
 * holes included.
 */
function* cut(
  batch: PartitionBatch,
  { batch_rows, batch_characters }: ReaderDeps['settings'],
): Generator<Cut> {
  let first = batch.position
  let messages: StreamMessage[] = []
  let bytes = 0
  const bytes_max = Math.min(batch_characters, SHARED_BYTES)
  for (const message of batch.messages) {
    const size = message.value?.byteLength ?? 0
    const full = messages.length >= batch_rows || bytes + size > bytes_max
    if (full && messages.length > 0) {
      yield { first, next: message.offset, messages }
      first = message.offset
      messages = []
      bytes = 0
    }
    messages.push(message)
    bytes += size
  }
  if (batch.next > first) yield { first, next: batch.next, messages }
}
