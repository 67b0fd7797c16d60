import type { Detector, FeatureName } from '../../domain/detector.ts'
import type { Evaluation, KnownFinding } from '../../domain/finding.ts'
import { DAY_MS, type Instant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'

/**
 * How far back a detector is asked. Over a year of runs nearly all had ended long before anything
 * changed: to judge them again at every tick took a time that grew with the past.
 */

/** Features that measure each run by itself, from nothing but hours of the time it ran. */
const OF_SINGLE_RUNS: ReadonlySet<FeatureName> = new Set(['run-operations'])

/** Where the window of a detector begins. */
export function windowStart({ definition, parameters }: Detector, asOf: Instant): Instant {
  return asOf - Number(parameters[definition.window]?.value) * DAY_MS
}

/**
 * From when on a detector is asked where what ended before `changedSince` is as it was. Those of other
 * cadences may have been asked last before what changed in ticks between.
 */
export function sinceOf(detector: Detector, asOf: Instant, changedSince: Instant): Instant {
  const { definition } = detector
  const window = windowStart(detector, asOf)
  const isOfRuns = definition.kind === 'threshold' && OF_SINGLE_RUNS.has(definition.feature)
  if (!isOfRuns || definition.cadence !== 'tick') return window
  // Features leave out what ended at the instant itself, and that may have changed.
  return Math.max(window, changedSince - 1)
}

interface Asked {
  readonly asOf: Instant
  readonly since: Instant
  readonly tenants: readonly string[]
  readonly own: readonly KnownFinding[]
}

/**
 * The known findings that an evaluation decides about: all but those about runs that stand in the
 * window and ended too long ago to be asked about. A run that is gone is not among these.
 */
export async function concerned(
  store: Store,
  detector: Detector,
  { asOf, since, tenants, own }: Asked,
  evaluations: readonly Evaluation[],
): Promise<readonly KnownFinding[]> {
  const from = windowStart(detector, asOf)
  const measured = new Set(evaluations.map(({ measurement }) => measurement.subject_id))
  const isAsked = since <= from || own.every(({ subject_id }) => measured.has(subject_id))
  if (isAsked) return own
  const asked = { tenants: [...tenants], from, until: since, as_of: asOf }
  const earlier = await store.query('runs-earlier', asked)
  const untouched = new Set(earlier.map(({ run_id }) => run_id))
  return own.filter(({ subject_id }) => !untouched.has(subject_id))
}
