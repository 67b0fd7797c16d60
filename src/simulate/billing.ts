/** The bill of the fleets: FOCUS 1.x rows, one per tenant, SKU, region and day. */
import { DAY_MS, formatInstant, HOUR_MS, type Instant, type Window } from '../domain/window.ts'
import type { Account } from './cast.ts'
import { type Fleet, fleetDevices } from './fleet.ts'

export const PROVIDER_NAME = 'Meridian Plains Cloud'

interface Position {
  readonly tenant_id: string
  readonly fleet: Fleet
  readonly hours: number
}

/**
 * Rows in order of time. What is billed is what was held, used or not, metered or not: a node
 * that went dark costs the same.
 */
export function* billedRows(
  fleets: readonly Fleet[],
  accounts: readonly Account[],
  window: Window,
): Generator<Record<string, unknown>> {
  const payers = new Map(accounts.map(account => [account.tenant_id, account.billing_account_id]))
  for (let day = window.start; day < window.end; day += DAY_MS) {
    const period = { start: day, end: Math.min(day + DAY_MS, window.end) }
    for (const position of positions(fleets, period)) {
      const payer = payers.get(position.tenant_id) ?? position.tenant_id
      yield focusRow(position, payer, period)
    }
  }
}

/** Accelerator-hours by tenant, SKU and region within a period. */
function positions(fleets: readonly Fleet[], period: Window): Position[] {
  const byKey = new Map<string, Position>()
  for (const fleet of fleets) {
    const held_ms = overlap(fleet.held, period)
    if (fleet.tenant_id === null || held_ms === 0) continue
    const key = JSON.stringify([fleet.tenant_id, fleet.chip.id, fleet.place.region])
    const hours = (held_ms / HOUR_MS) * fleetDevices(fleet) + (byKey.get(key)?.hours ?? 0)
    byKey.set(key, { tenant_id: fleet.tenant_id, fleet, hours })
  }
  return [...byKey.values()]
}

function overlap(a: Window, b: Window): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start))
}

function focusRow(
  position: Position,
  billing_account_id: string,
  period: Window,
): Record<string, unknown> {
  const { chip, place } = position.fleet
  const cost = Math.round(position.hours * chip.usd_per_hour * 100) / 100
  return {
    BilledCost: cost,
    BillingAccountId: billing_account_id,
    BillingCurrency: 'USD',
    ...billingPeriod(period.start),
    ChargeCategory: 'Usage',
    ChargeClass: null,
    ChargeDescription: `${chip.id} accelerator-hours, ${place.region}`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: formatInstant(period.start),
    ChargePeriodEnd: formatInstant(period.end),
    ConsumedQuantity: position.hours,
    ConsumedUnit: 'Hours',
    ContractedCost: cost,
    EffectiveCost: cost,
    InvoiceIssuerName: PROVIDER_NAME,
    ListCost: cost,
    ListUnitPrice: chip.usd_per_hour,
    PricingQuantity: position.hours,
    PricingUnit: 'Hours',
    ProviderName: PROVIDER_NAME,
    PublisherName: PROVIDER_NAME,
    RegionId: place.region,
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: 'Accelerator Capacity',
    SkuId: chip.id,
    SkuPriceId: `${chip.id}/on-demand`,
    SubAccountId: position.tenant_id,
    // A reseller is billed for its tenants; this column says whose the devices were.
    x_TenantId: position.tenant_id,
  }
}

/** Calendar months, as invoices are cut. */
function billingPeriod(at: Instant): Record<string, string> {
  const [year = 0, month = 0] = formatInstant(at).split('-').map(Number)
  const next = month === 12 ? monthText(year + 1, 1) : monthText(year, month + 1)
  return { BillingPeriodStart: monthText(year, month), BillingPeriodEnd: next }
}

function monthText(year: number, month: number): string {
  return `${year}-${String(month).padStart(2, '0')}-01T00:00:00.000Z`
}
