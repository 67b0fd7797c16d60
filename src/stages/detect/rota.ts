import type { Detector } from '../../domain/detector.ts'
import { type Instant, SECOND_MS } from '../../domain/window.ts'

/**
 * Which detectors a tick asks about whom. Those of cadence `tick` are always asked; of those of
 * cadence `turn`, whose answers move with contracts, links and over days, one every few seconds, about
 * everybody who was dirty since it was last asked. Where a contract has changed, or nobody is dirty, all
 * that is owed is asked at once.
 */

/** Between two turns: a rule of six is asked again after half a minute, and a tick mostly is without. */
export const TURN_MS = 5 * SECOND_MS

export interface Asking {
  readonly detector: Detector
  /** null: everybody. */
  readonly dirty: readonly string[] | null
}

export interface Rota {
  /** As of an instant. `dirty` null: everybody, by all detectors. */
  plan(asOf: Instant, dirty: readonly string[] | null, isRearranged: boolean): readonly Asking[]
  /** The answers to a plan are kept. */
  done(asOf: Instant, plan: readonly Asking[], dirty: readonly string[] | null): void
}

export function createRota(detectors: readonly Detector[]): Rota {
  const every = detectors.filter(({ definition }) => definition.cadence === 'tick')
  /** In the order of their turns, each with the tenants that it was not yet asked about. */
  let turns = detectors
    .filter(({ definition }) => definition.cadence === 'turn')
    .map(detector => ({ detector, owed: new Set<string>() }))
  let turnAt: Instant = Number.NEGATIVE_INFINITY
  // A replay may go back in time.
  const isTurn = (asOf: Instant): boolean => Math.abs(asOf - turnAt) >= TURN_MS
  return {
    plan(asOf, dirty, isRearranged) {
      if (dirty === null) return detectors.map(detector => ({ detector, dirty }))
      const owing = turns
        .map(({ detector, owed }) => ({ detector, dirty: [...new Set([...owed, ...dirty])] }))
        .filter(asking => asking.dirty.length > 0)
      if (dirty.length === 0) return owing
      const asked = isRearranged ? owing : owing.slice(0, isTurn(asOf) ? 1 : 0)
      return [...every.map(detector => ({ detector, dirty })), ...asked]
    },
    done(asOf, plan, dirty) {
      const asked = new Set(plan.map(({ detector }) => detector))
      const others = turns.filter(turn => !asked.has(turn.detector))
      for (const { owed } of others) for (const tenant of dirty ?? []) owed.add(tenant)
      const had = turns.filter(turn => asked.has(turn.detector))
      if (had.length > 0) turnAt = asOf
      turns = [...others, ...had.map(({ detector }) => ({ detector, owed: new Set<string>() }))]
    },
  }
}
