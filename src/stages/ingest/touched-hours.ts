import type { Instant } from '../../domain/window.ts'
import type { TouchedHours } from './plan.ts'

/** Gathers what a part touches, hour by hour. */
export interface Touching {
  readonly hours: TouchedHours
  /**
   * Adds hours that change from an instant on, for some tenants, with one device each or none: of
   * an hour that is named twice the earlier instant stands, and devices add up.
   */
  add(hours: ReadonlyMap<Instant, Instant>, tenants: readonly string[], devices: 0 | 1): void
  /** Adds what another part of the same work touches. */
  join(more: TouchedHours): void
}

export function createTouching(): Touching {
  const hours = new Map<Instant, { since: Instant; readonly tenants: Map<string, number> }>()
  const at = (hour: Instant, since: Instant) => {
    const known = hours.get(hour)
    if (known === undefined) {
      const fresh = { since, tenants: new Map<string, number>() }
      hours.set(hour, fresh)
      return fresh
    }
    known.since = Math.min(known.since, since)
    return known
  }
  const count = (tenants: Map<string, number>, tenant: string, devices: number) =>
    tenants.set(tenant, (tenants.get(tenant) ?? 0) + devices)
  return {
    hours,
    add(more, tenants, devices) {
      for (const [hour, since] of more) {
        const touched = at(hour, since)
        for (const tenant of tenants) count(touched.tenants, tenant, devices)
      }
    },
    join(more) {
      for (const [hour, { since, tenants }] of more) {
        const touched = at(hour, since)
        for (const [tenant, devices] of tenants) count(touched.tenants, tenant, devices)
      }
    },
  }
}
