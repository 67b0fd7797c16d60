/**
 * What really happened, before any meter: who computed what, where and when. One computation is a
 * sequence of these, and everything that telemetry shows is made from them.
 */
import type { Window } from '../../domain/window.ts'
import type { SimulatedChip } from '../chips.ts'

/** A row of meters that work alike from `start` to `end`. */
export interface Work extends Window {
  /** The computation that it really belongs to; the product never sees it. */
  readonly run: string
  readonly tenant_id: string
  readonly chip: SimulatedChip
  readonly site: string
  readonly fabric_id: string
  /** Ordinals of the first and the last meter within the fabric. */
  readonly meters: readonly [first: number, last: number]
  /** Devices that each meter stands for. */
  readonly units: number
  readonly tensor_active: number
  readonly sm_active: number
  readonly dram_active: number
  readonly fp64_active: number
}

export function meterCount({ meters: [first, last] }: Work): number {
  return last - first + 1
}

export function meterName({ fabric_id }: Work, ordinal: number): string {
  return `${fabric_id}-${String(ordinal).padStart(4, '0')}`
}

/** What the profiling fields show beside tensor work; see the signatures of compute.md 2.1. */
export function trainingActivity(tensor_active: number) {
  return {
    tensor_active,
    sm_active: Math.min(0.97, tensor_active * 1.6 + 0.14),
    dram_active: 0.42,
    fp64_active: 0,
  }
}
