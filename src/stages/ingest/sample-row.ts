import { type AcceleratorSample, NUMBER_FIELDS } from '../../domain/records/accelerator-fields.ts'
import { contentHash, versionOf } from '../../domain/records/version.ts'
import { tabCell } from '../../domain/tab-line.ts'
import { HOUR_MS, type Instant, sampleHour, toSqlTime } from '../../domain/window.ts'
import type { DeliveryContext } from './plan.ts'

/** A sample made ready for the store, with what settling it needs. */
export interface SampleRow {
  /** Its fields with a value as the opening of a JSON array, and which of them there are. */
  readonly content: string
  readonly present: number
  readonly device_id: string
  readonly tenant_id: string
  readonly end: Instant
  readonly hour: Instant
  readonly interval_ms: number
  /** Whether it carries counters, which vouch for the time since the reading before. */
  readonly counters: boolean
  readonly version: bigint
  readonly revision: number
  /** Offset of its message; 0 where it came in a body or a file. */
  readonly offset: number
}

type ContentField = Exclude<keyof AcceleratorSample, 'time' | 'device_id' | 'revision'>

/** Fields that every row spells out: the column's own default would be another value. */
const ALWAYS = [
  'tenant_id',
  'interval_s',
  'accelerator',
  'device_count',
  'slice',
  'power_scope',
] as const satisfies readonly ContentField[]

/** Fields that are '' or null more often than not; their order is part of the content hash. */
const SPARSE = [
  'node_id',
  'fabric_id',
  'site',
  'region',
  'workload_id',
  'declared_use',
  'tensor_active',
  'sm_active',
  'dram_active',
  'gpu_util',
  'fp64_active',
  'fp32_active',
  'fp16_active',
  'mma_cycles_total',
  'sm_cycles_total',
  'sm_clock_mhz',
  'power_w',
  'energy_total_j',
  'memory_used_bytes',
  'nvlink_tx_bytes',
  'nvlink_rx_bytes',
  'net_tx_bytes',
  'net_rx_bytes',
  'pcie_tx_bytes',
  'pcie_rx_bytes',
  'storage_read_bytes',
  'storage_write_bytes',
  'precision',
  'precision_source',
  'operations',
  'extra',
] as const satisfies readonly ContentField[]

/** Hashes what the sender said: re-serialised copies of a sample are the same sample. */
export function sampleRow(sample: AcceleratorSample, offset: number): SampleRow {
  const cells: string[] = [tabCell(sample.device_id)]
  for (const field of ALWAYS) cells.push(tabCell(sample[field]))
  let present = 0
  for (let index = 0; index < SPARSE.length; index += 1) {
    const value = sample[SPARSE[index] ?? 'extra']
    if (value === null || value === '') continue
    present += 2 ** index
    cells.push(tabCell(value))
  }
  const content = cells.join('\t')
  const hash = contentHash(`${sample.time} ${present} ${content}`)
  return {
    content,
    present,
    device_id: sample.device_id,
    tenant_id: sample.tenant_id,
    end: sample.time,
    hour: sampleHour(sample.time),
    interval_ms: Math.ceil(sample.interval_s * 1000),
    counters: sample.mma_cycles_total !== null || sample.energy_total_j !== null,
    version: versionOf(sample.revision, hash),
    revision: sample.revision,
    offset,
  }
}

/**
 * Rows of one insert. Columns that no row has a value for stay out, the engine parses the less;
 * where all rows have the same fields, which is the rule, each is written as it was hashed.
 */
export function sampleTable(
  rows: readonly SampleRow[],
  delivery: DeliveryContext,
): { columns: readonly string[]; lines: string[] } {
  const masks = new Set(rows.map(row => row.present))
  const used = SPARSE.filter((_, index) => [...masks].some(mask => isPresent(mask, index)))
  const content = masks.size === 1 ? contentOf : spellOut(used)
  const { batch_id, received_at } = delivery
  const metadata = [batch_id, toSqlTime(received_at), originOf(delivery)].map(tabCell).join('\t')
  const hour = memo(at => toSqlTime(at).slice(0, 19))
  const time = memo(toSqlTime)
  const lines = rows.map(row => {
    const times = `${hour(row.hour)}\t${time(row.end)}`
    return `${content(row)}\t${times}\t${row.version}\t${row.revision}\t${metadata}\t${row.offset}\n`
  })
  const times = [
    'hour',
    'time',
    'version',
    'revision',
    'batch_id',
    'ingested_at',
    'source',
    'source_offset',
  ]
  return { columns: ['device_id', ...ALWAYS, ...used, ...times], lines }
}

/** A record that comes again under the same origin and offset is the same delivery of it. */
export function originOf({ origin, batch_id }: DeliveryContext): string {
  return origin === '' ? batch_id : origin
}

function contentOf(row: SampleRow): string {
  return row.content
}

/** Rows with different fields: each is given a null where it lacks one that another has. */
function spellOut(used: readonly (typeof SPARSE)[number][]): (row: SampleRow) => string {
  const indexes = used.map(field => SPARSE.indexOf(field))
  const leading = 1 + ALWAYS.length
  return ({ content, present }) => {
    const values = content.split('\t')
    const cells = values.slice(0, leading)
    let next = leading
    for (const index of indexes) {
      cells.push((isPresent(present, index) ? values[next++] : EMPTY_CELL[index]) ?? '')
    }
    return cells.join('\t')
  }
}

/** What the store holds where a sample has no value: '' for texts, null for numbers. */
const EMPTY_CELL = SPARSE.map(field => (field in NUMBER_FIELDS ? tabCell(null) : ''))

/** Masks hold up to 53 fields, more than bitwise operators would. */
function isPresent(mask: number, index: number): boolean {
  return Math.floor(mask / 2 ** index) % 2 === 1
}

/** The samples of a part share hours and, as devices tick together, most of their times. */
function memo(spell: (at: Instant) => string): (at: Instant) => string {
  const known = new Map<Instant, string>()
  return at => {
    const spelled = known.get(at) ?? spell(at)
    known.set(at, spelled)
    return spelled
  }
}

/** Longest reach of a counter reading back to the one before it; the meter uses the same. */
const COUNTER_REACH_MS = HOUR_MS

/**
 * First and last hour that the sample changes. Its interval may begin in an earlier hour; a
 * counter speaks for the time since the last reading; and a sample that comes late also changes
 * what the next one's counters stand for, and the longer interval of a copy that it replaces.
 * @param before the newest reading known before it, -Infinity for none, null when it came late
 */
export function hoursTouched(row: SampleRow, before: Instant | null): [Instant, Instant] {
  const start = row.end - row.interval_ms
  const reach = row.end - COUNTER_REACH_MS
  const reading = before === null || before < reach ? reach : before
  const counts = before === null || (row.counters && before >= reach)
  const first = counts ? Math.min(start, reading) : start
  return [Math.floor(first / HOUR_MS) * HOUR_MS, before === null ? row.hour + HOUR_MS : row.hour]
}
