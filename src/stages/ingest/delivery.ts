import type { LimitFunction } from 'p-limit'
import { toSqlTime } from '../../domain/window.ts'
import {
  type DecodedBlock,
  isLines,
  type LineBlock,
  type Receipt,
  recordsOf,
} from '../../ports/intake.ts'
import type { Row } from '../../ports/store.ts'
import type { IngestDeps } from '../ingest.ts'
import { type Account, openAccount } from './account.ts'
import { type DeliveryContext, type Plan, planOf, type StreamStage } from './plan.ts'
import {
  beginPart,
  isFull,
  type PartWriting,
  type Pending,
  preparePart,
  takeLines,
  takeRecord,
  writePart,
  writePlan,
} from './write-part.ts'

/** One body or file on its way into the store. */
export interface Delivery {
  /** Takes records in. Resolves when the next may come, which is how back-pressure is felt. */
  add(block: DecodedBlock): Promise<void>
  /** Makes the rest durable and gives the account. */
  finish(bytes: number, source_hash: string): Promise<Receipt>
  /** The same for a body that ended too early: what was read counts, the whole does not. */
  breakOff(bytes: number): Promise<Receipt>
  /** Drops what is not written yet; what is stays, unacknowledged. */
  abandon(): Promise<void>
  /** The account so far: what is durable, nothing more. */
  receipt(): Receipt
}

export interface DeliveryDeps extends IngestDeps {
  readonly stage: StreamStage
  readonly lock: LimitFunction
}

/**
 * A delivery is made durable part by part, so memory does not grow with it; while one part is
 * written the next is prepared, and the one after that is read.
 */
export function openDelivery(
  deps: DeliveryDeps,
  context: DeliveryContext,
  source: string,
): Delivery {
  const account = openAccount(context)
  const begin = (): Pending => beginPart(deps.stage, context, source)
  let pending = begin()
  let writing: Promise<void> = Promise.resolve()

  const store = async (ready: Pending, before: Promise<void>, end?: End): Promise<void> => {
    const prepared = preparePart(ready)
    // Both are awaited below, one after the other.
    prepared.catch(() => undefined)
    try {
      await before
      await prepared
      if (ready.shares[0].records === 0) return
      await deps.lock(() => writePart(deps, ready, nextPart(deps, account, source, end)))
    } finally {
      await prepared.catch(() => undefined)
      ready.part.release?.()
    }
  }

  const flush = async (end?: End): Promise<void> => {
    const before = writing
    writing = store(pending, before, end)
    pending = begin()
    // Whoever awaits next sees the failure; until then it must not count as unhandled.
    writing.catch(() => undefined)
    await before
  }

  const drain = async (end?: End): Promise<void> => {
    if (pending.taken > 0) await flush(end)
    await writing
  }

  const addLines = async (block: LineBlock): Promise<void> => {
    for (let from = { byte: 0, position: block.first }; from.byte < block.bytes.byteLength; ) {
      from = takeLines(pending, block, from, deps.settings, source)
      if (isFull(pending, deps.settings)) await flush()
    }
  }

  return {
    async add(block) {
      if (isLines(block) && pending.part.lines) return addLines(block)
      for (const record of await recordsOf(block)) {
        takeRecord(pending, record, source)
        if (isFull(pending, deps.settings)) await flush()
      }
    },
    async finish(bytes, source_hash) {
      const end: End = { bytes, source_hash, isTold: false }
      await drain(deps.stage.finish ? undefined : end)
      if (end.isTold) return account.receipt()
      await deps.lock(async () => {
        const plan: Plan = (await deps.stage.finish?.(context)) ?? planOf({})
        account.end(bytes, source_hash)
        await writePlan(deps, plan, { context, source }, nextPart(deps, account, source))
      })
      return account.receipt()
    },
    async breakOff(bytes) {
      await drain()
      account.end(bytes, '')
      if (account.receipt().consumed > 0) {
        const told = nextPart(deps, account, source)
        await deps.lock(() => writePlan(deps, planOf({}), { context, source }, told))
      }
      return account.receipt()
    },
    async abandon() {
      pending = begin()
      await writing.catch(() => undefined)
    },
    receipt: () => account.receipt(),
  }
}

/** How a delivery ended; the line of its last part says so where nothing is to be done after it. */
interface End {
  readonly bytes: number
  readonly source_hash: string
  isTold: boolean
}

function nextPart(deps: DeliveryDeps, account: Account, source: string, end?: End): PartWriting {
  const part = account.nextPart()
  return {
    mark: `${account.context.batch_id}-${part}`,
    async ledger(shares) {
      for (const share of shares) account.add(share)
      if (end) {
        account.end(end.bytes, end.source_hash)
        end.isTold = true
      }
      await deps.store.append('batches', [batchRow(account, part, source)])
    },
  }
}

/** The line of the ledger that tells an account so far; of lines of one batch the last part's counts. */
export function batchRow(account: Account, part: number, source: string): Row {
  const { time_min, time_max, ...receipt } = account.receipt()
  return {
    ...receipt,
    source,
    part,
    received_at: toSqlTime(account.context.received_at),
    time_min: time_min === null ? null : toSqlTime(time_min),
    time_max: time_max === null ? null : toSqlTime(time_max),
  }
}
