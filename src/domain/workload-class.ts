import { z } from 'zod'
import type { Window } from './window.ts'

/**
 * What kind of work a run looks like, as additive log-odds of training (compute.md 2.3). It ranks
 * what people look at first. It clears nobody: no sum and no detector knows of it.
 */

export const WORKLOAD_FEATURES = [
  'tensor_mean',
  'tensor_of_sm',
  'memory_over_tensor',
  'fp64_mean',
  'power_share',
  'power_variation',
  'device_spread',
  'diurnal_amplitude',
  'devices',
  'duration_hours',
  'duty',
  'restarts_per_day',
  'nvlink_bytes_per_s',
  'net_bytes_per_s',
  'net_symmetry',
  'writes_per_day',
  'write_interval_variation',
  'write_size_variation',
] as const
export type WorkloadFeature = (typeof WORKLOAD_FEATURES)[number]
/** null: no meter reports what the feature is made from. */
export type WorkloadFeatures = Readonly<Record<WorkloadFeature, number | null>>

const feature = z.enum(WORKLOAD_FEATURES)
const condition = z
  .strictObject({ feature, at_least: z.number().optional(), at_most: z.number().optional() })
  .refine(
    ({ at_least, at_most }) => (at_least === undefined) !== (at_most === undefined),
    'a condition has either at_least or at_most',
  )
type Condition = z.output<typeof condition>

export const workloadClassFile = z.strictObject({
  /** Log-odds of training where nothing is known. */
  base: z.number(),
  terms: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
        all: z.array(condition).min(1),
        weight: z.number().min(-3).max(3),
        why: z.string().min(1),
        source: z.string().min(1),
      }),
    )
    .refine(
      terms => new Set(terms.map(({ id }) => id)).size === terms.length,
      'two terms have one id',
    ),
  /** Feature ranges that the weights were made for. */
  range: z.partialRecord(feature, z.strictObject({ lo: z.number(), hi: z.number() })),
})
export type WorkloadWeights = z.output<typeof workloadClassFile>

/** What must be known of a run to ask what kind of work it looks like. */
export interface ClassifiedRun extends Window {
  readonly tenant_id: string
  readonly run_id: string
  readonly devices_max: number
  /** Stretches between pauses. */
  readonly stretches: number
}

export type Classify = (run: ClassifiedRun) => Promise<WorkloadClass>

export interface WorkloadTerm {
  readonly id: string
  readonly why: string
  readonly weight: number
  /** null: not measured; the term then adds nothing. */
  readonly holds: boolean | null
  readonly measured: readonly { readonly feature: WorkloadFeature; readonly value: number | null }[]
}

export interface WorkloadClass {
  /** 0..1, for ranking. */
  readonly p_train: number
  readonly log_odds: number
  readonly base: number
  /** Every term, whether it holds or not. */
  readonly terms: readonly WorkloadTerm[]
  readonly in_distribution: boolean
  /** What lies outside of the range of the weights, or was not measured there. */
  readonly outside: readonly WorkloadFeature[]
}

/** Odds of training by the weights given; terms that were not measured add nothing. */
export function classifyWorkload(
  features: WorkloadFeatures,
  weights: WorkloadWeights,
): WorkloadClass {
  const terms = weights.terms.map(({ id, why, weight, all }): WorkloadTerm => {
    const asked = [...new Set(all.map(one => one.feature))]
    return {
      id,
      why,
      weight,
      holds: holdsAll(all, features),
      measured: asked.map(name => ({ feature: name, value: features[name] })),
    }
  })
  const log_odds = terms.reduce(
    (sum, { holds, weight }) => (holds === true ? sum + weight : sum),
    weights.base,
  )
  const outside = WORKLOAD_FEATURES.filter(name => {
    const range = weights.range[name]
    const value = features[name]
    return range !== undefined && (value === null || value < range.lo || value > range.hi)
  })
  const p_train = 1 / (1 + Math.exp(-log_odds))
  const in_distribution = outside.length === 0
  return { p_train, log_odds, base: weights.base, terms, in_distribution, outside }
}

/** One condition that fails decides, whatever the others would have been. */
function holdsAll(all: readonly Condition[], features: WorkloadFeatures): boolean | null {
  const answers = all.map(({ feature: name, at_least, at_most }) => {
    const value = features[name]
    if (value === null) return null
    return (
      value >= (at_least ?? Number.NEGATIVE_INFINITY) &&
      value <= (at_most ?? Number.POSITIVE_INFINITY)
    )
  })
  if (answers.includes(false)) return false
  return answers.includes(null) ? null : true
}
