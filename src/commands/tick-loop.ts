import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '../app.ts'
import { sha256Hex } from '../domain/canonical.ts'
import { HOUR_MS, type Instant } from '../domain/window.ts'
import type { TickOutcome, TickProgress } from '../pipeline.ts'
import { type Fence, UNFENCED } from '../ports/fence.ts'
import type { Metrics } from '../ports/metrics.ts'

/**
 * The detect role: one tick after the other, never two at once. The first tick looks at every
 * subject, and so does one an hour, because windows move and commitments run out by themselves;
 * so does the one after a tick that came to no end, since what it had rebuilt was not judged.
 */

export interface TickLoop {
  /** Ticks that failed in a row; from `FAILURES_TO_UNREADY` on the process is not ready. */
  failures(): number
  /** Waits for the tick under way and stops. */
  stop(): Promise<void>
}

export const FAILURES_TO_UNREADY = 3

/** `fence` says whether this process is the one that detects; the others wait for their turn. */
export function startTickLoop(app: App, metrics: Metrics, fence: Fence = UNFENCED): TickLoop {
  const cancel = new AbortController()
  let failures = 0
  const { tick_s, quiet_tick_s } = app.settings.detect
  const run = async (): Promise<void> => {
    let fullAt: Instant = Number.NEGATIVE_INFINITY
    let ranAt: Instant = Number.NEGATIVE_INFINITY
    while (!cancel.signal.aborted) {
      const until = app.clock.now()
      const full = until - fullAt >= HOUR_MS
      let wait_s = tick_s
      try {
        const isDue = full || until - ranAt >= quiet_tick_s * 1000
        if (isDue || (await anythingDirty(app, until))) {
          const outcome = await tickOnce(app, metrics, fence, { until, full })
          failures = 0
          ranAt = until
          if (outcome.done) {
            if (full) fullAt = until
          } else {
            fullAt = Number.NEGATIVE_INFINITY
            wait_s = quiet_tick_s * (1 + apart(app.instance))
          }
        }
      } catch (fault) {
        failures += 1
        fullAt = Number.NEGATIVE_INFINITY
        wait_s = quiet_tick_s
        app.logger.error({ fault, failures }, 'tick failed; the next one does its work again')
      }
      await delay(wait_s * 1000, undefined, { signal: cancel.signal }).catch(() => undefined)
    }
    metrics.detecting(false)
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

async function anythingDirty(app: App, until: Instant): Promise<boolean> {
  const rows = await app.store.query('hour-marks-dirty', { from: 0, until, limit: 1 })
  return rows.length > 0
}

async function tickOnce(
  app: App,
  metrics: Metrics,
  fence: Fence,
  { until, full }: { readonly until: Instant; readonly full: boolean },
): Promise<TickOutcome> {
  metrics.detecting(fence.generation() !== null)
  const timer = stageTimer(app, metrics)
  const outcome = await app.pipeline.tick(until, full, timer.progress, fence, app.tickBound)
  timer.finish()
  if (!outcome.done) {
    app.logger.info({ why: outcome.why }, 'no tick: it is not the turn of this instance')
    return outcome
  }
  const duration_ms = app.clock.now() - until
  metrics.tick(duration_ms / 1000, outcome)
  const { opened, open } = outcome.triage
  const { hours, waiting } = outcome
  if (hours > 0) app.logger.info({ duration_ms, hours, waiting, opened, open }, 'tick')
  return outcome
}

/** 0..1, another for each instance, so that two that stood back do not meet again and again. */
function apart(instance: string): number {
  return Number.parseInt(sha256Hex(instance).slice(0, 6), 16) / 0xffffff
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
