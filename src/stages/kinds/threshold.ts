import type { FeatureName } from '../../domain/detector.ts'
import type { Measurement } from '../../domain/finding.ts'
import type { Instant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'

/** What a detector measures over: all kinds take the same. */
export interface Scope {
  readonly since: Instant
  readonly asOf: Instant
  /** Empty means every tenant. */
  readonly tenants: readonly string[]
  /** Version of the reference data. */
  readonly catalogue: string
}

/** Kind `threshold`: a shared feature measures, the detector's bands decide. */
export function measureFeature(
  store: Store,
  feature: FeatureName,
  { since, asOf, tenants, catalogue }: Scope,
): Promise<Measurement[]> {
  return store.query(feature, { since, as_of: asOf, tenants: [...tenants], catalogue })
}
