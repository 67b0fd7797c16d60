import type { Detector } from '../../domain/detector.ts'

/**
 * Which detectors a tick asks about whom. Those of cadence `tick` are always asked; of those of
 * cadence `turn`, whose answers move with contracts and over days, one a tick, about everybody who was
 * dirty since it was last asked. Where a contract has changed, or nobody is dirty, all that is owed is
 * asked at once.
 */

export interface Asking {
  readonly detector: Detector
  /** null: everybody. */
  readonly dirty: readonly string[] | null
}

export interface Rota {
  /** `dirty` null: everybody, by all detectors. */
  plan(dirty: readonly string[] | null, isRearranged: boolean): readonly Asking[]
  /** The answers to a plan are kept. */
  done(plan: readonly Asking[], dirty: readonly string[] | null): void
}

export function createRota(detectors: readonly Detector[]): Rota {
  const every = detectors.filter(({ definition }) => definition.cadence === 'tick')
  /** In the order of their turns, each with the tenants that it was not yet asked about. */
  let turns = detectors
    .filter(({ definition }) => definition.cadence === 'turn')
    .map(detector => ({ detector, owed: new Set<string>() }))
  return {
    plan(dirty, isRearranged) {
      if (dirty === null) return detectors.map(detector => ({ detector, dirty }))
      const owing = turns
        .map(({ detector, owed }) => ({ detector, dirty: [...new Set([...owed, ...dirty])] }))
        .filter(asking => asking.dirty.length > 0)
      if (dirty.length === 0) return owing
      const asked = isRearranged ? owing : owing.slice(0, 1)
      return [...every.map(detector => ({ detector, dirty })), ...asked]
    },
    done(plan, dirty) {
      const asked = new Set(plan.map(({ detector }) => detector))
      const others = turns.filter(turn => !asked.has(turn.detector))
      for (const { owed } of others) for (const tenant of dirty ?? []) owed.add(tenant)
      const had = turns.filter(turn => asked.has(turn.detector))
      turns = [...others, ...had.map(({ detector }) => ({ detector, owed: new Set<string>() }))]
    },
  }
}
