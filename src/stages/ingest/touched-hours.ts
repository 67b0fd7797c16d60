import { floorHour, HOUR_MS, type Instant } from '../../domain/window.ts'
import type { TouchedHours } from './plan.ts'

/** The time that changes: from an instant on, to the end of the hour `last`. */
export interface TouchedSpan {
  readonly first: Instant
  readonly last: Instant
}

/** Gathers what a part touches, hour by hour. */
export interface Touching {
  readonly hours: TouchedHours
  /**
   * Adds the hours of a span, for some tenants, with one device each or none: of an hour that is
   * named twice the earlier instant stands, and devices add up.
   */
  add(span: TouchedSpan, tenants: readonly string[], devices: 0 | 1): void
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
    add({ first, last }, tenants, devices) {
      for (let hour = floorHour(first); hour <= last; hour += HOUR_MS) {
        const touched = at(hour, Math.max(hour, first))
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
