import { toSqlTime } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PartitionBatch } from '../../ports/event-stream.ts'
import type { Store } from '../../ports/store.ts'

/**
 * Who reads a partition from where. The store has no compare-and-set, so a claim is written, read
 * back, and looked at again after every part: whoever finds a newer claim has lost the partition
 * and has to claim it anew, from where the newer claim begins.
 */

export interface Claim {
  readonly generation: number
  readonly epoch: number
  readonly incarnation: number
  /** Where the next part begins. */
  readonly next: number
}

/** Why reading begins where it begins; '' when it simply goes on. */
export type ClaimReason = '' | 'gap' | 'restart' | 'rewind'

export interface ClaimDeps {
  readonly store: Store
  readonly clock: Clock
  readonly instance: string
}

type Place = Pick<PartitionBatch, 'topic' | 'partition' | 'generation'>

/** Ties with another instance that claims in the same moment; each try settles one of them. */
const TRIES = 5

/**
 * Claims a partition from where the ledger ends, or from `at`. null: others claim it as well and
 * were faster each time, so it cannot be ours for long.
 */
export async function claimPartition(
  deps: ClaimDeps,
  place: Place,
  start: { readonly at: number; readonly reason: ClaimReason } | { readonly otherwise: number },
): Promise<Claim | null> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await readHead(deps, place)
    const epoch = (head?.epoch ?? 0) + 1
    const next = 'at' in start ? start.at : (head?.next ?? start.otherwise)
    const reason = 'at' in start ? start.reason : ''
    const incarnation = reason === 'restart' ? epoch : (head?.incarnation ?? 0)
    const claim = { generation: place.generation, epoch, incarnation, next }
    await writeClaim(deps, place, { ...claim, reason })
    const [held] = await stillHold(deps, [{ ...place, ...claim }])
    if (held) return claim
  }
  return null
}

/** Of each claim, whether no newer one has come in between. */
export async function stillHold(
  { store, instance }: ClaimDeps,
  claims: readonly (Pick<Place, 'topic' | 'partition'> & Pick<Claim, 'epoch'>)[],
): Promise<readonly boolean[]> {
  const newest = await store.query('partition-claims-newest', {
    topics: claims.map(({ topic }) => topic),
    partitions: claims.map(({ partition }) => partition),
    epoch_min: Math.min(...claims.map(({ epoch }) => epoch)),
  })
  return claims.map(({ topic, partition, epoch }) => {
    const found = newest.find(row => row.topic === topic && row.partition === partition)
    return found?.epoch === epoch && found.instance === instance
  })
}

/** Where the ledger ends; null for a partition that nobody has read. */
export async function ledgerNext(
  deps: Pick<ClaimDeps, 'store'>,
  place: Pick<Place, 'topic' | 'partition'>,
): Promise<number | null> {
  const head = await readHead(deps, place)
  return head?.next ?? null
}

/**
 * Has a partition read again from an offset, or from the start of the part that holds it: what
 * stands beyond no longer counts as read. Gives back where reading begins.
 */
export async function rewindPartition(
  deps: ClaimDeps,
  { topic, partition }: Pick<Place, 'topic' | 'partition'>,
  offset: number,
): Promise<number> {
  const place = { topic, partition, generation: 0 }
  const [part] = await deps.store.query('partition-part-start', { topic, partition, offset })
  const next = part?.offset_first ?? offset
  const head = await readHead(deps, place)
  const epoch = (head?.epoch ?? 0) + 1
  const incarnation = head?.incarnation ?? 0
  await writeClaim(deps, place, { ...place, epoch, incarnation, next, reason: 'rewind' })
  return next
}

async function readHead(
  { store }: Pick<ClaimDeps, 'store'>,
  { topic, partition }: Pick<Place, 'topic' | 'partition'>,
) {
  const [head] = await store.query('partition-head', { topic, partition })
  return head ?? null
}

async function writeClaim(
  { store, clock, instance }: ClaimDeps,
  { topic, partition }: Place,
  claim: Claim & { readonly reason: ClaimReason },
): Promise<void> {
  await store.append('partition_parts', [
    {
      topic,
      partition,
      incarnation: claim.incarnation,
      epoch: claim.epoch,
      offset_first: claim.next,
      offset_next: claim.next,
      kind: 'claim',
      reason: claim.reason,
      instance,
      generation: claim.generation,
      received_at: toSqlTime(clock.now()),
    },
  ])
}
