/** The shape of a fleet: which devices a tenant holds, where, for how long, and for what. */
import type { Instant, Window } from '../domain/window.ts'
import type { Workload } from './activity.ts'
import type { SimulatedChip, SimulatedPrecision } from './chips.ts'
import { createRandom, type Random } from './random.ts'
import {
  BURN_IN,
  createJobQueue,
  FINE_TUNES,
  type JobProfile,
  SIMULATION_CODES,
} from './workloads/job-queue.ts'
import { createServing, type ServingOptions } from './workloads/serving.ts'
import { createTraining, type TrainingOptions } from './workloads/training.ts'

export interface Place {
  readonly site: string
  readonly region: string
  readonly fabric_id: string
}

export type Work =
  | {
      readonly kind: 'training'
      readonly options: TrainingOptions
      /** Fleets with the same pace are one synchronous run and stall together. */
      readonly pace: string
    }
  | { readonly kind: 'serving'; readonly options: ServingOptions }
  | { readonly kind: 'simulation-codes' | 'fine-tunes' | 'burn-in'; readonly queues: number }

/** What is wrong with the telemetry of a fleet; the devices themselves work on unmoved. */
export interface Flaws {
  /** From here on no sample leaves the fleet, while its bill goes on. */
  readonly dark_from?: Instant
  /** Meters whose profiling fields read zero, without an error. */
  readonly blind_meters?: readonly number[]
  /** A model string that no catalogue knows, reported in place of the catalogue id. */
  readonly driver_string?: string
}

export interface Fleet {
  /** Stem of its node and device ids; unique within a scenario. */
  readonly name: string
  /** null: nobody's, measured all the same and never billed. */
  readonly tenant_id: string | null
  readonly chip: SimulatedChip
  readonly meters: number
  readonly devices_per_meter: number
  readonly interval_s: number
  readonly held: Window
  readonly place: Place
  readonly declared_use: string | null
  readonly work: Work
  /** The format that the tensor work really runs in. */
  readonly precision: SimulatedPrecision
  /** Whether the tenant has told the provider so. */
  readonly precision_attested: boolean
  /** Whether the meters carry raw cycle counters besides the gauges. */
  readonly counters: boolean
  readonly flaws: Flaws
}

export function fleetDevices(fleet: Fleet): number {
  return fleet.meters * fleet.devices_per_meter
}

const PROFILES: Readonly<Record<'simulation-codes' | 'fine-tunes' | 'burn-in', JobProfile>> = {
  'simulation-codes': SIMULATION_CODES,
  'fine-tunes': FINE_TUNES,
  'burn-in': BURN_IN,
}

/** The workload of a fleet, drawing from substreams of `seed` that belong to it alone. */
export function createWorkload(fleet: Fleet, seed: number): Workload {
  const stream = (label: string): Random => createRandom(seed, label)
  const jitter = stream(`${fleet.name}/jitter`)
  const { work } = fleet
  switch (work.kind) {
    case 'training': {
      const size = { meters: fleet.meters, devices: fleetDevices(fleet) }
      return createTraining(work.options, size, stream(`pace/${work.pace}`), jitter)
    }
    case 'serving':
      return createServing(work.options, jitter)
    default: {
      const queues = Array.from({ length: work.queues }, (_, queue) =>
        stream(`${fleet.name}/queue/${queue}`),
      )
      const profile = PROFILES[work.kind]
      return createJobQueue(fleet.name, profile, queues, jitter, fleet.held.start)
    }
  }
}
