import type { Rejection } from '../../domain/records/reject.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { type Instant, toSqlTime } from '../../domain/window.ts'
import type { DecodedRecord, Receipt } from '../../ports/intake.ts'
import type { IngestDeps } from '../ingest.ts'
import type { Lock } from './lock.ts'
import type { DeliveryContext, Plan, StreamPart, StreamStage } from './plan.ts'
import { quarantineLine, quarantineWrite } from './quarantine.ts'
import { writeTable } from './write-table.ts'

/** One body, file or message on its way into the store. */
export interface Delivery {
  /** Takes records in. Resolves when the next may come, which is how back-pressure is felt. */
  add(records: readonly DecodedRecord[]): Promise<void>
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
  readonly lock: Lock
}

/** Records gathered for the next part. */
interface Pending {
  readonly part: StreamPart
  readonly quarantine: string[]
  records: number
  characters: number
}

/**
 * A delivery is made durable part by part, so memory does not grow with it; while one part is
 * written the next is read.
 */
export function openDelivery(
  deps: DeliveryDeps,
  context: DeliveryContext,
  source: string,
): Delivery {
  const account = openAccount(context)
  const begin = (): Pending => ({
    part: deps.stage.begin(context),
    quarantine: [],
    records: 0,
    characters: 0,
  })
  let pending = begin()
  let writing: Promise<void> = Promise.resolve()

  const flush = async (): Promise<void> => {
    const ready = pending
    pending = begin()
    await writing
    writing = deps.lock(() => writePart(deps, account, ready, source))
    // Whoever awaits next sees the failure; until then it must not count as unhandled.
    writing.catch(() => undefined)
  }

  const drain = async (): Promise<void> => {
    if (pending.records > 0) await flush()
    await writing
  }

  return {
    async add(records) {
      for (const record of records) {
        take(pending, record, context, source)
        const { batch_rows, batch_characters } = deps.settings
        if (pending.records >= batch_rows || pending.characters >= batch_characters) await flush()
      }
    },
    async finish(bytes, source_hash) {
      await drain()
      await deps.lock(() => finishDelivery(deps, account, source, { bytes, source_hash }))
      return account.receipt()
    },
    async breakOff(bytes) {
      await drain()
      account.end(bytes, '')
      if (account.receipt().consumed > 0) {
        await deps.lock(() => writeLedger(deps, account, account.nextPart(), source))
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

function take(pending: Pending, record: DecodedRecord, context: DeliveryContext, source: string) {
  const rejection: Rejection | null =
    record.value === null ? record.rejection : pending.part.add({ ...record, value: record.value })
  if (rejection) pending.quarantine.push(quarantineLine(record, rejection, context, source))
  pending.records += 1
  pending.characters += record.raw.length
}

/** The running sums of a delivery; only what is durable is in them. */
function openAccount(context: DeliveryContext) {
  const sums = {
    consumed: 0,
    accepted: 0,
    duplicates: 0,
    quarantined: 0,
    revised: 0,
    conflicts: 0,
    bytes: 0,
    source_hash: '',
    time_min: null as Instant | null,
    time_max: null as Instant | null,
  }
  let parts = 0
  return {
    context,
    /** Parts are numbered from 1; the number is the version of the ledger row. */
    nextPart: (): number => {
      parts += 1
      return parts
    },
    add(plan: Plan, consumed: number, quarantined: number): void {
      sums.consumed += consumed
      sums.accepted += plan.accepted
      sums.duplicates += plan.duplicates
      sums.revised += plan.revised
      sums.conflicts += plan.conflicts
      sums.quarantined += quarantined
      sums.time_min = least(sums.time_min, plan.time_min, Math.min)
      sums.time_max = least(sums.time_max, plan.time_max, Math.max)
    },
    end(bytes: number, source_hash: string): void {
      sums.bytes = bytes
      sums.source_hash = source_hash
    },
    receipt: (): Receipt => ({ batch_id: context.batch_id, stream: context.kind, ...sums }),
  }
}

type Account = ReturnType<typeof openAccount>

function least(
  a: Instant | null,
  b: Instant | null,
  pick: (a: number, b: number) => number,
): Instant | null {
  if (a === null || b === null) return a ?? b
  return pick(a, b)
}

/**
 * The order is the guarantee, whatever moment a crash picks:
 * 1. open marks: from here on the touched hours are dirty, so no row below can be overlooked;
 * 2. rows (losers before winners): a resend meets them again under the same keys;
 * 3. quarantine, then the ledger: counted only after it is kept;
 * 4. closing marks: the meter may now tick the hours off.
 * Nothing is acknowledged before all four; a crash in between leaves rows that the resend counts
 * as duplicates and hours that are rebuilt once too often, never a lost row or a stale hour.
 */
async function writePart(
  deps: DeliveryDeps,
  account: Account,
  ready: Pending,
  source: string,
): Promise<void> {
  const plan = await ready.part.plan()
  const part = account.nextPart()
  const quarantine = [...ready.quarantine]
  await markHours(deps, account, plan, part, 0)
  const refused = await writeRows(deps, account, plan, source)
  await writeTable(deps.store, quarantineWrite([...quarantine, ...refused]))
  const kept = { ...plan, accepted: plan.accepted - refused.length }
  account.add(kept, ready.records, quarantine.length + refused.length)
  await writeLedger(deps, account, part, source)
  await markHours(deps, account, plan, part, 1)
  plan.committed()
}

/** Writes the tables of a plan; rows that the store refuses come back as quarantine lines. */
async function writeRows(
  deps: DeliveryDeps,
  { context }: Account,
  plan: Plan,
  source: string,
): Promise<string[]> {
  const lines: string[] = []
  for (const write of plan.writes) {
    for (const raw of await writeTable(deps.store, write)) {
      const detail = `the store refused this row of ${write.table}`
      const rejection = { reason: 'store_refused', detail } as const
      lines.push(quarantineLine({ raw, position: 0 }, rejection, context, source))
    }
  }
  return lines
}

async function finishDelivery(
  deps: DeliveryDeps,
  account: Account,
  source: string,
  end: { readonly bytes: number; readonly source_hash: string },
): Promise<void> {
  const plan = (await deps.stage.finish?.(account.context)) ?? null
  const part = account.nextPart()
  if (plan) {
    await markHours(deps, account, plan, part, 0)
    await writeRows(deps, account, plan, source)
  }
  account.end(end.bytes, end.source_hash)
  await writeLedger(deps, account, part, source)
  if (plan) {
    await markHours(deps, account, plan, part, 1)
    plan.committed()
  }
}

/** Marks carry the part's own id: a later part must not find its hours ticked off already. */
async function markHours(
  deps: DeliveryDeps,
  { context }: Account,
  plan: Plan,
  part: number,
  state: 0 | 1,
): Promise<void> {
  if (plan.hours.size === 0) return
  const at = toSqlTime(deps.clock.now())
  const batch = `${context.batch_id}-${part}`
  const hours = [...plan.hours]
  await writeTable(deps.store, {
    table: 'hour_marks',
    columns: ['hour', 'batch_id', 'state', 'at'],
    lines: hours.map(hour => tabLine([toSqlTime(hour).slice(0, 19), batch, state, at])),
    partitions: hours.map(hour => Math.floor(hour / MONTH_MS)),
  })
}

/** A little less than any month, so that no bucket count falls below the months it stands for. */
const MONTH_MS = 28 * 86_400_000

async function writeLedger(
  deps: DeliveryDeps,
  account: Account,
  part: number,
  source: string,
): Promise<void> {
  const { stream, time_min, time_max, ...receipt } = account.receipt()
  await deps.store.append('batches', [
    {
      ...receipt,
      stream,
      source,
      part,
      received_at: toSqlTime(account.context.received_at),
      time_min: time_min === null ? null : toSqlTime(time_min),
      time_max: time_max === null ? null : toSqlTime(time_max),
    },
  ])
}
