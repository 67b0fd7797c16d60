import { z } from 'zod'

/**
 * The format of a detector folder. A detector is data: it names a feature or a query that measures
 * subjects, and bands that turn the measured interval into an answer. There is no number in a
 * detector that is not a named parameter with a unit (design.md, invariant 6).
 */

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/**
 * How sure a finding is that its threshold is passed, weakest first: `present` for red flags that
 * no legal threshold measures, then the upper bound passes, the middle passes, the lower bound
 * passes (reference: states COULD, PRESUME, CROSSED).
 */
/**
 * present: a warning sign that counts no operations. The others say how far operations go at the
 * horizon: watch from 0.3 of the threshold on, could when the upper bound passes it; presume when the
 * middle of what was used does and at least half of it rests on gauges or counters, crossed when the
 * lower bound does. A clear answer is none of them.
 */
export const STATES = ['present', 'watch', 'could', 'presume', 'crossed'] as const
export type State = (typeof STATES)[number]

export const SUBJECT_KINDS = ['run', 'tenant', 'group', 'device'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/** Features that `sql/features/` measures; a detector of kind `threshold` names one. */
export const FEATURES = [
  'run-operations',
  'lineage-operations',
  'tenant-operations-rolling',
  'group-operations-rolling',
  'entity-operations-rolling',
  'tenant-dark-share',
  'tenant-silent-zero',
] as const
export type FeatureName = (typeof FEATURES)[number]

/** `above` is strict: a value equal to the parameter does not pass. */
export const COMPARISONS = ['above', 'at_least'] as const
export type Comparison = (typeof COMPARISONS)[number]

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be a snake_case word')
/** Decimal text, because 1e26 must not pass through a reader that rounds it. */
const decimal = z
  .string('must be a quoted decimal, for example "1e26"')
  .regex(/^\d+(\.\d+)?(e[+-]?\d+)?$/, 'must be a decimal number')
const prose = z.string().trim().min(20, 'must say something')

/** Units a parameter may carry; a band compares only like with like. */
export const UNITS = [
  'operations',
  'operations_per_s',
  'gbit_per_s',
  'ratio',
  's',
  'hours',
  'days',
  'devices',
  'accounts',
  'bytes',
] as const

export const parameterSchema = z.strictObject({
  default: decimal,
  unit: z.enum(UNITS),
  min: decimal,
  max: decimal,
  compare: z.enum(COMPARISONS).default('at_least'),
  /** Takes value and comparison from the regime pack's threshold of this name. */
  regime: z
    .strictObject({ threshold: name, share: decimal.optional() })
    .optional()
    .describe('share: the part of the threshold that this parameter stands for'),
})
export type Parameter = z.infer<typeof parameterSchema>

/** A second condition of a band, on a named figure of the row. */
const conditionSchema = z.union([
  z.strictObject({ figure: name, passes: name }),
  z.strictObject({ figure: name, stays_within: name }),
])
export type Condition = z.infer<typeof conditionSchema>

const bandSchema = z.strictObject({
  bound: z.enum(['lo', 'mid', 'hi']),
  passes: name,
  also: z.array(conditionSchema).default([]),
  state: z.enum(STATES),
  severity: z.enum(SEVERITIES),
})
export type Band = z.infer<typeof bandSchema>

const requirementSchema = z.strictObject({
  figure: name,
  at_least: name,
  missing: prose.describe('what to tell the reader when the figure is too small'),
})
export type Requirement = z.infer<typeof requirementSchema>

const shared = {
  title: z.string().min(10),
  status: z.enum(['experimental', 'test', 'stable', 'retired']),
  raises: z.enum(['finding', 'signal']),
  /**
   * `turn`: one of these is asked in each tick, for what moves with contracts and days; `hour`: once
   * an hour about everything, for what takes days to show and much to find.
   */
  cadence: z.enum(['tick', 'turn', 'hour']).default('tick'),
  subject: z.enum(SUBJECT_KINDS),
  unit: z.enum(UNITS),
  basis: z.enum(['observed', 'potential', 'declared']),
  /** The parameter, in days, that bounds how far back the measurement looks. */
  window: name,
  parameters: z.record(name, parameterSchema),
  bands: z.array(bandSchema).min(1),
  requires: z.array(requirementSchema).default([]),
  why: prose,
  misses: prose,
  innocent: prose,
  triage: prose,
  references: z.array(z.string().min(5)).min(1),
}

export const detectorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('threshold'), feature: z.enum(FEATURES), ...shared }),
  z.strictObject({ kind: z.literal('query'), ...shared }),
])
export type DetectorDefinition = z.infer<typeof detectorSchema>

