import { assert, Fault } from '../../domain/fault.ts'
import { type TimeBounds, timeBounds } from '../../domain/ingest-settings.ts'
import { readSample } from '../../domain/records/accelerator-sample.ts'
import type { Rejection } from '../../domain/records/reject.ts'
import type { Instant } from '../../domain/window.ts'
import type { DecodedRecord } from '../../ports/intake.ts'
import type { Stage } from '../../ports/stage.ts'
import type { LineGate } from './line-gate.ts'
import { type LineSink, lineOf, type SlabPool } from './line-rows.ts'
import type { DeliveryContext, RejectedRecord, StreamDeps } from './plan.ts'
import { SAMPLE_COLUMNS, sampleLine } from './sample-row.ts'
import { deliveryOf, type SampleShares, shareOf, sharesParam } from './sample-shares.ts'
import { writeTable } from './write-table.ts'

/** Samples gathered for one part, and laid out on a stage, where they wait to be settled. */
export interface SampleLoad {
  readonly deps: LoadDeps
  readonly shares: SampleShares & { deliveries: DeliveryContext[]; firsts: number[] }
  readonly received_at: Instant
  readonly limits: TimeBounds & { readonly extra_characters_max: number }
  /** Samples that our own reader took, as lines of `staged`, and which delivery they are of. */
  readonly taken: { readonly line: string; readonly share: number }[]
  /** Lines that the store is to read. */
  readonly lines: LineSink
  /** The next row; rows are in the order of arrival. */
  row: number
}

/** What the loads of a stream share. */
export interface LoadDeps extends StreamDeps {
  readonly gate: LineGate
  readonly slabs: SlabPool
}

export function openLoad(deps: LoadDeps, delivery: DeliveryContext): SampleLoad {
  const { extra_characters_max } = deps.settings
  const { received_at } = delivery
  const limits = { ...timeBounds(deps.settings, received_at), extra_characters_max }
  const shares = { deliveries: [delivery], firsts: [0] }
  return { deps, shares, received_at, limits, taken: [], lines: deps.slabs.open(), row: 0 }
}

/** Rows from here on are of another delivery, which must have been received at the same instant. */
export function joinLoad(
  { shares, received_at, row }: SampleLoad,
  delivery: DeliveryContext,
): void {
  assert(delivery.received_at === received_at, 'what shares a part was received at once')
  shares.deliveries.push(delivery)
  shares.firsts.push(row)
}

/** Has our own reader look at a record; what it takes will be that row. */
export function readRecord(load: SampleLoad, record: DecodedRecord, row: number): Rejection | null {
  if (record.value === null) return record.rejection
  const read = readSample(record.value, load.limits)
  if (!read.ok) return read.rejection
  const delivery = deliveryOf(load.shares, row)
  const line = sampleLine(read.value, row, record.offset ?? 0, delivery)
  load.taken.push({ line, share: shareOf(load.shares, row) })
  return null
}

/** What became of a load on its way to the stage. */
export interface LaidOut {
  /** null when there was nothing to lay out. */
  readonly stage: Stage | null
  /** Samples on the stage. */
  readonly samples: number
  /** Records that the lines held, delivery by delivery. */
  readonly records: readonly number[]
  readonly rejected: readonly RejectedRecord[]
}

export async function layOut(load: SampleLoad): Promise<LaidOut> {
  const { taken, lines } = load
  if (taken.length + lines.rows.length === 0) {
    return { stage: null, samples: 0, records: [], rejected: [] }
  }
  const stage = await load.deps.store.stage()
  try {
    await stage.execute('staged-create', {})
    const sound = await readInStore(load, stage)
    const back = await readBack(load, sound.left)
    const refused = await writeTable(stage, {
      table: 'staged',
      columns: SAMPLE_COLUMNS,
      lines: taken.map(({ line }) => line),
      partitions: null,
    })
    const samples = sound.count + taken.length - refused.length
    const rejected = [...back.rejected, ...refused.map(line => storeRefused(load, line))]
    return { stage, samples, records: back.records, rejected }
  } catch (fault) {
    stage.release()
    throw fault
  }
}

/** Has the store take the lines that are plainly sound: how many, and the rows it left to us. */
async function readInStore(
  load: SampleLoad,
  stage: Stage,
): Promise<{ readonly count: number; readonly left: ReadonlySet<number> | 'all' }> {
  const { lines, shares, received_at, limits } = load
  const sent = lines.rows.reduce((sum, { ends }) => sum + ends.length, 0)
  const { record_bytes_max, store_lines_min } = load.deps.settings
  if (sent < store_lines_min) return { count: 0, left: 'all' }
  const bounds = { time_min: limits.min, time_max: limits.max, record_bytes_max }
  const params = { ...sharesParam(shares), ...bounds, ingested_at: received_at }
  await stage.executeLines('staged-lines', params, lines.pieces())
  const [counted] = await stage.query('staged-count', {})
  const count = counted?.staged ?? 0
  const left = count === load.row ? NOTHING : await rowsLeft(stage, load.row)
  // Rows of records that our reader has already are not there either.
  if (count + left.size !== load.row) throw lost()
  load.deps.gate.report(sent, sent - count)
  return { count, left }
}

const NOTHING: ReadonlySet<number> = new Set()

async function rowsLeft(stage: Stage, rows: number): Promise<ReadonlySet<number>> {
  const [found] = await stage.query('staged-missing', { rows })
  return new Set(found?.rows)
}

/** The store did not keep what it was given: a restart, or a balancer that led elsewhere. */
function lost(): Fault {
  return new Fault('STORE_UNAVAILABLE', 'the store lost a part before it was settled')
}

/** Records that share a line lie between its row and the next. */
const ROW_STEP = 2 ** -20

/** Has our own reader look at the lines that the store did not take; counts the records of all. */
async function readBack(
  load: SampleLoad,
  left: ReadonlySet<number> | 'all',
): Promise<{ readonly records: readonly number[]; readonly rejected: readonly RejectedRecord[] }> {
  const rejected: RejectedRecord[] = []
  const records = load.shares.deliveries.map(() => 0)
  for (const rows of load.lines.rows) {
    const { offset, firstRow, position, source, ends } = rows
    const share = shareOf(load.shares, firstRow)
    let count = 0
    for (let row = firstRow; row < firstRow + ends.length; row += 1) {
      if (left !== 'all' && !left.has(row)) {
        count += 1
        continue
      }
      const read = await rows.read(lineOf(rows, row), position + row - firstRow)
      for (const [index, one] of read.entries()) {
        const record = offset === null ? one : { ...one, offset }
        const rejection = readRecord(load, record, row + index * ROW_STEP)
        if (rejection) rejected.push({ share, record, rejection, source })
      }
      count += read.length
    }
    records[share] = (records[share] ?? 0) + count
  }
  return { records, rejected }
}

function storeRefused({ taken }: SampleLoad, raw: string): RejectedRecord {
  const rejection = { reason: 'store_refused', detail: 'the store refused this sample' } as const
  const share = taken.find(({ line }) => line === raw)?.share ?? 0
  return { share, record: { raw, position: 0 }, rejection, source: null }
}
