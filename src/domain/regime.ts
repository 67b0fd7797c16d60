import { z } from 'zod'
import type { RegimeThresholds } from './detector.ts'

/**
 * A regime pack: one law, proposal or house rule as data. Thresholds, deadlines and report fields
 * live in `config/regimes/<id>.yaml`; the code only knows how to read and compare them.
 */

/** How well a statement is known, from the text itself (Q) down to a weak memory (K-l). */
const mark = z.enum(['Q', 'Q-by-S', 'S', 'K-h', 'K-m', 'K-l', 'D'])
const sourced = { source: z.string().min(1), mark }

export const METRICS = [
  'training_operations',
  'biological_training_operations',
  'cluster_peak_ops_per_s',
  'cluster_link_gbps',
  'cluster_single_site',
  'ownership_share',
  'modification_share',
  'developer_revenue_usd',
] as const
export type Metric = (typeof METRICS)[number]

const threshold = z.strictObject({
  ...sourced,
  id: z.string().min(1),
  metric: z.enum(METRICS),
  comparator: z.enum(['>', '>=', '==']),
  /** Decimal text, because 1e26 is beyond the integers that JavaScript holds exactly. */
  value: z.union([z.string().regex(/^\d+(\.\d+)?(e\d+)?$/), z.boolean()]),
  unit: z.string().min(1),
  scope: z.enum(['run', 'model', 'cluster', 'party']),
  /** Which operations count, and at which format's peak a rate is taken. */
  operations: z.enum(['integer_or_floating_point', 'floating_point', 'none']),
  precision: z.enum(['all_count_equal', 'not_fixed', 'not_applicable']),
  sparsity: z.enum(['excluded', 'not_stated', 'not_applicable']),
  note: z.string().default(''),
})
export type Threshold = z.output<typeof threshold>

export type Criteria =
  | { readonly threshold: string }
  | { readonly all: readonly Criteria[] }
  | { readonly any: readonly Criteria[] }

const criteria: z.ZodType<Criteria> = z.lazy(() =>
  z.union([
    z.strictObject({ threshold: z.string() }),
    z.strictObject({ all: z.array(criteria).min(1) }),
    z.strictObject({ any: z.array(criteria).min(1) }),
  ]),
)

const clock = z.strictObject({
  ...sourced,
  id: z.string().min(1),
  filing: z.string().min(1),
  trigger: z.string().min(1),
  amount: z.number().nonnegative(),
  unit: z.enum(['calendar_days', 'hours', 'years']),
  /** latest: due within the amount; earliest: not before it. */
  bound: z.enum(['latest', 'earliest']),
  certainty: z.enum(['certain', 'reported', 'verify']),
})
export type RegimeClock = z.output<typeof clock>

const field = z.strictObject({
  ...sourced,
  id: z.string().min(1),
  part: z.enum(['A', 'B', 'C']),
  title: z.string().min(1),
  requirement: z.enum(['must', 'must_if_known', 'on_request', 'unconfirmed', 'envelope']),
  from: z.enum([
    'identity',
    'billing',
    'access_log',
    'telemetry',
    'commitment',
    'customer',
    'case',
  ]),
  /** Whether telemetry alone can ever know it; what it cannot is asked of the customer. */
  telemetry: z.enum(['can', 'partly', 'cannot']),
})
export type ReportField = z.output<typeof field>

const retention = z.strictObject({
  ...sourced,
  what: z.string().min(1),
  years: z.number().positive(),
  from: z.string().min(1),
})

const presumption = z.strictObject({
  ...sourced,
  combinator: z.enum(['any_of', 'k_of_n', 'weighted']),
  /** k of k_of_n, or the weight that suffices for weighted; any_of ignores it. */
  at_least: z.number().positive().default(1),
  signals: z.array(z.strictObject({ id: z.string(), weight: z.number().positive().default(1) })),
  /** A presumption opens a case. Nothing is ever filed by a rule. */
  effect: z.literal('opens_case'),
})

const prong = z.strictObject({
  ...sourced,
  id: z.string().min(1),
  title: z.string().min(1),
  bases: z.array(z.enum(['observed', 'potential', 'declared'])).min(1),
})

const isoDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

