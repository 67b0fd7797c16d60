import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '../app.ts'
import { HOUR_MS, type Instant } from '../domain/window.ts'
import type { TickProgress } from '../pipeline.ts'
import type { Metrics } from '../ports/metrics.ts'

/**
 * The detect role: one tick after the other, never two at once. The first tick looks at every
 * subject, and so does one an hour, because windows move and commitments run out by themselves.
 */

export interface TickLoop {
  /** Ticks that failed in a row; from `FAILURES_TO_UNREADY` on the process is not ready. */
  failures(): number
  /** Waits for the tick under way and stops. */
  stop(): Promise<void>
}

export const FAILURES_TO_UNREADY = 3

export function startTickLoop(app: App, metrics: Metrics): TickLoop {
  const cancel = new AbortController()
  let failures = 0
  const run = async (): Promise<void> => {
    let fullAt: Instant = Number.NEGATIVE_INFINITY
    while (!cancel.signal.aborted) {
      const until = app.clock.now()
      const full = until - fullAt >= HOUR_MS
      try {
        const timer = stageTimer(app, metrics)
        const report = await app.pipeline.tick(until, full, timer.progress)
        timer.finish()
        const duration_ms = app.clock.now() - until
        metrics.tick(duration_ms / 1000, report.hours)
        if (full) fullAt = until
        failures = 0
        const { opened, open } = report.triage
        if (report.hours > 0)
          app.logger.info({ duration_ms, hours: report.hours, opened, open }, 'tick')
      } catch (fault) {
        failures += 1
        app.logger.error({ fault, failures }, 'tick failed; the next one does its work again')
      }
      await delay(app.settings.detect.tick_s * 1000, undefined, { signal: cancel.signal }).catch(
        () => undefined,
      )
    }
  }
  const running = run()
  return {
    failures: () => failures,
    stop: async () => {
      cancel.abort()
      await running
    },
  }
}

/** Tells how long each stage took, from the call that begins it to the next or to `finish`. */
function stageTimer(app: App, metrics: Metrics): { progress: TickProgress; finish(): void } {
  let current: { stage: string; since: Instant; hours: number } | null = null
  const finish = (): void => {
    if (!current) return
    const { stage, since, hours } = current
    metrics.stage(stage, (app.clock.now() - since) / 1000, { hours })
    current = null
  }
  return {
    finish,
    progress: (stage, hours) => {
      finish()
      current = { stage, since: app.clock.now(), hours }
    },
  }
}
