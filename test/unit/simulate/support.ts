/** Reading simulated streams the way a stranger would: line by line, as JSON. */
import { createHash } from 'node:crypto'
import { type Instant, parseInstant } from '../../../src/domain/window.ts'
import type { Simulation } from '../../../src/simulate/simulate.ts'

export const UNTIL: Instant = parseInstant('2026-10-31T00:00:00Z') ?? Number.NaN

/** The fields of an AcceleratorSample that the tests look at. */
export interface Line {
  readonly time: string
  readonly interval_s: number
  readonly device_id: string
  readonly tenant_id: string | null
  readonly accelerator: string
  readonly device_count: number
  readonly node_id: string
  readonly workload_id?: string
  readonly tensor_active: number
  readonly sm_active: number
  readonly gpu_util: number
  readonly fp64_active?: number
  readonly sm_clock_mhz: number
  readonly power_w: number
  readonly energy_total_j: number
  readonly mma_cycles_total?: number
  readonly sm_cycles_total?: number
  readonly storage_write_bytes?: number
}

export function linesOf(simulation: Simulation, stream: string): Iterable<string> {
  return simulation.streams.find(({ name }) => name === stream)?.lines ?? []
}

export function* samplesOf(simulation: Simulation): Generator<Line> {
  for (const line of linesOf(simulation, 'telemetry.accelerator')) yield JSON.parse(line)
}

export function recordsOf(simulation: Simulation, stream: string): Record<string, unknown>[] {
  return [...linesOf(simulation, stream)].map(line => JSON.parse(line))
}

/** SHA-256 over every stream and the truth, in the order in which they are written. */
export function digestOf(simulation: Simulation): string {
  const hash = createHash('sha256')
  for (const stream of simulation.streams) {
    hash.update(`${stream.name}\n`)
    for (const line of stream.lines) hash.update(`${line}\n`)
  }
  return hash.update(JSON.stringify(simulation.truth())).digest('hex')
}
