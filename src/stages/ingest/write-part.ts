import { assert } from '../../domain/fault.ts'
import type { Rejection } from '../../domain/records/reject.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { toSqlSecond, toSqlTime } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DecodedRecord, LineBlock } from '../../ports/intake.ts'
import type { Store } from '../../ports/store.ts'
import type { DeliveryContext, Plan, StreamPart, StreamStage } from './plan.ts'
import { quarantineLine, quarantineWrite } from './quarantine.ts'
import { writeTable } from './write-table.ts'

/** Making one part of a delivery durable, in the order that the guarantee rests on. */

/** Records gathered for one part. */
export interface Pending {
  readonly part: StreamPart
  readonly quarantine: string[]
  records: number
  /** Lines that nobody has looked at yet. */
  lines: number
  characters: number
}

export function beginPart(stage: StreamStage, context: DeliveryContext): Pending {
  return { part: stage.begin(context), quarantine: [], records: 0, lines: 0, characters: 0 }
}

/** How much of a part is taken up at once. */
export interface PartBounds {
  readonly batch_rows: number
  readonly batch_characters: number
}

export function isFull({ records, lines, characters }: Pending, bounds: PartBounds): boolean {
  return records + lines >= bounds.batch_rows || characters >= bounds.batch_characters
}

/** Takes a record in, or puts it with what goes to quarantine. `source` says where it came from. */
export function takeRecord(
  pending: Pending,
  record: DecodedRecord,
  context: DeliveryContext,
  source: string,
): void {
  const rejection: Rejection | null =
    record.value === null ? record.rejection : pending.part.add({ ...record, value: record.value })
  if (rejection) pending.quarantine.push(quarantineLine(record, rejection, context, source))
  pending.records += 1
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
  const lines = bounds.batch_rows - pending.records - pending.lines
  const bytes = bounds.batch_characters - pending.characters
  const taken = pending.part.lines(block, { ...from, lines, bytes }, source)
  pending.lines += taken.lines
  pending.characters += taken.next - from.byte
  return { byte: taken.next, position: from.position + taken.lines }
}

/** What can be done for a part before its turn to be written comes. */
export async function preparePart(
  pending: Pending,
  context: DeliveryContext,
  source: string,
): Promise<void> {
  const late = await pending.part.prepare?.()
  if (!late) return
  pending.records += late.records
  pending.lines = 0
  for (const { record, rejection, source: own } of late.rejected) {
    pending.quarantine.push(quarantineLine(record, rejection, context, own ?? source))
  }
}

export interface PartDeps {
  readonly store: Store
  readonly clock: Clock
}

export interface PartWriting {
  readonly context: DeliveryContext
  readonly source: string
  /** Names the part's marks: a later part must not find its hours ticked off already. */
  readonly mark: string
  /** Writes the account of the part, once its rows and its quarantine are durable. */
  readonly ledger: (plan: Plan, consumed: number, quarantined: number) => Promise<void>
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
  ready: Pending,
  writing: PartWriting,
): Promise<void> {
  const plan = await ready.part.plan()
  plan.announce()
  await markHours(deps, writing.mark, plan, 0)
  const refused = await writeRows(deps, plan, writing)
  await writeTable(deps.store, quarantineWrite([...ready.quarantine, ...refused]))
  const kept = { ...plan, accepted: plan.accepted - refused.length }
  await writing.ledger(kept, ready.records, ready.quarantine.length + refused.length)
  await markHours(deps, writing.mark, plan, 1)
}

/** What the end of a delivery makes true, written in the same order. */
export async function writePlan(deps: PartDeps, plan: Plan, writing: PartWriting): Promise<void> {
  plan.announce()
  await markHours(deps, writing.mark, plan, 0)
  await writeRows(deps, plan, writing)
  await writing.ledger(plan, 0, 0)
  await markHours(deps, writing.mark, plan, 1)
}

/** Writes the tables of a plan; rows that the store refuses come back as quarantine lines. */
async function writeRows(
  { store }: PartDeps,
  plan: Plan,
  { context, source }: PartWriting,
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
  const line = ([hour, { since, tenants }]: (typeof hours)[number]) =>
    tabLine([
      toSqlSecond(hour),
      mark,
      state,
      at,
      toSqlTime(since),
      [...tenants.keys()],
      [...tenants.values()],
    ])
  await writeTable(deps.store, {
    table: 'hour_marks',
    columns: ['hour', 'batch_id', 'state', 'at', 'since', 'tenants', 'devices'],
    lines: hours.map(line),
    partitions: hours.map(([hour]) => Math.floor(hour / MONTH_MS)),
  })
}

/** A little less than any month, so that no bucket count falls below the months it stands for. */
const MONTH_MS = 28 * 86_400_000
