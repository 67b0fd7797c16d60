import type { Precision } from '../accelerator.ts'

/**
 * The fields of an AcceleratorSample (contract 1.1) as one table. The reader and the schema are
 * both made from it, and the store's columns are in its order.
 */

export const POWER_SCOPES = ['device', 'node'] as const

/** Texts that may be blank; a blank tenant is *unattributed*, measured and never dropped. */
export const TEXT_FIELDS = [
  'tenant_id',
  'accelerator',
  'node_id',
  'fabric_id',
  'site',
  'region',
  'workload_id',
  'declared_use',
  'precision_source',
] as const

/** `gauge` marks averages, for which DCGM's 32-bit blanks are blanks too. */
export interface NumberRange {
  readonly max: number
  readonly gauge: boolean
}

const share: NumberRange = { max: 1, gauge: true }
const counter: NumberRange = { max: 1e24, gauge: false }
const bytes: NumberRange = { max: 1e18, gauge: false }

/**
 * Numbers from 0 up. The maxima are not judgements: they stand orders of magnitude above any
 * device or node and only keep one absurd value from swallowing every sum it enters.
 */
export const NUMBER_FIELDS = {
  tensor_active: share,
  sm_active: share,
  dram_active: share,
  gpu_util: share,
  fp64_active: share,
  fp32_active: share,
  fp16_active: share,
  mma_cycles_total: counter,
  sm_cycles_total: counter,
  sm_clock_mhz: { max: 1e5, gauge: true },
  power_w: { max: 1e7, gauge: true },
  energy_total_j: { max: 1e18, gauge: false },
  memory_used_bytes: bytes,
  nvlink_tx_bytes: bytes,
  nvlink_rx_bytes: bytes,
  net_tx_bytes: bytes,
  net_rx_bytes: bytes,
  pcie_tx_bytes: bytes,
  pcie_rx_bytes: bytes,
  storage_read_bytes: bytes,
  storage_write_bytes: bytes,
  operations: { max: 1e26, gauge: false },
} as const satisfies Record<string, NumberRange>

export const DEVICE_COUNT_MAX = 65_536
export const REVISION_MAX = 4_294_967_295

type NumberField = keyof typeof NUMBER_FIELDS
type TextField = (typeof TEXT_FIELDS)[number]

/** One device (or node-level meter) over the interval that ends at `time`. */
export type AcceleratorSample = {
  readonly time: number
  readonly interval_s: number
  readonly device_id: string
  readonly device_count: number
  readonly slice: number
  readonly power_scope: (typeof POWER_SCOPES)[number]
  readonly precision: Precision | ''
  readonly revision: number
  /** Unknown fields as canonical JSON, '' when there are none. */
  readonly extra: string
} & { readonly [field in TextField]: string } & { readonly [field in NumberField]: number | null }
