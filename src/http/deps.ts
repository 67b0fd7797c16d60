import type { FastifyBaseLogger, FastifyPluginAsync } from 'fastify'
import type { ConsoleDeps } from '../console/deps.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { ReportRenderer } from '../ports/report-renderer.ts'

/** Something that keeps the process from its work, as `/readyz` tells it. */
export interface Hindrance {
  /**
   * `back_pressure`: busy, and will be done with it by itself; senders wait. `failure`: it will not
   * go on before something outside is mended.
   */
  readonly kind: 'back_pressure' | 'failure'
  readonly part: 'store' | 'intake' | 'stream' | 'ticks' | 'outbox'
  /** One sentence: what it is. */
  readonly message: string
}

/** What the process knows of itself without asking the store. */
export interface Readiness {
  /** Empty while all is well. */
  hindrances(): readonly Hindrance[]
  /** After how long to ask again. */
  readonly retry_after_s: number
}

export interface ServerDeps extends ConsoleDeps {
  readonly metrics: Metrics
  /** null: no log, as tests want it. */
  readonly logger: FastifyBaseLogger | null
  /** Bearer tokens; empty only while the server is bound to loopback. */
  readonly tokens: readonly string[]
  readonly version: string
  readonly readiness: Readiness
  readonly renderers: readonly ReportRenderer[]
  /** Routes that others bring, those of the intake for one. */
  readonly routes: readonly FastifyPluginAsync[]
}
