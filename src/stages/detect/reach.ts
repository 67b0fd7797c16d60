import type { Instant } from '../../domain/window.ts'

/**
 * Whom a tick asks about, and how far back: what ended before it changed anything need not be judged
 * again. A tick judges at once what it rebuilt of tenants by name. Two things reach into the ticks
 * that follow, until everybody is looked at: what was rebuilt of everybody, since who was billed
 * without a device in sight is not named then, and what a detector failed to judge.
 */

/** The beginning of all time: anything may have changed. */
export const ALL_TIME: Instant = Number.NEGATIVE_INFINITY

/** Tenants whose answers may have changed in a tick, and from when on. */
export interface Changes {
  readonly tenants: ReadonlySet<string>
  concern(tenants: Iterable<string>, since: Instant): void
  /** From when on the tick has to judge. */
  since(): Instant
}

/** Kept from tick to tick. */
export interface Reach {
  begin(): Changes
  /** What changed from an instant on is to be judged by every tick until everybody was looked at. */
  owe(since: Instant): void
  /** Everybody was looked at. */
  clear(): void
}

/** After a start everybody is looked at first, so nothing is owed. */
export function createReach(): Reach {
  let owed: Instant = Number.POSITIVE_INFINITY
  return {
    begin: () => changesOf(() => owed),
    owe: since => {
      owed = Math.min(since, owed)
    },
    clear: () => {
      owed = Number.POSITIVE_INFINITY
    },
  }
}

function changesOf(owed: () => Instant): Changes {
  const tenants = new Set<string>()
  let earliest: Instant = Number.POSITIVE_INFINITY
  return {
    tenants,
    concern: (named, since) => {
      for (const tenant of named) {
        tenants.add(tenant)
        earliest = Math.min(earliest, since)
      }
    },
    since: () => Math.min(earliest, owed()),
  }
}
