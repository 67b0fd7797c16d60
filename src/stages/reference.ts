import { PRECISIONS } from '../domain/accelerator.ts'
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
  if (present && present.rates > 0) return { published: false }
  for (const table of ['skus', 'estimate_factors', 'chip_names', 'chips'] as const) {
    await store.append(
      table,
      rows[table].map(row => ({ version, ...row })),
    )
  }
  await fillLookups(store, version)
  return { published: true }
}

/**
 * Makes of the rows of a version what blocks look up. Rates go last: a version counts as present by
 * them, so a crash on the way repeats the whole.
 */
export async function fillLookups(store: Store, version: string): Promise<void> {
  await store.execute('models-fill', { version })
  await store.execute('sample-rates-fill', { version, precisions: ['', ...PRECISIONS] })
}
