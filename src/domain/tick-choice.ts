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
  /** Devices whose hours it rebuilds, as far as what is urgent allows. */
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

/** A share of a tenant's devices, of `count` shares by hash, all but alike; the whole is 0 of 1. */
export interface Share {
  readonly tenant_id: string
  readonly slice: number
  readonly count: number
}

/** A tenant with dirty hours. */
export interface DirtyTenant {
  readonly tenant_id: string
  /** Devices to rebuild, each as often as it has dirty hours. */
  readonly devices: number
  readonly waiting_since: Instant
  /** Nobody knows yet what it does, or the next answer may take it across a limit. */
  readonly isUrgent: boolean
  /** The slice that is next, where its turn has begun in slices. */
  readonly next: Share | null
}

/**
 * Urgent tenants first, small ones before large ones, each whole; then those whose slices have begun
 * and those that have waited longest, at least one, so that everybody's turn comes. One with more
 * devices than a tick should take up has its turn in slices, and begins when it is the first in line:
 * so one is done before the next begins, and a tick is as long as its urgent tenants and one slice.
 */
export function chooseShares(dirty: readonly DirtyTenant[], devices_max: number): Share[] {
  const urgent = dirty.filter(tenant => tenant.isUrgent).sort(bySize)
  const others = dirty.filter(tenant => !tenant.isUrgent).sort(byWait)
  const chosen: Share[] = []
  let devices = 0
  const take = (tenant: DirtyTenant, share: Share): void => {
    chosen.push(share)
    devices += tenant.devices / share.count
  }
  for (const tenant of urgent) if (devices < devices_max) take(tenant, whole(tenant))
  for (const [at, tenant] of others.entries()) {
    const share = tenant.next ?? firstShare(tenant, devices_max)
    if (at === 0 || (share.count === 1 && devices < devices_max)) take(tenant, share)
  }
  return chosen
}

/** Its tenant is metered whole when this is done. */
export function isLast({ slice, count }: Share): boolean {
  return slice === count - 1
}

function whole({ tenant_id }: DirtyTenant): Share {
  return { tenant_id, slice: 0, count: 1 }
}

function firstShare({ tenant_id, devices }: DirtyTenant, devices_max: number): Share {
  return { tenant_id, slice: 0, count: Math.max(1, Math.ceil(devices / devices_max)) }
}

function bySize(a: DirtyTenant, b: DirtyTenant): number {
  return a.devices - b.devices || byName(a, b)
}

function byWait(a: DirtyTenant, b: DirtyTenant): number {
  const begun = Number(b.next !== null) - Number(a.next !== null)
  return begun || a.waiting_since - b.waiting_since || byName(a, b)
}

function byName(a: DirtyTenant, b: DirtyTenant): number {
  return a.tenant_id < b.tenant_id ? -1 : 1
}
