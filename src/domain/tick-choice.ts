import { parameterOf } from './band.ts'
import type { DetectorBundle } from './detector.ts'
import type { Instant } from './window.ts'

/**
 * Whose turn it is when more is dirty than one tick should take up. A finding is late by the rest of
 * a tick and a whole one, so ticks stay short: urgent tenants are in each of them, the others take
 * turns.
 */

/** A limit that a detector holds observed operations against. */
export interface OperationsLimit {
  readonly detector_id: string
  readonly operations: number
}

/** How much one tick takes up. */
export interface TickBound {
  /** Devices whose hours it rebuilds, as far as whole tenants allow. */
  readonly devices_max: number
  /** A tenant with a bound so little below a limit is near it: 0.02 is from 98 % on. */
  readonly near_share: number
  readonly limits: readonly OperationsLimit[]
}

/** The limits that detectors hold observed operations against. */
export function operationsLimits({ detectors }: DetectorBundle): OperationsLimit[] {
  return detectors
    .filter(({ definition }) => definition.unit === 'operations' && definition.basis === 'observed')
    .flatMap(detector => {
      const names = new Set(detector.definition.bands.map(band => band.passes))
      return [...names].map(name => ({
        detector_id: detector.id,
        operations: Number(parameterOf(detector, name).value),
      }))
    })
}

/** A tenant with dirty hours. */
export interface DirtyTenant {
  readonly tenant_id: string
  /** Devices to rebuild, each as often as it has dirty hours. */
  readonly devices: number
  readonly waiting_since: Instant
  /** Nobody knows yet what it does, or the next answer may take it across a limit. */
  readonly isUrgent: boolean
}

/**
 * Urgent tenants first, small ones before large ones; then those that have waited longest, at
 * least one, so that everybody's turn comes. A tenant is never cut: the last one may pass the bound.
 */
export function chooseTenants(dirty: readonly DirtyTenant[], devices_max: number): DirtyTenant[] {
  const urgent = dirty.filter(tenant => tenant.isUrgent).sort(bySize)
  const others = dirty.filter(tenant => !tenant.isUrgent).sort(byWait)
  const chosen: DirtyTenant[] = []
  let devices = 0
  const take = (tenant: DirtyTenant): void => {
    chosen.push(tenant)
    devices += tenant.devices
  }
  for (const tenant of urgent) if (devices < devices_max) take(tenant)
  for (const [at, tenant] of others.entries()) if (at === 0 || devices < devices_max) take(tenant)
  return chosen
}

function bySize(a: DirtyTenant, b: DirtyTenant): number {
  return a.devices - b.devices || byName(a, b)
}

function byWait(a: DirtyTenant, b: DirtyTenant): number {
  return a.waiting_since - b.waiting_since || byName(a, b)
}

function byName(a: DirtyTenant, b: DirtyTenant): number {
  return a.tenant_id < b.tenant_id ? -1 : 1
}