export const regimeFile = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    version: z.int().positive(),
    title: z.string().min(1),
    jurisdiction: z.string().min(1),
    status: z.enum(['proposed', 'in_force', 'enacted_not_effective', 'revoked']),
    legal_force: z.boolean(),
    /** Printed on every page of every report made under this pack. */
    banner: z.string().min(1),
    as_of: isoDay,
    effective: z.strictObject({ from: isoDay.nullable(), to: isoDay.nullable() }),
    citations: z.array(z.strictObject({ text: z.string().min(1), mark })).min(1),
    /** Whose transactions or models it reaches. */
    applies_to: z.enum(['foreign_person', 'any_provider', 'developer']),
    thresholds: z.array(threshold).min(1),
    /** When compute alone meets the regime's conditions. */
    criteria,
    criteria_note: z.string().default(''),
    /** Lower tiers to watch, as shares of each threshold. */
    watch_shares: z.array(z.number().positive().max(1)).default([]),
    clocks: z.array(clock).default([]),
    fields: z.array(field).default([]),
    retention: z.array(retention).default([]),
    presumption: presumption.nullable().default(null),
    covered_transactions: z.array(prong).default([]),
    notes: z.string().default(''),
  })
  .refine(pack => pack.legal_force === (pack.status === 'in_force'), {
    path: ['legal_force'],
    error: 'only a pack whose status is in_force has legal force, and every such pack has it',
  })
export type Regime = z.output<typeof regimeFile>

/** Threshold ids that the criteria name but the pack does not define, and ids defined twice. */
export function regimeFaults(regime: Regime): string[] {
  const ids = [...regime.thresholds, ...regime.clocks, ...regime.fields].map(part => part.id)
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
  const known = new Set(regime.thresholds.map(part => part.id))
  const missing = namedThresholds(regime.criteria).filter(id => !known.has(id))
  return [
    ...twice.map(id => `${id} is defined twice`),
    ...missing.map(id => `criteria name ${id}, which thresholds do not define`),
  ]
}

function namedThresholds(node: Criteria): string[] {
  if ('threshold' in node) return [node.threshold]
  return ('all' in node ? node.all : node.any).flatMap(namedThresholds)
}

/** What is known of the metrics; a metric that is missing or null is unknown, never zero. */
export type Facts = { readonly [M in Metric]?: number | boolean | null }
export type Verdict = 'met' | 'not_met' | 'unknown'

/** Compares strictly as the text does: `>` 1e26 is not met by exactly 1e26. */
export function judgeThreshold(rule: Threshold, facts: Facts): Verdict {
  const measured = facts[rule.metric] ?? null
  if (measured === null) return 'unknown'
  if (typeof rule.value === 'boolean') return measured === rule.value ? 'met' : 'not_met'
  const limit = Number(rule.value)
  const holds = {
    '>': Number(measured) > limit,
    '>=': Number(measured) >= limit,
    '==': Number(measured) === limit,
  }
  return holds[rule.comparator] ? 'met' : 'not_met'
}

/** Three-valued: one unmet part settles an `all`, one met part an `any`, whatever is unknown. */
export function judgeCriteria(regime: Regime, facts: Facts): Verdict {
  const judge = (node: Criteria): Verdict => {
    if ('threshold' in node) {
      const rule = regime.thresholds.find(part => part.id === node.threshold)
      return rule ? judgeThreshold(rule, facts) : 'unknown'
    }
    const [parts, settles, otherwise]: [readonly Criteria[], Verdict, Verdict] =
      'all' in node ? [node.all, 'not_met', 'met'] : [node.any, 'met', 'not_met']
    const verdicts = parts.map(judge)
    if (verdicts.includes(settles)) return settles
    return verdicts.includes('unknown') ? 'unknown' : otherwise
  }
  return judge(regime.criteria)
}

/** Whether the signals at hand suffice to presume; never more than a reason to open a case. */
export function isPresumed(
  rule: NonNullable<Regime['presumption']>,
  present: ReadonlySet<string>,
): boolean {
  const held = rule.signals.filter(signal => present.has(signal.id))
  if (rule.combinator === 'any_of') return held.length > 0
  if (rule.combinator === 'k_of_n') return held.length >= rule.at_least
  return held.reduce((sum, signal) => sum + signal.weight, 0) >= rule.at_least
}

/** Days of a deadline that runs in calendar days, or null when the pack has no such clock. */
export function calendarClock(regime: Regime, id: string): { id: string; days: number } | null {
  const found = regime.clocks.find(part => part.id === id)
  if (found?.unit !== 'calendar_days' || found.bound !== 'latest') return null
  return { id, days: found.amount }
}

/** The pack's limits by metric, the form in which detectors take them. Yes-or-no limits have none. */
export function regimeThresholds(regime: Regime, hash: string): RegimeThresholds {
  const limits = regime.thresholds.flatMap(({ metric, comparator, value }) => {
    if (typeof value === 'boolean' || comparator === '==') return []
    const compare = comparator === '>' ? ('above' as const) : ('at_least' as const)
    return [[metric, { value, compare }] as const]
  })
  return { id: regime.id, hash, thresholds: Object.fromEntries(limits) }
}
