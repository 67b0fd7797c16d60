import type { BenchContext } from './context.ts'
import type { SectionResult } from './figures.ts'
import { benchFaults } from './sections/faults.ts'
import { benchFile } from './sections/file.ts'
import { benchHttp } from './sections/http.ts'
import { benchKafka } from './sections/kafka.ts'
import { benchLatency } from './sections/latency.ts'
import { benchTick } from './sections/tick.ts'

/** What can be measured, in the order in which it is. */
export const SECTIONS = {
  file: benchFile,
  kafka: benchKafka,
  http: benchHttp,
  latency: benchLatency,
  tick: benchTick,
  faults: benchFaults,
} as const satisfies Record<string, (bench: BenchContext) => Promise<SectionResult>>

export type SectionName = keyof typeof SECTIONS
