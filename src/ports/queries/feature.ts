import { z } from 'zod'
import type { FeatureName } from '../../domain/detector.ts'
import { measurementSchema } from '../../domain/finding.ts'
import { timeParam } from './cells.ts'

/**
 * What every feature and every detector query is asked: measure these tenants from `since` to
 * `as_of`, both exact instants. No tenants means all; a group is given with all its members.
 */
export const measurementParams = z.object({
  as_of: timeParam,
  since: timeParam,
  tenants: z.array(z.string()),
  /** Version of the reference data (tables chips, chip_names, estimate_factors). */
  catalogue: z.string(),
})

const feature = { params: measurementParams, row: measurementSchema } as const

export const featureQueries = {
  'run-operations': feature,
  'lineage-operations': feature,
  'tenant-operations-rolling': feature,
  'group-operations-rolling': feature,
  'entity-operations-rolling': feature,
  'tenant-dark-share': feature,
  'tenant-silent-zero': feature,
} as const satisfies Record<FeatureName, typeof feature>
