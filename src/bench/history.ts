import { DAY_MS, formatInstant, HOUR_MS, type Instant, SECOND_MS } from '../domain/window.ts'

/**
 * A past of so many days for the tick section. Sixteen tenants work twenty hours a day: those with
 * even numbers on one run that goes on over all days, the others every second day on a run of its
 * own. Runs of the first two are beyond the threshold, so findings grow with the past as well.
 */

export const HISTORY = { tenants: 16, devices: 256, interval_s: 1800, hours_of_day: 20 } as const

const SAMPLES_A_DAY =
  (HISTORY.devices / HISTORY.tenants) * HISTORY.hours_of_day * (3600 / HISTORY.interval_s)

export interface Past {
  readonly days: number
  /** Midnight after the last day. */
  readonly end: Instant
}

/** Of all devices of a tenant in one day: beyond the default threshold of 1e26. */
const OPERATIONS_A_DAY = 2e26

/** The last hour of work of all tenants: what every timed tick finds dirty. */
export function lastHour({ end }: Past): Instant {
  return end - DAY_MS + (HISTORY.hours_of_day - 1) * HOUR_MS
}

/** Samples of the whole past as lines of JSON. */
export function* pastSamples(past: Past): Generator<string> {
  for (let day = 1; day <= past.days; day += 1) {
    for (let hour = 0; hour < HISTORY.hours_of_day; hour += 1) {
      yield* hourSamples(past.end - day * DAY_MS + hour * HOUR_MS, day, 0)
    }
  }
}

/** Samples of one hour; `day` counts back from the last, `revision` sends them anew. */
export function* hourSamples(hour: Instant, day: number, revision: number): Generator<string> {
  const steps = 3600 / HISTORY.interval_s
  for (let step = 1; step <= steps; step += 1) {
    const time = formatInstant(hour + step * HISTORY.interval_s * SECOND_MS)
    for (let device = 0; device < HISTORY.devices; device += 1) {
      const tenant = device % HISTORY.tenants
      if (tenant % 2 === 1 && day % 2 === 0) continue
      yield JSON.stringify({
        time,
        interval_s: HISTORY.interval_s,
        device_id: `gpu-${device}`,
        tenant_id: tenantName(tenant),
        accelerator: 'NVIDIA H100 80GB HBM3',
        node_id: `node-${tenant}`,
        fabric_id: `fabric-${tenant}`,
        site: 'bench',
        tensor_active: 0.45 + (device % 8) / 100 + revision / 1e6,
        sm_clock_mhz: 1755,
        power_w: 600,
        revision,
        ...(tenant < 2 ? { operations: OPERATIONS_A_DAY / SAMPLES_A_DAY } : {}),
      })
    }
  }
}

/** A bill per tenant and day for what it held, used or not. */
export function* pastBills({ days, end }: Past): Generator<string> {
  for (let day = 1; day <= days; day += 1) {
    const start = end - day * DAY_MS
    const month = `${formatInstant(start).slice(0, 7)}-01T00:00:00.000Z`
    for (let tenant = 0; tenant < HISTORY.tenants; tenant += 1) {
      yield JSON.stringify({
        BillingAccountId: tenantName(tenant),
        BillingPeriodStart: month,
        ChargeCategory: 'Usage',
        ChargePeriodStart: formatInstant(start),
        ChargePeriodEnd: formatInstant(start + DAY_MS),
        ConsumedQuantity: (HISTORY.devices / HISTORY.tenants) * HISTORY.hours_of_day,
        ConsumedUnit: 'Hours',
        SkuId: 'p5.4xlarge',
        SubAccountId: tenantName(tenant),
      })
    }
  }
}

/** Who the tenants are: a customer each, of which every second is foreign. */
export function* pastIdentity(kind: 'party' | 'account', since: Instant): Generator<string> {
  const validity = { valid_from: formatInstant(since), recorded_at: formatInstant(since) }
  for (let tenant = 0; tenant < HISTORY.tenants; tenant += 1) {
    const party_id = `party-${tenant}`
    yield JSON.stringify(
      kind === 'account'
        ? { tenant_id: tenantName(tenant), customer_party_id: party_id, ...validity }
        : {
            party_id,
            kind: 'entity',
            names: [{ name: `Customer ${tenant}` }],
            organised_in: tenant % 2 === 0 ? 'SG' : 'US-DE',
            owners_complete: true,
            ...validity,
          },
    )
  }
}

function tenantName(tenant: number): string {
  return `tenant-${tenant}`
}
