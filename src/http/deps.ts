import type { FastifyBaseLogger, FastifyPluginAsync } from 'fastify'
import type { ConsoleDeps } from '../console/deps.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { ReportRenderer } from '../ports/report-renderer.ts'

/** Whether the server could take more in right now. */
export interface Pressure {
  readonly is_busy: boolean
  /** What is full, in words; '' when nothing is. */
  readonly reason: string
  readonly retry_after_s: number
}

export interface ServerDeps extends ConsoleDeps {
  readonly metrics: Metrics
  /** null: no log, as tests want it. */
  readonly logger: FastifyBaseLogger | null
  /** Bearer tokens; empty only while the server is bound to loopback. */
  readonly tokens: readonly string[]
  readonly version: string
  readonly pressure: () => Pressure
  readonly renderers: readonly ReportRenderer[]
  /** Routes that others bring, those of the intake for one. */
  readonly routes: readonly FastifyPluginAsync[]
}
