import pLimit from 'p-limit'
import type { StreamName } from '../../domain/streams.ts'
import type { Intake, PartitionRange } from '../../ports/intake.ts'
import { type ClaimDeps, stillHold } from './partition-claim.ts'
import { SHARED_BYTES } from './store-part.ts'

/**
 * Ranges that come at the same time share a part, for a part of few rows costs more than its rows:
 * the log hands over what all partitions of a broker have at once, and goes on when all are stored.
 */

export interface SharingDeps extends ClaimDeps {
  readonly intake: Pick<Intake, 'receiveRanges'>
  /** Resolves once all that the log handed over with the range at hand is being read. */
  readonly handedOver: () => Promise<void>
}

export interface Sharing {
  /** The work of a reader that may end with a range: a part that is being gathered waits for it. */
  expect(work: Promise<unknown>): void
  /**
   * Makes a range durable, `isAlone` in a part of its own; resolves with whether its partition is
   * still held under its claim. What fails fails for all that share the part.
   */
  store(stream: StreamName, range: PartitionRange, isAlone: boolean): Promise<boolean>
}

/** One is made ready while another is written: more would only wait, with all their rows in memory. */
const PARTS_AT_ONCE = 2

/** Only samples come in such numbers; parts of other streams hold one delivery. */
const SHARED: StreamName = 'telemetry.accelerator'

type Ranges = [PartitionRange, ...PartitionRange[]]

interface Gathering {
  readonly ranges: Ranges
  bytes: number
  /** The ranges whose partitions are still held. */
  readonly stored: Promise<ReadonlySet<PartitionRange>>
}

export function createSharing(deps: SharingDeps): Sharing {
  const coming = new Set<Promise<unknown>>()
  const limit = pLimit(PARTS_AT_ONCE)
  const storeInTurn = (stream: StreamName, ranges: Ranges) =>
    limit(() => storeTogether(deps, stream, ranges))
  let gathering: Gathering | null = null
  const open = (range: PartitionRange): Gathering => {
    const ranges: Ranges = [range]
    const close = async () => {
      await deps.handedOver()
      while (coming.size > 0) await Promise.allSettled(coming)
      if (gathering === opened) gathering = null
      return storeInTurn(SHARED, ranges)
    }
    const opened = { ranges, bytes: bytesOf(range), stored: close() }
    return opened
  }
  return {
    expect(work) {
      const arrived = work.then(
        () => undefined,
        () => undefined,
      )
      coming.add(arrived)
      arrived.then(() => coming.delete(arrived))
    },
    async store(stream, range, isAlone) {
      if (isAlone || stream !== SHARED) {
        const held = await storeInTurn(stream, [range])
        return held.has(range)
      }
      const bytes = bytesOf(range)
      if (gathering === null || gathering.bytes + bytes > SHARED_BYTES) gathering = open(range)
      else {
        gathering.ranges.push(range)
        gathering.bytes += bytes
      }
      const held = await gathering.stored
      return held.has(range)
    },
  }
}

/** In the order of partitions, so that who is first does not rest on who looked up its place sooner. */
async function storeTogether(
  deps: SharingDeps,
  stream: StreamName,
  ranges: Ranges,
): Promise<ReadonlySet<PartitionRange>> {
  ranges.sort((a, b) => a.partition - b.partition)
  const receipts = await deps.intake.receiveRanges(stream, ranges)
  if (receipts === null) return new Set()
  const held = await stillHold(deps, ranges)
  return new Set(ranges.filter((_, at) => held[at]))
}

function bytesOf({ messages }: PartitionRange): number {
  return messages.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0)
}
