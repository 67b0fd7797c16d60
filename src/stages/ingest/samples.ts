import { createHighWater } from './high-water.ts'
import { createLineGate } from './line-gate.ts'
import { numberLines } from './line-rows.ts'
import {
  type DeliveryContext,
  type LineTaker,
  planOf,
  type StreamDeps,
  type StreamPart,
  type StreamStage,
} from './plan.ts'
import { type LaidOut, layOut, openLoad, readRecord, type SampleLoad } from './sample-load.ts'
import { planSamples, type SettleDeps } from './sample-plan.ts'

/**
 * Accelerator telemetry. A sample counts once, whoever sends it, in whatever order. Samples are
 * read where they will lie: lines go to a stage of the store whole, the store takes those that are
 * plainly sound, and our own reader, the one authority, has the rest. Both kinds are settled there.
 */
export function createSampleStage(deps: StreamDeps): StreamStage & { forget(): void } {
  const settling = { ...deps, highWater: createHighWater(deps.store, deps.settings.devices_max) }
  const gate = createLineGate()
  return {
    begin: delivery => beginSamples(settling, openLoad(deps, gate, delivery), delivery),
    forget: () => settling.highWater.forget(),
  }
}

function beginSamples(deps: SettleDeps, load: SampleLoad, delivery: DeliveryContext): StreamPart {
  let laid: LaidOut | null = null
  return {
    add(record) {
      const rejection = readRecord(load, record, load.row)
      load.row += 1
      return rejection
    },
    ...(load.gate.isOpen() ? { lines: lineTaker(load) } : {}),
    async prepare() {
      laid = await layOut(load)
      return laid
    },
    async plan() {
      if (laid === null || laid.stage === null || laid.samples === 0) return planOf({})
      return planSamples(deps, delivery, { ...laid, stage: laid.stage })
    },
    release: () => laid?.stage?.release(),
  }
}

function lineTaker(load: SampleLoad): LineTaker {
  return (block, { byte, position, ...bound }, source) => {
    const start = { firstRow: load.row, position, source }
    const { rows, next } = numberLines(block, byte, start, bound)
    load.blocks.push(rows)
    load.row += rows.ends.length
    return { lines: rows.ends.length, next }
  }
}
