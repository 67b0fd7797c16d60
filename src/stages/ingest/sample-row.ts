import type { AcceleratorSample } from '../../domain/records/accelerator-fields.ts'
import { contentHash, versionOf } from '../../domain/records/version.ts'
import { HOUR_MS, type Instant, sampleHour, toSqlTime } from '../../domain/window.ts'

/** A sample made ready for the store: its row as text, and what settling it needs. */
export interface SampleRow {
  readonly device_id: string
  readonly tenant_id: string
  readonly end: Instant
  readonly hour: Instant
  readonly interval_ms: number
  /** Whether it carries counters, which vouch for the time since the reading before. */
  readonly counters: boolean
  readonly version: bigint
  readonly revision: number
  /** The row up to its metadata, without the closing bracket. */
  readonly content: string
}

/** What the sender said, in the order in which it is hashed and stored. */
const CONTENT = [
  'tenant_id',
  'interval_s',
  'accelerator',
  'device_count',
  'slice',
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
  'power_scope',
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
] as const satisfies readonly (keyof AcceleratorSample)[]

/** Columns of `samples` in the order of `sampleLine`. */
export const SAMPLE_COLUMNS: readonly string[] = [
  'hour',
  'device_id',
  'time',
  ...CONTENT,
  'version',
  'revision',
  'batch_id',
  'ingested_at',
]

export function sampleRow(sample: AcceleratorSample): SampleRow {
  const hour = sampleHour(sample.time)
  const cells: (string | number | null)[] = [
    hourText(hour),
    sample.device_id,
    toSqlTime(sample.time),
  ]
  for (const field of CONTENT) cells.push(sample[field])
  const content = JSON.stringify(cells).slice(0, -1)
  return {
    device_id: sample.device_id,
    tenant_id: sample.tenant_id,
    end: sample.time,
    hour,
    interval_ms: Math.ceil(sample.interval_s * 1000),
    counters: sample.mma_cycles_total !== null || sample.energy_total_j !== null,
    version: versionOf(sample.revision, contentHash(content)),
    revision: sample.revision,
    content,
  }
}

/** The whole row; `metadata` is the same for a part. */
export function sampleLine(row: SampleRow, metadata: string): string {
  return `${row.content},"${row.version}",${row.revision},${metadata}]\n`
}

export function sampleMetadata(batch_id: string, ingested_at: Instant): string {
  return `${JSON.stringify(batch_id)},"${toSqlTime(ingested_at)}"`
}

let known = { hour: Number.NaN, text: '' }

/** Neighbouring samples share their hour. */
function hourText(hour: Instant): string {
  if (known.hour !== hour) known = { hour, text: toSqlTime(hour).slice(0, 19) }
  return known.text
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
