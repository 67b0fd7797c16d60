import { canonicalJson } from '../../domain/canonical.ts'
import { type TimeBounds, timeBounds } from '../../domain/ingest-settings.ts'
import { type Charge, readCharge } from '../../domain/records/billing-charge.ts'
import type { Rejection } from '../../domain/records/reject.ts'
import { contentHash, versionOf } from '../../domain/records/version.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { DAY_MS, formatInstant, type Instant, toSqlTime } from '../../domain/window.ts'
import { chargedHours, createGenerations, type Generations } from './charge-generations.ts'
import {
  type DeliveryContext,
  inSlices,
  type Plan,
  planOf,
  type StreamDeps,
  type StreamStage,
} from './plan.ts'
import { settleVersions, timeSpan, type VersionedRow } from './versioned.ts'

/**
 * Billing. A row sent twice is one row; a correction that carries the row's own id takes its place,
 * any other is a row that adds its (often negative) amount. A file that replaces its billing
 * periods becomes visible all at once, when its last row is stored.
 */
export function createChargeStage(deps: StreamDeps): StreamStage {
  const generations = createGenerations(deps.store)
  return {
    begin(delivery) {
      const bounds = chargeBounds(timeBounds(deps.settings, delivery.received_at))
      const charges: Charge[] = []
      return {
        add(record) {
          const read = readCharge(record.value, deps.settings.extra_characters_max)
          if (!read.ok) return read.rejection
          const outside = outsideBounds(read.value, bounds)
          if (outside === null) charges.push(read.value)
          return outside
        },
        plan: () => planCharges(deps, generations, delivery, charges),
      }
    },
    finish: delivery => generations.finish(delivery),
  }
}

interface ChargeRow extends VersionedRow {
  readonly charge: Charge
  readonly generation: number
}

async function planCharges(
  deps: StreamDeps,
  generations: Generations,
  delivery: DeliveryContext,
  charges: readonly Charge[],
): Promise<Plan> {
  const inForce = await generations.of(delivery, charges)
  const rows = charges.map(charge => chargeRow(charge, inForce(charge), delivery))
  const stored = await loadStored(deps, charges)
  const versions = new Map([...stored].map(([key, row]) => [key, row.version]))
  const { winners, accepted, duplicates, revised } = settleVersions(rows, versions)
  const before = winners.map(row => stored.get(row.key)).filter(row => row !== undefined)
  return planOf({
    accepted,
    duplicates,
    revised,
    hours: chargedHours([...winners.map(row => row.charge), ...before]),
    writes: [
      {
        table: 'charges',
        columns: CHARGE_COLUMNS,
        lines: winners.map(row => row.line),
        partitions: winners.map(row => Math.floor(row.charge.start / DAY_MS / 28)),
      },
    ],
    ...timeSpan(winners),
  })
}

const CHARGE_COLUMNS = [
  'charge_id',
  'version',
  'tenant_id',
  'billing_account_id',
  'period_start',
  'generation',
  'start',
  'end',
  'charge_category',
  'charge_class',
  'sku_id',
  'instance_type',
  'resource_id',
  'region',
  'quantity',
  'unit',
  'billed_cost',
  'currency',
  'invoice_id',
  'commitment_id',
  'extra',
  'batch_id',
  'ingested_at',
] as const

function chargeRow(charge: Charge, generation: number, delivery: DeliveryContext): ChargeRow {
  const correction = charge.charge_class.toLowerCase() === 'correction' ? 1 : 0
  const version = versionOf(correction, contentHash(canonicalJson({ ...charge })))
  const cells: Record<(typeof CHARGE_COLUMNS)[number], string | number> = {
    ...charge,
    version: String(version),
    period_start: toSqlTime(charge.period_start),
    generation,
    start: toSqlTime(charge.start),
    end: toSqlTime(charge.end),
    batch_id: delivery.batch_id,
    ingested_at: toSqlTime(delivery.received_at),
  }
  return {
    key: chargeKey(charge, generation),
    version,
    line: tabLine(CHARGE_COLUMNS.map(column => cells[column])),
    time: charge.start,
    charge,
    generation,
  }
}

function chargeKey(
  charge: { tenant_id: string; start: Instant; charge_id: string },
  generation: number,
): string {
  return JSON.stringify([charge.tenant_id, charge.start, charge.charge_id, generation])
}

const IDS_PER_LOOK = 2000

interface StoredCharge {
  readonly tenant_id: string
  readonly start: Instant
  readonly end: Instant
  readonly version: bigint
}

async function loadStored(
  deps: StreamDeps,
  charges: readonly Charge[],
): Promise<Map<string, StoredCharge>> {
  const rows = await inSlices(charges, IDS_PER_LOOK, slice => {
    const starts = timeSpan(slice.map(charge => ({ time: charge.start })))
    return deps.store.query('charge-versions', {
      tenants: [...new Set(slice.map(charge => charge.tenant_id))],
      ids: [...new Set(slice.map(charge => charge.charge_id))],
      from: starts.time_min ?? 0,
      until: starts.time_max ?? 0,
    })
  })
  return new Map(rows.map(row => [chargeKey(row, row.generation), row]))
}

/** Charges may be issued for the rest of the running term, so a year ahead is no fault. */
const AHEAD_MS = 400 * DAY_MS

function chargeBounds(bounds: TimeBounds): TimeBounds {
  return { min: bounds.min, max: bounds.max + AHEAD_MS }
}

function outsideBounds(charge: Charge, bounds: TimeBounds): Rejection | null {
  if (charge.start < bounds.min || charge.period_start < bounds.min) {
    const detail = `the charge begins ${formatInstant(charge.start)}, in a billing period from ${formatInstant(charge.period_start)}; nothing before ${formatInstant(bounds.min)} is read`
    return { reason: 'time_too_old', detail }
  }
  if (charge.end <= bounds.max) return null
  const detail = `"ChargePeriodEnd" is ${formatInstant(charge.end)}, after ${formatInstant(bounds.max)}`
  return { reason: 'time_in_future', detail }
}
