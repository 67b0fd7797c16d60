import type { Charge } from '../../domain/records/billing-charge.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { floorHour, type Instant, toSqlTime } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import { type DeliveryContext, type Plan, planOf, type TouchedHours } from './plan.ts'
import { createTouching } from './touched-hours.ts'

/** One billing period of one billing account: what a replacing file replaces. */
type Period = Pick<Charge, 'billing_account_id' | 'period_start'>

/**
 * Which generation of a billing period a row belongs to. A replacing delivery writes under a
 * generation of its own, its instant of arrival, which nobody reads until the delivery is whole
 * and `finish` names it. If it breaks off, its rows stay unread for ever: a resend has another
 * generation, so leftovers never mix with it.
 */
export interface Generations {
  of(delivery: DeliveryContext, charges: readonly Period[]): Promise<(period: Period) => number>
  finish(delivery: DeliveryContext): Promise<Plan | null>
}

/** Spans of one billing period; a month of hourly rows has 744. */
const SPANS_MAX = 1_000_000

export function createGenerations(store: Store): Generations {
  /** Periods that a running delivery replaces; gone with it when it breaks off. */
  const replaced = new WeakMap<DeliveryContext, Map<string, Period>>()

  const present = async (accounts: readonly string[]): Promise<Map<string, number>> => {
    const rows = await store.query('charge-generations-present', { accounts: [...accounts] })
    return new Map(rows.map(row => [periodKey(row), row.generation]))
  }

  return {
    async of(delivery, charges) {
      const accounts = [...new Set(charges.map(charge => charge.billing_account_id))]
      if (!delivery.replace_period) {
        const known = accounts.length === 0 ? new Map() : await present(accounts)
        return period => known.get(periodKey(period)) ?? 0
      }
      const periods = replaced.get(delivery) ?? new Map<string, Period>()
      for (const charge of charges) periods.set(periodKey(charge), charge)
      replaced.set(delivery, periods)
      return () => delivery.received_at
    },

    async finish(delivery) {
      const periods = replaced.get(delivery)
      if (periods === undefined || periods.size === 0) return null
      const touching = createTouching()
      const lines: string[] = []
      for (const { billing_account_id, period_start } of periods.values()) {
        const spans = await store.query('charge-spans', {
          account: billing_account_id,
          period_start,
          limit: SPANS_MAX,
        })
        touching.join(chargedHours(spans))
        lines.push(tabLine([billing_account_id, toSqlTime(period_start), delivery.received_at]))
      }
      const columns = ['billing_account_id', 'period_start', 'generation']
      const write = { table: 'charge_generations', columns, lines, partitions: null }
      return planOf({ hours: touching.hours, writes: [write] })
    },
  }
}

function periodKey({ billing_account_id, period_start }: Period): string {
  return JSON.stringify([billing_account_id, period_start])
}

/** Every hour that the spans of charges overlap, as a whole. */
export function chargedHours(
  spans: readonly { readonly tenant_id: string; readonly start: Instant; readonly end: Instant }[],
): TouchedHours {
  const touching = createTouching()
  for (const { tenant_id, start, end } of spans) {
    touching.add({ first: floorHour(start), last: floorHour(end - 1) }, [tenant_id], 0)
  }
  return touching.hours
}
