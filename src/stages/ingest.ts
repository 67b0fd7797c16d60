import pLimit from 'p-limit'
import { sha256Hex } from '../domain/canonical.ts'
import type { IngestSettings } from '../domain/ingest-settings.ts'
import type { DeliveryKind, StreamName } from '../domain/streams.ts'
import type { Clock } from '../ports/clock.ts'
import type { PartitionRange, Receipt } from '../ports/intake.ts'
import type { Store } from '../ports/store.ts'
import { createAccessStage } from './ingest/accesses.ts'
import { createBodies } from './ingest/bodies.ts'
import { createChargeStage } from './ingest/charges.ts'
import { createCommitmentStage } from './ingest/commitments.ts'
import { type Delivery, openDelivery } from './ingest/delivery.ts'
import { createIdentityStage } from './ingest/identity.ts'
import type { StreamStage } from './ingest/plan.ts'
import { type RangeDeps, receiveRanges } from './ingest/receive-ranges.ts'
import { createSampleStage } from './ingest/samples.ts'

/**
 * Stage 1: what comes in. Decoded records become rows that are keyed by identity, so that sending
 * anything twice counts it once. Nothing is acknowledged before it is durable, nothing malformed
 * is dropped, and no record harms its neighbours.
 */

export interface IngestDeps {
  readonly store: Store
  readonly clock: Clock
  readonly settings: IngestSettings
  /**
   * Unlike that of any other run of the product, also after a restart: batch ids rest on it, and a
   * batch id that comes back would find its hours ticked off.
   */
  readonly instance: string
  /** Other processes write to the same store. */
  readonly isShared: boolean
}

export interface Ingest {
  /** `source` says where the records come from, for the ledger and for quarantine. */
  open(
    kind: DeliveryKind,
    source: { readonly name: string; readonly replace_period: boolean },
  ): Delivery
  /** Makes ranges of partitions durable; see `Intake.receiveRanges`. */
  receiveRanges(
    kind: StreamName,
    ranges: readonly [PartitionRange, ...PartitionRange[]],
    reading: Pick<RangeDeps, 'decodeMessage' | 'convert'>,
  ): Promise<readonly Receipt[] | null>
  /** Drops what is held in memory about devices; called when partitions move elsewhere. */
  forget(): void
}

export function createIngest(deps: IngestDeps): Ingest {
  const samples = createSampleStage(deps)
  const charges = createChargeStage(deps)
  const commitments = createCommitmentStage(deps)
  const accesses = createAccessStage(deps)
  const identity = createIdentityStage(deps)
  // One at a time: what a part finds stored must still hold when it is written.
  const lock = pLimit(1)
  const openBody = createBodies({ ...deps, stage: samples, lock })
  let deliveries = 0

  const stageOf = (kind: DeliveryKind): StreamStage => {
    switch (kind) {
      case 'telemetry.accelerator':
        return samples
      case 'telemetry.billing':
        return charges
      case 'telemetry.commitment':
        return commitments
      case 'identity.access':
        return accesses
      default:
        return identity
    }
  }

  return {
    open(kind, { name, replace_period }) {
      const received_at = deps.clock.now()
      deliveries += 1
      const seed = JSON.stringify([deps.instance, received_at, deliveries])
      const batch_id = `bat-${sha256Hex(seed).slice(0, 16)}`
      const context = { batch_id, kind, received_at, replace_period, origin: '' }
      const stage = stageOf(kind)
      return stage === samples
        ? openBody(context, name)
        : openDelivery({ ...deps, stage, lock }, context, name)
    },
    receiveRanges: (kind, ranges, reading) =>
      receiveRanges({ ...deps, ...reading, stage: stageOf(kind), lock }, kind, ranges),
    forget: () => samples.forget(),
  }
}
