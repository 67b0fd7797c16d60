import type { AcceleratorSample } from '../../domain/records/accelerator-fields.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { toSqlTime } from '../../domain/window.ts'
import type { DeliveryContext } from './plan.ts'

/** Columns of `staged` that a sample brings along; the store computes its hour and version. */
const CONTENT = [
  'device_id',
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
  'revision',
  'extra',
] as const satisfies readonly Exclude<keyof AcceleratorSample, 'time'>[]

export const SAMPLE_COLUMNS = [
  ...CONTENT,
  'time',
  'row',
  'source_offset',
  'batch_id',
  'source',
  'ingested_at',
]

/** A sample as a line of `staged`. `row` orders the samples of a part as they came. */
export function sampleLine(
  sample: AcceleratorSample,
  row: number,
  offset: number,
  delivery: DeliveryContext,
): string {
  return tabLine([
    ...CONTENT.map(field => sample[field]),
    toSqlTime(sample.time),
    row,
    offset,
    delivery.batch_id,
    originOf(delivery),
    toSqlTime(delivery.received_at),
  ])
}

/** A record that comes again under the same origin and offset is the same delivery of it. */
export function originOf({ origin, batch_id }: DeliveryContext): string {
  return origin === '' ? batch_id : origin
}
