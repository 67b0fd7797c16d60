import type { App } from '../app.ts'
import type { EventStream } from '../ports/event-stream.ts'
import { UNFENCED } from '../ports/fence.ts'
import type { Metrics } from '../ports/metrics.ts'
import { startElection } from './election.ts'
import { openSinks, startPublishLoop } from './publish-loop.ts'
import { startTickLoop } from './tick-loop.ts'

/** The detect role of `serve`: elected where there is a log to elect by, ticking, publishing. */

export interface DetectRole {
  /** Ticks that failed in a row. */
  failures(): number
  /** null while it is known who detects; else one sentence. */
  trouble(): string | null
  /** Waits for the work under way, then lets another instance take over. */
  stop(): Promise<void>
}

/** `stream` null: without Kafka this process detects. Throws STREAM_UNAVAILABLE. */
export async function startDetectRole(
  app: App,
  metrics: Metrics,
  stream: EventStream | null,
): Promise<DetectRole> {
  const election = stream ? await startElection(stream, app.settings.kafka, app.logger) : null
  const fence = election ?? UNFENCED
  const ticks = startTickLoop(app, metrics, fence)
  const publishing = startPublishLoop(app, metrics, openSinks(app, stream), fence)
  return {
    failures: () => ticks.failures(),
    trouble: () => election?.trouble() ?? null,
    stop: async () => {
      await Promise.all([ticks.stop(), publishing.stop()])
      await election?.stop()
    },
  }
}