export interface DetectorProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What the schema cannot say: names that refer to each other, and units that must agree. */
export function detectorProblems(definition: DetectorDefinition): DetectorProblem[] {
  const problems: DetectorProblem[] = []
  const expectParameter = (parameter: string, unit: string | null, path: (string | number)[]) => {
    const found = definition.parameters[parameter]
    if (!found) problems.push({ path, message: `names no parameter: ${parameter}` })
    else if (unit !== null && found.unit !== unit) {
      problems.push({ path, message: `${parameter} is in ${found.unit}, not in ${unit}` })
    }
  }
  if (definition.status === 'experimental' && definition.raises === 'finding') {
    problems.push({ path: ['raises'], message: 'an experimental detector raises signals only' })
  }
  expectParameter(definition.window, 'days', ['window'])
  definition.bands.forEach((band, index) => {
    expectParameter(band.passes, definition.unit, ['bands', index, 'passes'])
    for (const condition of band.also) {
      expectParameter(conditionParameter(condition), null, ['bands', index, 'also'])
    }
  })
  definition.requires.forEach((requirement, index) => {
    expectParameter(requirement.at_least, null, ['requires', index, 'at_least'])
  })
  for (const [key, parameter] of Object.entries(definition.parameters)) {
    const problem = rangeProblem(parameter.default, parameter)
    if (problem) problems.push({ path: ['parameters', key, 'default'], message: problem })
  }
  return problems
}

/** Says why a value may not be used for a parameter, or null when it may. */
export function rangeProblem(value: string, parameter: Parameter): string | null {
  const { min, max, unit } = parameter
  if (Number(value) >= Number(min) && Number(value) <= Number(max)) return null
  return `${value} ${unit} is outside ${min} to ${max}`
}

export function conditionParameter(condition: Condition): string {
  return 'passes' in condition ? condition.passes : condition.stays_within
}

/** One analyst's change of a parameter, with the reason that an auditor will ask for. */
export const overrideSchema = z.strictObject({
  detector: z.string(),
  parameter: name,
  value: decimal,
  reason: prose,
  by: z.string().min(1),
  since: z.iso.date(),
})
export type Override = z.infer<typeof overrideSchema>

export const thresholdsSchema = z.strictObject({ overrides: z.array(overrideSchema) })

/** What the detectors take from a regime pack. */
export interface RegimeThresholds {
  readonly id: string
  readonly hash: string
  readonly thresholds: Readonly<
    Record<string, { readonly value: string; readonly compare: Comparison }>
  >
}

/** A parameter as a run of the detector uses it, and where the value came from. */
export interface EffectiveParameter {
  readonly value: string
  readonly unit: string
  readonly compare: Comparison
  readonly origin: string
}

/** A detector ready to run: its definition with every parameter settled. */
export interface Detector {
  readonly id: string
  readonly version: number
  /** SHA-256 of the rule's files: detector.yaml and the SQL that measures for it. */
  readonly hash: string
  readonly definition: DetectorDefinition
  readonly parameters: Readonly<Record<string, EffectiveParameter>>
}

/** All detectors of one moment; a finding names the bundle that made it. */
export interface DetectorBundle {
  readonly detectors: readonly Detector[]
  readonly hash: string
}
