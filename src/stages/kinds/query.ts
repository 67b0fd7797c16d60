import { z } from 'zod'
import type { Detector } from '../../domain/detector.ts'
import { type Measurement, measurementSchema } from '../../domain/finding.ts'
import { toSqlTime } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import type { Scope } from './threshold.ts'

const measurements = z.array(measurementSchema)

/**
 * Kind `query`: the folder's own SQL measures. It gets the scope and every parameter by name;
 * values stay decimal text up to the engine.
 */
export async function measureQuery(
  store: Store,
  detector: Detector,
  { since, asOf, tenants, catalogue }: Scope,
): Promise<Measurement[]> {
  const values = Object.entries(detector.parameters).map(([name, { value }]) => [name, value])
  const rows = await store.queryDetector(detector.id, {
    ...Object.fromEntries(values),
    since: toSqlTime(since),
    as_of: toSqlTime(asOf),
    tenants,
    catalogue,
  })
  return measurements.parse(rows)
}
