import { createHighWater } from './high-water.ts'
import { createLineGate } from './line-gate.ts'
import { createSlabPool } from './line-rows.ts'
import type { LineTaker, Plan, StreamDeps, StreamPart, StreamStage } from './plan.ts'
import {
  joinLoad,
  type LaidOut,
  layOut,
  openLoad,
  readRecord,
  type SampleLoad,
} from './sample-load.ts'
import { groupSamples, planNothing, planSamples, type StagedSamples } from './sample-plan.ts'

export interface SampleDeps extends StreamDeps {
  /** Other processes write to the same store. */
  readonly isShared: boolean
}

/**
 * Accelerator telemetry. A sample counts once, whoever sends it, in whatever order. Samples are
 * read where they will lie: lines go to a stage of the store whole, the store takes those that are
 * plainly sound, and our own reader, the one authority, has the rest. Both kinds are settled there.
 */
export function createSampleStage(deps: SampleDeps): StreamStage & { forget(): void } {
  const { devices_max } = deps.settings
  const highWater = createHighWater(deps.store, { devices_max, isShared: deps.isShared })
  const loading = { ...deps, gate: createLineGate(), slabs: createSlabPool() }
  return {
    begin(delivery) {
      const load = openLoad(loading, delivery)
      const plan: Planner = laid => planSamples({ ...deps, highWater }, load.shares, laid)
      return beginSamples(load, plan, loading.gate.isOpen())
    },
    forget: () => highWater.forget(),
  }
}

type Planner = (samples: StagedSamples) => Promise<Plan>

function beginSamples(load: SampleLoad, plan: Planner, takesLines: boolean): StreamPart {
  let laid: LaidOut | null = null
  let staged: StagedSamples | null = null
  return {
    add(record) {
      const rejection = readRecord(load, record, load.row)
      load.row += 1
      return rejection
    },
    ...(takesLines ? { lines: lineTaker(load) } : {}),
    join: delivery => joinLoad(load, delivery),
    async prepare() {
      laid = await layOut(load)
      const { stage, samples } = laid
      if (stage !== null && samples > 0) staged = await groupSamples(stage, samples)
      return laid
    },
    plan: async () => (staged === null ? planNothing(load.shares) : plan(staged)),
    release() {
      laid?.stage?.release()
      load.lines.release()
    },
  }
}

function lineTaker(load: SampleLoad): LineTaker {
  return (block, { byte, position, ...bound }, source) => {
    const start = { from: byte, position, firstRow: load.row }
    const taken = load.lines.take(block, start, bound, source)
    load.row += taken.lines
    return taken
  }
}
