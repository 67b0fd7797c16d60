/** What a scenario consists of, and the few building blocks that its files share. */
import { DAY_MS, HOUR_MS, type Instant, type Window } from '../domain/window.ts'
import type { Cast } from './cast.ts'
import { GB200, type SimulatedChip } from './chips.ts'
import type { Commitment } from './commitment.ts'
import { type Fleet, fleetDevices, type Place } from './fleet.ts'
import type { TrainingStage } from './workloads/training.ts'

/**
 * What should come of it. `threshold`: a case if the operations of all its tenants together pass
 * 1e26; `capacity`: a case, because what is committed could; `none`: no case; `open`: something to
 * look at, where a case is right and so is none yet.
 */
export type Expectation = 'threshold' | 'capacity' | 'none' | 'open'

/** The tenants that one hand moves, and whose hand that is. */
export interface Actor {
  readonly name: string
  readonly tenants: readonly string[]
  readonly foreign_person: 'foreign' | 'domestic' | 'unknown'
  readonly expectation: Expectation
  readonly why: string
}

export interface Scene {
  readonly fleets: readonly Fleet[]
  readonly cast: Cast
  readonly commitments: readonly Commitment[]
  readonly actors: readonly Actor[]
}

/** The part of the window between two shares of its length, on full hours. */
export function part(window: Window, from: number, to: number): Window {
  const at = (share: number): Instant =>
    window.start + Math.round(((window.end - window.start) * share) / HOUR_MS) * HOUR_MS
  return { start: at(from), end: at(to) }
}

/** Racks of 72, metered as racks, by the hour. */
export const RACK = { chip: GB200, devices_per_meter: 72, interval_s: 3600 } as const

/** Servers of 8, metered as servers, by the hour. */
export function servers(chip: SimulatedChip) {
  return { chip, devices_per_meter: 8, interval_s: 3600 } as const
}

/** The common case: nothing declared or attested, gauges only, telemetry in order. */
export const PLAIN = {
  declared_use: null,
  precision: 'bf16',
  precision_attested: false,
  counters: false,
  flaws: {},
} as const

export function place(site: string, region: string, fabric: number): Place {
  return { site, region, fabric_id: `${site}-fabric-${fabric}` }
}

/** A reservation of exactly the fleet, for as long as it is held, signed some days ahead. */
export function reserve(fleet: Fleet, commitment_id: string, days_ahead: number): Commitment[] {
  if (fleet.tenant_id === null) return []
  const signed_at = fleet.held.start - days_ahead * DAY_MS
  return [
    {
      commitment_id,
      tenant_id: fleet.tenant_id,
      accelerator: fleet.chip.id,
      accelerators: fleetDevices(fleet),
      start: fleet.held.start,
      end: fleet.held.end,
      status: 'active',
      fabric_gbps: 400,
      site: fleet.place.site,
      declared_use: fleet.declared_use ?? '',
      signed_at,
      revision: 1,
      recorded_at: signed_at,
    },
  ]
}

/**
 * A frontier pretraining run: a warm-up on a quarter of the machine, the bulk, then long context
 * and annealing with less arithmetic and more memory.
 */
export function pretraining(tensor_active: number): TrainingStage[] {
  const bulk = { meters_share: 1, dram_active: 0.42, memory_share: 0.88, tensor_active }
  const context = { dram_active: 0.5, memory_share: 0.93, tensor_active: tensor_active * 0.9 }
  return [
    { ...bulk, until_share: 0.03, meters_share: 0.25 },
    { ...bulk, until_share: 0.84 },
    { ...bulk, ...context, until_share: 0.94 },
    { ...bulk, until_share: 1, tensor_active: tensor_active * 0.97 },
  ]
}
