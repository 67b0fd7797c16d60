import { assert } from '../../domain/fault.ts'
import type { Rejection } from '../../domain/records/reject.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { toSqlSecond, toSqlTime } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import {
  type DecodedBlock,
  type DecodedRecord,
  isLines,
  type LineBlock,
  recordsOf,
} from '../../ports/intake.ts'
import type { Store } from '../../ports/store.ts'
import type { ShareCounts } from './account.ts'
import type { DeliveryContext, Plan, StreamPart, StreamStage } from './plan.ts'
import { quarantineLine, quarantineWrite } from './quarantine.ts'
import { writeTable } from './write-table.ts'

/** Making one part of a delivery, or of several, durable, in the order that the guarantee rests on. */

/** Records gathered for one part. */
export interface Pending {
  readonly part: StreamPart
  /** The deliveries that its records are of; the last one is being read. */
  readonly shares: [Share, ...Share[]]
  /** Records, and lines that nobody has looked at yet. */
  taken: number
  characters: number
}

/** What of a delivery is in a part. */
export interface Share {
  readonly context: DeliveryContext
  readonly source: string
  readonly quarantine: string[]
  records: number
}

export function beginPart(stage: StreamStage, context: DeliveryContext, source: string): Pending {
  return {
    part: stage.begin(context),
    shares: [shareOf(context, source)],
    taken: 0,
    characters: 0,
  }
}

/** What is taken in from here on is of another delivery. Only for parts that have `join`. */
export function joinPart(pending: Pending, context: DeliveryContext, source: string): void {
  assert(pending.part.join, 'deliveries may share this part')
  pending.part.join(context)
  pending.shares.push(shareOf(context, source))
}

function shareOf(context: DeliveryContext, source: string): Share {
  return { context, source, quarantine: [], records: 0 }
}

/** How much of a part is taken up at once. */
export interface PartBounds {
  readonly batch_rows: number
  readonly batch_characters: number
}

export function isFull({ taken, characters }: Pending, bounds: PartBounds): boolean {
  return taken >= bounds.batch_rows || characters >= bounds.batch_characters
}

/** Takes a record in, or puts it with what goes to quarantine. `source` says where it came from. */
export function takeRecord(pending: Pending, record: DecodedRecord, source: string): void {
  const share = pending.shares.at(-1) ?? pending.shares[0]
  const rejection: Rejection | null =
    record.value === null ? record.rejection : pending.part.add({ ...record, value: record.value })
  if (rejection) share.quarantine.push(quarantineLine(record, rejection, share.context, source))
  share.records += 1
  pending.taken += 1
  pending.characters += record.raw.length
}

/**
 * Takes lines in as they are, as many as the part still holds; gives back where the next ones
 * begin. Only for parts that have `lines`.
 */
export function takeLines(
  pending: Pending,
  block: LineBlock,
  from: { readonly byte: number; readonly position: number },
  bounds: PartBounds,
  source: string,
): { readonly byte: number; readonly position: number } {
  assert(pending.part.lines, 'this part takes lines')
  const lines = bounds.batch_rows - pending.taken
  const bytes = bounds.batch_characters - pending.characters
  const taken = pending.part.lines(block, { ...from, lines, bytes }, source)
  pending.taken += taken.lines
  pending.characters += taken.next - from.byte
  return { byte: taken.next, position: from.position + taken.lines }
}

/** A delivery that is one share of one part, however many records it holds. */
const WHOLE: PartBounds = {
  batch_rows: Number.POSITIVE_INFINITY,
  batch_characters: Number.POSITIVE_INFINITY,
}

/** Takes a block in, lines of it unlooked at where the part can. */
export async function takeBlock(
  pending: Pending,
  block: DecodedBlock,
  source: string,
): Promise<void> {
  if (isLines(block) && pending.part.lines) {
    for (let from = { byte: 0, position: block.first }; from.byte < block.bytes.byteLength; ) {
      from = takeLines(pending, block, from, WHOLE, source)
    }
    return
  }
  for (const record of await recordsOf(block)) takeRecord(pending, record, source)
}

/** What can be done for a part before its turn to be written comes. */
export async function preparePart({ part, shares }: Pending): Promise<void> {
  const late = await part.prepare?.()
  if (!late) return
  for (const [at, share] of shares.entries()) share.records += late.records[at] ?? 0
  for (const { record, rejection, source, share: at } of late.rejected) {
    const share = shares[at] ?? shares[0]
    const line = quarantineLine(record, rejection, share.context, source ?? share.source)
    share.quarantine.push(line)
  }
}

