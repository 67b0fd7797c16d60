import { z } from 'zod'
import { sha256Hex } from '../canonical.ts'
import { CHARGE_MS_MAX } from '../ingest-settings.ts'
import { formatDay, formatInstant, type Instant, parseInstant } from '../window.ts'
import { readExtra } from './extra.ts'
import {
  instantOrNull,
  numberOrNull,
  readNumber,
  readText,
  requiredInstant,
  requiredText,
  text,
} from './fields.ts'
import { readSchema, unknownMembers } from './read-schema.ts'
import { type Reading, taken } from './reject.ts'

/**
 * One row of a FOCUS 1.x billing file, by the columns as published. Only what the account, the
 * period and the amount hang on is required: a sparse row still says that compute was sold.
 */
const money = numberOrNull.pipe(z.number().min(-1e15).max(1e15).nullable())

export const focusRow = z
  .object({
    BillingAccountId: requiredText,
    BillingPeriodStart: instantOrNull,
    ChargePeriodStart: requiredInstant,
    ChargePeriodEnd: requiredInstant,
    ChargeCategory: text.transform(value => value || 'Usage'),
    ChargeClass: text,
    SkuId: text,
    ResourceId: text,
    RegionId: text,
    ConsumedQuantity: money,
    ConsumedUnit: text,
    PricingQuantity: money,
    PricingUnit: text,
    BilledCost: money,
    BillingCurrency: text,
    InvoiceId: text,
    CapacityReservationId: text,
    CommitmentDiscountId: text,
    x_TenantId: text,
    x_InstanceType: text,
  })
  .refine(row => row.ChargePeriodEnd > row.ChargePeriodStart, {
    path: ['ChargePeriodEnd'],
    message: 'it must be after "ChargePeriodStart"',
  })
  .refine(row => row.ChargePeriodEnd - row.ChargePeriodStart <= CHARGE_MS_MAX, {
    path: ['ChargePeriodEnd'],
    message: 'a charge period of more than 1,100 days is no charge',
  })

export interface Charge {
  readonly charge_id: string
  readonly tenant_id: string
  readonly billing_account_id: string
  readonly period_start: Instant
  readonly start: Instant
  readonly end: Instant
  readonly charge_category: string
  readonly charge_class: string
  readonly sku_id: string
  readonly instance_type: string
  readonly resource_id: string
  readonly region: string
  readonly quantity: number
  readonly unit: string
  readonly billed_cost: number
  readonly currency: string
  readonly invoice_id: string
  readonly commitment_id: string
  readonly extra: string
}

const KNOWN: ReadonlySet<string> = new Set(Object.keys(focusRow.shape))

export function readCharge(raw: object, extra_characters_max: number): Reading<Charge> {
  const read = readSchema(focusRow, raw)
  if (!read.ok) return read
  const extra = readExtra(unknownMembers(raw, KNOWN), extra_characters_max)
  if (!extra.ok) return extra
  const row = read.value
  const consumed = row.ConsumedQuantity !== null
  return taken({
    charge_id: chargeId(raw),
    // The billing account is the tenant of the contract; x_TenantId serves providers that meter
    // under other names than they bill.
    tenant_id: row.x_TenantId || row.BillingAccountId,
    billing_account_id: row.BillingAccountId,
    period_start: row.BillingPeriodStart ?? monthStart(row.ChargePeriodStart),
    start: row.ChargePeriodStart,
    end: row.ChargePeriodEnd,
    charge_category: row.ChargeCategory,
    charge_class: row.ChargeClass,
    sku_id: row.SkuId,
    instance_type: row.x_InstanceType || instanceType(raw),
    resource_id: row.ResourceId,
    region: row.RegionId,
    quantity: (consumed ? row.ConsumedQuantity : row.PricingQuantity) ?? 0,
    unit: consumed ? row.ConsumedUnit : row.PricingUnit,
    billed_cost: row.BilledCost ?? 0,
    currency: row.BillingCurrency,
    invoice_id: row.InvoiceId,
    commitment_id: row.CapacityReservationId || row.CommitmentDiscountId,
    extra: extra.value,
  })
}

/** Custom columns that providers put their own row id into; FOCUS itself has none. */
const ROW_ID_COLUMNS = ['x_RowId', 'x_ChargeId', 'x_LineItemId', 'x_RecordId'] as const

/**
 * What makes a row without an id that row: FOCUS's mandatory columns, and the conditional ones
 * that alone tell two rows of one hour apart (resource, SKU, reservation). The mandatory ones by
 * themselves would fold the same charge for two resources into one and hide compute.
 */
const IDENTITY_COLUMNS = [
  'AvailabilityZone',
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'CapacityReservationId',
  'CapacityReservationStatus',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'CommitmentDiscountId',
  'CommitmentDiscountStatus',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceId',
  'InvoiceIssuerName',
  'ListCost',
  'PricingCategory',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'RegionId',
  'ResourceId',
  'ServiceCategory',
  'ServiceName',
  'SkuId',
  'SkuPriceId',
  'SubAccountId',
] as const

function chargeId(raw: object): string {
  for (const column of ROW_ID_COLUMNS) {
    const id = readText(Reflect.get(raw, column))
    if (id) return id
  }
  const cells = IDENTITY_COLUMNS.map(column => normalCell(Reflect.get(raw, column)))
  return `row-${sha256Hex(JSON.stringify(cells)).slice(0, 32)}`
}

/** One spelling per value, so that the CSV and the JSON export of a row are the same row. */
function normalCell(value: unknown): string {
  const number = readNumber(value)
  if (number === null) return ''
  if (number !== undefined) return String(number)
  const cell = readText(value) ?? JSON.stringify(value) ?? ''
  const at = parseInstant(cell)
  return at === null ? cell : formatInstant(at)
}

/** FOCUS 1.1+ carries the instance type inside SkuPriceDetails: an object, in CSV its JSON text. */
function instanceType(raw: object): string {
  const details = asObject(Reflect.get(raw, 'SkuPriceDetails'))
  if (details === null) return ''
  for (const name of ['InstanceType', 'x_InstanceType']) {
    const type = readText(Reflect.get(details, name))
    if (type) return type
  }
  return ''
}

function asObject(value: unknown): object | null {
  if (typeof value === 'object') return value
  if (typeof value !== 'string' || !value.startsWith('{')) return null
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' ? parsed : null
  } catch {
    return null
  }
}

function monthStart(at: Instant): Instant {
  return parseInstant(`${formatDay(at).slice(0, 7)}-01`) ?? at
}
