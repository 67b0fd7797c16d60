import type { LimitFunction } from 'p-limit'
import type { Clock } from '../../ports/clock.ts'
import type { Row, Store } from '../../ports/store.ts'
import type { ShareCounts } from './account.ts'
import type { DeliveryContext, StreamStage } from './plan.ts'
import { beginPart, joinPart, type Pending, preparePart, writePart } from './write-part.ts'

/** Several deliveries in one part, each with its own account. */

/** Beyond this a part costs little beside its rows, and is better read while another is written. */
export const SHARED_BYTES = 16 << 20

export interface StorePartDeps {
  readonly store: Store
  readonly clock: Clock
  readonly stage: StreamStage
  /** One part at a time is planned and written. */
  readonly lock: LimitFunction
}

/** What a delivery brings into a part. */
export interface Contribution {
  readonly context: DeliveryContext
  /** How quarantine names where it came from. */
  readonly source: string
  /** Takes its records in. */
  take(pending: Pending): void | Promise<void>
  /** Whether it was taken away: then nothing more is written of the part. */
  isLost(): boolean
  /** The line that accounts for it, once its rows are durable. */
  account(share: ShareCounts): LedgerLine
}

export interface LedgerLine {
  readonly table: 'batches' | 'partition_parts'
  readonly row: Row
}

/** The way out when a delivery was taken away between two steps. */
class Lost extends Error {}

/**
 * Makes all of it durable as one part, whose marks bear the name `mark`, or none of it; more than one
 * only where the stage lets deliveries share parts. False: one was taken away and none is accounted.
 */
export async function storePart(
  deps: StorePartDeps,
  [first, ...others]: readonly [Contribution, ...Contribution[]],
  mark: string,
): Promise<boolean> {
  const all = [first, ...others]
  const pending = beginPart(deps.stage, first.context, first.source)
  const holdAll = (): void => {
    if (all.some(one => one.isLost())) throw new Lost()
  }
  try {
    await first.take(pending)
    for (const one of others) {
      joinPart(pending, one.context, one.source)
      await one.take(pending)
    }
    await preparePart(pending)
    await deps.lock(async () => {
      holdAll()
      await writePart(deps, pending, {
        mark,
        async ledger(shares) {
          holdAll()
          await writeLines(deps.store, all, shares)
        },
      })
    })
    return true
  } catch (fault) {
    if (fault instanceof Lost) return false
    throw fault
  } finally {
    pending.part.release?.()
  }
}

async function writeLines(
  store: Store,
  all: readonly Contribution[],
  shares: readonly ShareCounts[],
): Promise<void> {
  const lines = all.flatMap((one, at) => {
    const share = shares[at]
    return share ? [one.account(share)] : []
  })
  for (const [table, own] of Map.groupBy(lines, line => line.table)) {
    await store.append(
      table,
      own.map(line => line.row),
    )
  }
}