export interface PartDeps {
  readonly store: Store
  readonly clock: Clock
}

export interface PartWriting {
  /** Names the part's marks: a later part must not find its hours ticked off already. */
  readonly mark: string
  /** Writes the account of the part, share by share, once its rows and its quarantine are durable. */
  readonly ledger: (shares: readonly ShareCounts[]) => Promise<void>
}

/**
 * The order is the guarantee, whatever moment a crash picks:
 * 1. open marks: from here on the touched hours are dirty, so no row below can be overlooked;
 * 2. rows (losers before winners): a resend meets them again under the same keys;
 * 3. quarantine, then the ledger: counted only after it is kept;
 * 4. closing marks: the meter may now tick the hours off.
 * Nothing is acknowledged before all four; a crash in between leaves rows that the resend meets
 * again and hours that are rebuilt once too often, never a lost row or a stale hour.
 */
export async function writePart(
  deps: PartDeps,
  { part, shares }: Pending,
  writing: PartWriting,
): Promise<void> {
  const plan = await part.plan()
  plan.announce()
  await markHours(deps, writing.mark, plan, 0)
  const refused = await writeRows(deps, plan, shares[0])
  const quarantine = [...shares.flatMap(share => share.quarantine), ...refused]
  await writeTable(deps.store, quarantineWrite(quarantine))
  await writing.ledger(sharesOf(plan, shares, refused.length))
  await markHours(deps, writing.mark, plan, 1)
}

/** What the end of a delivery makes true, written in the same order. */
export async function writePlan(
  deps: PartDeps,
  plan: Plan,
  delivery: Pick<Share, 'context' | 'source'>,
  writing: PartWriting,
): Promise<void> {
  plan.announce()
  await markHours(deps, writing.mark, plan, 0)
  await writeRows(deps, plan, delivery)
  await writing.ledger(plan.counts.map(counts => ({ counts, consumed: 0, quarantined: 0 })))
  await markHours(deps, writing.mark, plan, 1)
}

/** Rows that the store refuses are of the first delivery: those of a shared part move whole. */
function sharesOf(plan: Plan, shares: readonly Share[], refused: number): ShareCounts[] {
  return plan.counts.map((counts, at) => {
    const { records: consumed = 0, quarantine = [] } = shares[at] ?? {}
    const lost = at === 0 ? refused : 0
    return {
      counts: { ...counts, accepted: counts.accepted - lost },
      consumed,
      quarantined: quarantine.length + lost,
    }
  })
}

/** Writes the tables of a plan; rows that the store refuses come back as quarantine lines. */
async function writeRows(
  { store }: PartDeps,
  plan: Plan,
  { context, source }: Pick<Share, 'context' | 'source'>,
): Promise<string[]> {
  const lines: string[] = []
  for (const write of plan.writes) {
    if ('run' in write) {
      await write.run()
      continue
    }
    for (const raw of await writeTable(store, write)) {
      const detail = `the store refused this row of ${write.table}`
      const rejection = { reason: 'store_refused', detail } as const
      lines.push(quarantineLine({ raw, position: 0 }, rejection, context, source))
    }
  }
  return lines
}

async function markHours(deps: PartDeps, mark: string, plan: Plan, state: 0 | 1): Promise<void> {
  if (plan.hours.size === 0) return
  const at = toSqlTime(deps.clock.now())
  const hours = [...plan.hours]
  const line = ([hour, { since, tenants }]: (typeof hours)[number]) => {
    // In an order of their own: that in which the store told of them is none.
    const named = [...tenants].sort(([a], [b]) => (a < b ? -1 : 1))
    const cells = [toSqlSecond(hour), mark, state, at, toSqlTime(since)]
    return tabLine([...cells, named.map(([tenant]) => tenant), named.map(([, devices]) => devices)])
  }
  await writeTable(deps.store, {
    table: 'hour_marks',
    columns: ['hour', 'batch_id', 'state', 'at', 'since', 'tenants', 'devices'],
    lines: hours.map(line),
    partitions: hours.map(([hour]) => Math.floor(hour / MONTH_MS)),
  })
}

/** A little less than any month, so that no bucket count falls below the months it stands for. */
const MONTH_MS = 28 * 86_400_000
