import type { Catalogue } from '../domain/accelerator.ts'
import type { Detector } from '../domain/detector.ts'
import type { Estimation } from '../domain/estimation.ts'
import type { SectionResult } from '../domain/evaluation.ts'
import type { WorkloadWeights } from '../domain/workload-class.ts'
import type { Intake } from '../ports/intake.ts'
import type { Store } from '../ports/store.ts'
import type { Derive } from '../stages/derive.ts'
import type { Group } from '../stages/group.ts'
import type { Meter } from '../stages/meter.ts'

/** The product under evaluation: a scratch store of its own, with the shipped reference data. */
export interface Bench {
  readonly store: Store
  readonly intake: Intake
  readonly meter: Meter
  readonly group: Group
  readonly derive: Derive
  readonly detectors: readonly Detector[]
  /** Version of the reference data in the store. */
  readonly catalogueVersion: string
}

export interface EvaluationContext {
  readonly seed: number
  /** A tenth of the runs, for a look while working; its figures are not the ones to quote. */
  readonly quick: boolean
  readonly catalogue: Catalogue
  readonly estimation: Estimation
  readonly workload: WorkloadWeights
  /** A fresh bench; the one opened before it is closed. */
  openBench(): Promise<Bench>
  /** Processor time of all threads of the process so far, seconds. */
  cpu_s(): number
  /** A file of the folder of published data, or null where there is no such folder or file. */
  readData(name: string): Promise<Uint8Array | null>
  /** Told how much of the section is done, 0 to 1. */
  progress(done: number): void
}

/** One question with its figures. Sections know nothing of each other. */
export interface Section {
  readonly id: string
  readonly title: string
  evaluate(context: EvaluationContext): Promise<Omit<SectionResult, 'id' | 'title'>>
}

/** What a section gives that could not be run. */
export function skipped(why: string): Omit<SectionResult, 'id' | 'title'> {
  return { skipped: why, figures: [], plots: [], notes: [] }
}
