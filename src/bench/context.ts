import type { App } from '../app.ts'
import type { Clock, Logger } from '../ports/clock.ts'
import type { EventStream } from '../ports/event-stream.ts'
import type { Intake } from '../ports/intake.ts'

/** What a section of the benchmark may touch of the world; the command fills it. */
export interface BenchContext {
  readonly projectFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly logger: Logger
  /** Folder for everything that a section writes; the command empties and removes it. */
  readonly folder: string
  readonly options: BenchSizes
  /** Draws how far a section has come: `done` of `total` steps. */
  readonly progress: (title: string, done: number, total: number) => void
}

export interface BenchSizes {
  readonly rounds: number
  /** Samples of a round. */
  readonly rows: number
  /** Length of the sections that run for a time. */
  readonly seconds: number
  readonly partitions: number
}

/** What a part, which runs in a process of its own, may touch. */
export interface PartContext
  extends Pick<BenchContext, 'projectFolder' | 'environment' | 'clock' | 'logger'> {
  memoryPeak_bytes(): number
  startReading(app: App, stream: EventStream, intake: Intake): Promise<{ stop(): Promise<void> }>
}
