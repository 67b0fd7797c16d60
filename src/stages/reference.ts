import type { ReferenceRows } from '../domain/reference.ts'
import type { Store } from '../ports/store.ts'

/**
 * Puts the reference rows into the store under their version, once. Old versions stay: estimates
 * and reports that were made with them can still be made again.
 */
export async function publishReference(
  store: Store,
  version: string,
  rows: ReferenceRows,
): Promise<{ published: boolean }> {
  const [present] = await store.query('reference-present', { version })
  if (present && present.chips > 0) return { published: false }
  // Chips go last: a version counts as present by them, so a crash on the way repeats the whole.
  for (const table of ['skus', 'estimate_factors', 'chip_names', 'chips'] as const) {
    await store.append(
      table,
      rows[table].map(row => ({ version, ...row })),
    )
  }
  return { published: true }
}
