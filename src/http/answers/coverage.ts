import { z } from 'zod'
import { formatInstant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { answerTenant, seconds, tenant, time, timeOr, timeOrNull } from './common.ts'

const bounds = z
  .object({ lo: z.number(), mid: z.number(), hi: z.number(), unit: z.literal('operations') })
  .meta({ id: 'OperationBounds' })

export const coverageShape = z
  .object({
    tenant_id: tenant,
    start: time.describe('of the hour or day, UTC'),
    observed_device_s: seconds,
    billed_device_s: seconds,
    dark_device_s: seconds.describe('billed, but no telemetry showed it'),
    dark_operations: bounds,
    unknown_chip_device_s: seconds.describe('on accelerators that the catalogue does not know'),
    unmetered_s: seconds.describe('seen, without a figure to estimate from'),
    silent_zero_s: seconds.describe('profiling counters at zero while power says work'),
    counter_resets: z.number(),
  })
  .meta({ id: 'Coverage' })

export function answerCoverage(row: QueryRow<'read-coverage'>): z.output<typeof coverageShape> {
  return {
    tenant_id: answerTenant(row.tenant_id),
    start: formatInstant(row.bucket),
    observed_device_s: row.observed_device_s,
    billed_device_s: row.billed_device_s,
    dark_device_s: row.dark_device_s,
    dark_operations: { lo: row.dark_lo, mid: row.dark_mid, hi: row.dark_hi, unit: 'operations' },
    unknown_chip_device_s: row.unknown_chip_device_s,
    unmetered_s: row.unmetered_s,
    silent_zero_s: row.silent_zero_s,
    counter_resets: row.counter_resets,
  }
}

export const totalsShape = z
  .object({
    tenants: z.number(),
    observed_device_s: seconds,
    billed_device_s: seconds,
    dark_device_s: seconds,
    dark_operations: bounds,
    unattributed_device_s: seconds.describe('of compute that nobody is named for'),
    unattributed_operations: bounds,
    unknown_chip_device_s: seconds,
    conflicts: z.number().describe('identities under which two contents of one revision came in'),
  })
  .meta({ id: 'CoverageTotals' })

export function answerTotals(
  row: QueryRow<'read-coverage-totals'>,
  conflicts: number,
): z.output<typeof totalsShape> {
  return {
    tenants: row.tenants,
    observed_device_s: row.observed_device_s,
    billed_device_s: row.billed_device_s,
    dark_device_s: row.dark_device_s,
    dark_operations: { lo: row.dark_lo, mid: row.dark_mid, hi: row.dark_hi, unit: 'operations' },
    unattributed_device_s: row.unattributed_device_s,
    unattributed_operations: {
      lo: row.unattributed_lo,
      mid: row.unattributed_mid,
      hi: row.unattributed_hi,
      unit: 'operations',
    },
    unknown_chip_device_s: row.unknown_chip_device_s,
    conflicts,
  }
}

export const unknownChipShape = z
  .object({
    accelerator: z.string().describe('as the driver or the sender spelt it'),
    devices: z.number(),
    tenants: z.number(),
    device_s: seconds,
    first_hour: time,
    last_hour: time,
  })
  .meta({ id: 'UnknownChip' })

export function answerUnknownChip(row: QueryRow<'read-unknown-chips'>) {
  const { first_hour, last_hour } = row
  return { ...row, first_hour: formatInstant(first_hour), last_hour: formatInstant(last_hour) }
}

export const quarantineCountShape = z
  .object({
    stream: z.string(),
    reason: z.string(),
    records: z.number(),
    last_at: time,
    example: z.string().describe('what was wrong with the newest'),
  })
  .meta({ id: 'QuarantineCount' })

export function answerQuarantineCount(row: QueryRow<'read-quarantine-counts'>) {
  return { ...row, last_at: formatInstant(row.last_at) }
}

const counts = {
  consumed: z.number(),
  accepted: z.number(),
  duplicates: z.number(),
  quarantined: z.number(),
  revised: z.number(),
  conflicts: z.number(),
  bytes: z.number(),
}

export const ledgerShape = z
  .object({
    stream: z.string(),
    batches: z.number(),
    ...counts,
    balanced: z.boolean().describe('consumed = accepted + duplicates + quarantined'),
    last_at: time,
  })
  .meta({ id: 'LedgerLine' })

export function answerLedger(row: QueryRow<'read-ledger'>): z.output<typeof ledgerShape> {
  return { ...row, balanced: isBalanced(row), last_at: formatInstant(row.last_at) }
}

export const partitionShape = z
  .object({
    topic: z.string(),
    partition: z.number(),
    offset_first: z.number(),
    offset_next: z.number().describe('where reading goes on'),
    messages: z.number(),
    consumed: z.number(),
    accepted: z.number(),
    duplicates: z.number(),
    quarantined: z.number(),
    balanced: ledgerShape.shape.balanced,
    breaks: z
      .number()
      .describe('places where offsets were skipped or counted twice; `audit` lists them'),
  })
  .meta({ id: 'PartitionLine' })

export function answerPartition(
  row: QueryRow<'audit-partitions'>,
  breaks: readonly QueryRow<'audit-breaks'>[],
): z.output<typeof partitionShape> {
  const { topic, partition, incarnation, offset_first, offset_next } = row
  const { messages, consumed, accepted, duplicates, quarantined } = row
  const own = breaks.filter(
    found =>
      found.topic === topic && found.partition === partition && found.incarnation === incarnation,
  )
  return {
    ...{ topic, partition, offset_first, offset_next },
    ...{ messages, consumed, accepted, duplicates, quarantined },
    balanced: isBalanced(row),
    breaks: own.length,
  }
}

export const batchShape = z
  .object({
    batch_id: z.string(),
    stream: z.string(),
    source: z.string(),
    source_hash: z.string(),
    received_at: time,
    ...counts,
    time_min: timeOrNull,
    time_max: timeOrNull,
    balanced: ledgerShape.shape.balanced,
  })
  .meta({ id: 'Batch' })

export function answerBatch(row: QueryRow<'read-batches'>): z.output<typeof batchShape> {
  const { received_at, time_min, time_max } = row
  return {
    ...row,
    balanced: isBalanced(row),
    received_at: formatInstant(received_at),
    time_min: timeOr(time_min),
    time_max: timeOr(time_max),
  }
}

function isBalanced(row: {
  readonly consumed: number
  readonly accepted: number
  readonly duplicates: number
  readonly quarantined: number
}): boolean {
  return row.consumed === row.accepted + row.duplicates + row.quarantined
}
