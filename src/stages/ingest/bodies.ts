import { Fault } from '../../domain/fault.ts'
import { countNewlines } from '../../domain/newlines.ts'
import { type DecodedBlock, isLines, type Receipt } from '../../ports/intake.ts'
import { type Account, openAccount } from './account.ts'
import { batchRow, type Delivery, type DeliveryDeps, openDelivery } from './delivery.ts'
import { createGrouping } from './grouping.ts'
import type { DeliveryContext } from './plan.ts'
import { type Contribution, SHARED_BYTES, storePart } from './store-part.ts'
import { takeBlock } from './write-part.ts'

/**
 * Small bodies share parts: many collectors each send little at a time, and what a part costs beside
 * its rows would be paid for each. A body is held until it ends; those that end while a part is
 * written are the next. One that grows beyond what parts are shared for has parts of its own.
 */

interface Body {
  readonly context: DeliveryContext
  readonly source: string
  readonly blocks: readonly DecodedBlock[]
  readonly size: number
  /** What came over the wire, and its hash; '' for one that broke off. */
  readonly bytes: number
  readonly source_hash: string
  /** Of the last attempt. */
  account: Account
  attempts: number
}

export type OpenBody = (context: DeliveryContext, source: string) => Delivery

export function createBodies(deps: DeliveryDeps): OpenBody {
  const store = createGrouping<Body>(group => storeBodies(deps, group), {
    sizeOf: body => body.size,
    size_max: SHARED_BYTES,
    isOwn: fault => !(fault instanceof Fault && fault.retryable),
  })
  return (context, source) => openBody(deps, context, source, store)
}

function openBody(
  deps: DeliveryDeps,
  context: DeliveryContext,
  source: string,
  store: (body: Body) => Promise<void>,
): Delivery {
  let account = openAccount(context)
  let blocks: DecodedBlock[] = []
  let size = 0
  let large: Delivery | null = null
  const goAlone = async (): Promise<void> => {
    const held = blocks
    blocks = []
    large = openDelivery(deps, context, source)
    for (const block of held) await large.add(block)
  }
  const end = async (bytes: number, source_hash: string): Promise<Receipt> => {
    const body = { context, source, blocks, size, bytes, source_hash, account, attempts: 0 }
    await store(body)
    account = body.account
    return account.receipt()
  }
  return {
    async add(block) {
      if (large) return large.add(block)
      blocks.push(block)
      size += sizeOf(block, deps.settings.batch_rows)
      if (size > SHARED_BYTES) await goAlone()
    },
    finish: (bytes, source_hash) =>
      large ? large.finish(bytes, source_hash) : end(bytes, source_hash),
    breakOff(bytes) {
      if (large) return large.breakOff(bytes)
      if (size > 0) return end(bytes, '')
      account.end(bytes, '')
      return Promise.resolve(account.receipt())
    },
    async abandon() {
      await large?.abandon()
      blocks = []
    },
    receipt: () => (large ?? account).receipt(),
  }
}

/** Bytes; a short line weighs as much as one of those of which `batch_rows` fill a shared part. */
function sizeOf(block: DecodedBlock, batch_rows: number): number {
  const [bytes, rows] = isLines(block)
    ? [block.bytes.byteLength, countNewlines(block.bytes)]
    : [block.reduce((sum, { raw }) => sum + raw.length, 0), block.length]
  return Math.max(bytes, (rows * SHARED_BYTES) / batch_rows)
}

/** What shares a part is received in the same instant: once all of it was there. */
async function storeBodies(
  deps: DeliveryDeps,
  [first, ...others]: readonly [Body, ...Body[]],
): Promise<void> {
  const received_at = deps.clock.now()
  const contribution = (body: Body): Contribution => {
    body.attempts += 1
    body.account = openAccount({ ...body.context, received_at })
    return contributionOf(body)
  }
  const all = [contribution(first), ...others.map(contribution)] as const
  await storePart(deps, all, `${first.context.batch_id}-${first.attempts}`)
}

function contributionOf(body: Body): Contribution {
  const { source, account, blocks, bytes, source_hash, attempts } = body
  return {
    context: account.context,
    source,
    async take(pending) {
      for (const block of blocks) await takeBlock(pending, block, source)
    },
    isLost: () => false,
    account(share) {
      account.add(share)
      account.end(bytes, source_hash)
      return { table: 'batches', row: batchRow(account, attempts, source) }
    },
  }
}
