import { chunks } from '../../domain/chunks.ts'
import type { IngestSettings } from '../../domain/ingest-settings.ts'
import type { Rejection } from '../../domain/records/reject.ts'
import type { DeliveryKind } from '../../domain/streams.ts'
import type { Instant } from '../../domain/window.ts'
import type { DecodedRecord, LineBlock } from '../../ports/intake.ts'
import type { Store } from '../../ports/store.ts'

/** What may have changed in an hour. */
export interface Touched {
  /** The earliest instant in it. */
  readonly since: Instant
  /** Whose samples and charges, each with the devices that samples came of. */
  readonly tenants: ReadonlyMap<string, number>
}

/** Hours that the meter must rebuild. */
export type TouchedHours = ReadonlyMap<Instant, Touched>

/** What becomes of the records of one delivery. */
export interface PlanCounts {
  readonly accepted: number
  readonly duplicates: number
  readonly revised: number
  readonly conflicts: number
  readonly time_min: Instant | null
  readonly time_max: Instant | null
}

/** What a stream makes of a part: counts, rows to write, hours that the meter must rebuild. */
export interface Plan {
  /** One for each delivery that has records in the part, in the order in which they joined it. */
  readonly counts: readonly PlanCounts[]
  readonly hours: TouchedHours
  /** Written in this order, each durable before the next. */
  readonly writes: readonly (TableWrite | StatementWrite)[]
  /**
   * Called before the first row is written: whatever becomes of the writing, what is held in memory
   * must no longer call these records new.
   */
  announce(): void
}

/** Rows of one table as `tabLine` writes them. */
export interface TableWrite {
  readonly table: string
  readonly columns: readonly string[]
  readonly lines: readonly string[]
  /** The partition of each line; an insert may touch only so many. null: one for all. */
  readonly partitions: readonly number[] | null
}

/** Rows that lie on a stage already and move from there. */
export interface StatementWrite {
  readonly run: () => Promise<void>
}

/** What belongs to the delivery that a part is of. */
export interface DeliveryContext {
  readonly batch_id: string
  readonly kind: DeliveryKind
  readonly received_at: Instant
  readonly replace_period: boolean
  /** Where its records come from, as far as a record can be met again there: a partition, else ''. */
  readonly origin: string
}

/** Records of one part, gathered and then planned. */
export interface StreamPart {
  /** Takes a record in, or says why not. */
  add(record: DecodedRecord & { readonly value: object }): Rejection | null
  /** Only where lines may stay uncut for now. */
  readonly lines?: LineTaker
  /** What is taken in from here on is of another delivery; only where deliveries may share a part. */
  join?(delivery: DeliveryContext): void
  /** Brings what was taken near the store, while earlier parts are still written. */
  prepare?(): Promise<LateRecords>
  plan(): Promise<Plan>
  /** Called once in the end, whatever became of the part. */
  release?(): void
}

/** Where to begin in a block, and how much to take from there. */
export interface LineSpan {
  readonly byte: number
  readonly position: number
  readonly lines: number
  readonly bytes: number
}

/** Takes lines without looking at them; says how many, and the byte after them. */
export type LineTaker = (
  block: LineBlock,
  span: LineSpan,
  source: string,
) => { readonly lines: number; readonly next: number }

/** What became of the lines of a part. */
export interface LateRecords {
  /** Records that they held, delivery by delivery: blank lines hold none. */
  readonly records: readonly number[]
  readonly rejected: readonly RejectedRecord[]
}

export interface RejectedRecord {
  /** Which of the deliveries of the part it is of. */
  readonly share: number
  readonly record: Pick<DecodedRecord, 'raw' | 'position' | 'stream'>
  readonly rejection: Rejection
  /** null: that of the part. */
  readonly source: string | null
}

/** One stream's way to store its records; parts of all deliveries are planned one at a time. */
export interface StreamStage {
  begin(delivery: DeliveryContext): StreamPart
  /** What the end of a delivery makes true, null for most streams. */
  finish?(delivery: DeliveryContext): Promise<Plan | null>
}

export interface StreamDeps {
  readonly store: Store
  readonly settings: IngestSettings
}

const NOTHING: TouchedHours = new Map()

const NO_COUNTS: PlanCounts = {
  accepted: 0,
  duplicates: 0,
  revised: 0,
  conflicts: 0,
  time_min: null,
  time_max: null,
}

/** A plan for a part of one delivery with only what is given; the rest is nothing. */
export function planOf({
  hours = NOTHING,
  writes = [],
  announce = () => undefined,
  ...counts
}: Partial<Omit<Plan, 'counts'> & PlanCounts>): Plan {
  return { counts: [{ ...NO_COUNTS, ...counts }], hours, writes, announce }
}

/** Calls `look` with slices of at most `size`, one after the other, and joins the answers. */
export async function inSlices<T, R>(
  items: readonly T[],
  size: number,
  look: (slice: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const found: R[] = []
  for (const slice of chunks(items, size)) {
    for (const row of await look(slice)) found.push(row)
  }
  return found
}
