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

/** Those of which the tenants sent what changed these hours, as far as they are in their slices. */
export async function scopeOf(
  store: Store,
  { changed, shares, build }: Rebuilding,
): Promise<number> {
  if (shares === null) return EVERYBODY
  const hours = changed.map(({ hour }) => hour)
  const sinces = changed.map(({ since }) => since)
  for (const part of chunks(shares, NAMES_PER_STATEMENT)) {
    const tenants = part.map(share => share.tenant_id)
    const slices = part.map(share => share.slice)
    const counts = part.map(share => share.count)
    await store.execute('scope-fill', { scope: build, tenants, slices, counts, hours, sinces })
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
