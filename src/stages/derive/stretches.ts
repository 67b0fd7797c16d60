import type { Instant } from '../../domain/window.ts'

/** Device-hours of one tenant on one day. */
export interface BusyDay {
  readonly tenant_id: string
  readonly day: Instant
  readonly hours: number
}

/** What one statement reads: some tenants on some days. */
export interface Stretch {
  readonly tenants: readonly string[]
  readonly days: readonly Instant[]
}

/**
 * Cuts busy days into stretches of at most so many device-hours: days go together while they fit, and
 * a day that holds more alone is cut by its tenants, so that memory does not grow with the fleet. One
 * tenant's day is never cut: its gangs may hold any of its devices.
 * @param busy sorted by day
 * @returns in order of days, so that each tenant's days follow each other
 */
export function stretchesOf(busy: readonly BusyDay[], hours_max: number): Stretch[] {
  const found: { tenants: Set<string>; days: Instant[]; hours: number }[] = []
  for (const [day, own] of Map.groupBy(busy, row => row.day)) {
    const hours = sum(own)
    const last = found.at(-1)
    if (last && last.hours + hours <= hours_max) {
      for (const { tenant_id } of own) last.tenants.add(tenant_id)
      last.days.push(day)
      last.hours += hours
    } else {
      for (const part of parts(own, hours_max)) {
        found.push({
          tenants: new Set(part.map(row => row.tenant_id)),
          days: [day],
          // What was cut is full: the day after begins a stretch of its own.
          hours: part.length < own.length ? hours_max : sum(part),
        })
      }
    }
  }
  return found.map(({ tenants, days }) => ({ tenants: [...tenants].sort(), days }))
}

function parts(own: readonly BusyDay[], hours_max: number): BusyDay[][] {
  const found: BusyDay[][] = []
  let room = 0
  for (const row of own) {
    const last = found.at(-1)
    if (last && row.hours <= room) {
      last.push(row)
      room -= row.hours
    } else {
      found.push([row])
      room = hours_max - row.hours
    }
  }
  return found
}

function sum(rows: readonly BusyDay[]): number {
  return rows.reduce((total, row) => total + row.hours, 0)
}
