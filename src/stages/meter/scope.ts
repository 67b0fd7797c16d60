import { chunks } from '../../domain/chunks.ts'
import type { Instant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import type { Rebuilding } from './device-hours.ts'
import { NAMES_PER_STATEMENT } from './pack-hours.ts'

/**
 * The devices that a rebuild is about. They are named in the store, because a statement that named
 * thousands would take longer to read than to run.
 */

/** A scope that holds all devices. */
export const EVERYBODY = 0

/** Those of which the tenants sent what changed these hours. */
export async function scopeOf(
  store: Store,
  { changed, tenants, build }: Rebuilding,
): Promise<number> {
  if (tenants === null) return EVERYBODY
  const hours = changed.map(({ hour }) => hour)
  const sinces = changed.map(({ since }) => since)
  for (const part of chunks(tenants, NAMES_PER_STATEMENT)) {
    await store.execute('scope-fill', { scope: build, tenants: part, hours, sinces })
  }
  return build
}

/** Takes in those that share a node with them, where a meter of the node stands for all. */
export async function widenScope(
  store: Store,
  scope: number,
  hours: readonly Instant[],
): Promise<void> {
  if (scope !== EVERYBODY) await store.execute('scope-widen', { scope, hours: [...hours] })
}
