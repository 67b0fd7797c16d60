import { z } from 'zod'
import { SEVERITIES, type Severity, STATES, UNITS } from '../detector.ts'
import { DETERMINATIONS } from './case-event.ts'

/**
 * `config/triage.yaml`: which findings open a case, what counts as a material change, when a case
 * changes colour. Judgement is data; a rule opens a case for people to look at and never files.
 */

const prose = z.string().trim().min(20, 'must say why')

const openingRule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a kebab-case word'),
  why: prose,
  /** Empty: any detector. */
  detectors: z.array(z.string()).default([]),
  units: z.array(z.enum(UNITS)).min(1),
  states: z.array(z.enum(STATES)).min(1),
  determinations: z.array(z.enum(DETERMINATIONS)).min(1),
  severity_at_least: z.enum(SEVERITIES),
})
export type OpeningRule = z.output<typeof openingRule>

export const triageRulesSchema = z.strictObject({
  opens: z.array(openingRule).min(1),
  material_change: z.strictObject({
    /** Growth or fall of the mid estimate since the last material change. */
    operations_ratio: z.number().positive(),
  }),
  colours: z.strictObject({
    amber_days: z.number().positive(),
    red_days: z.number().positive(),
  }),
  /** Findings that count as knowledge without an analyst, where a provider decides so. */
  designated_alerts: z.array(
    z.strictObject({ detector: z.string(), states: z.array(z.enum(STATES)).min(1), why: prose }),
  ),
})
export type TriageRules = z.output<typeof triageRulesSchema>

/** What a rule looks at in a finding. */
export interface Triable {
  readonly detector_id: string
  readonly raises: string
  readonly unit: string
  readonly state: string
  readonly severity: Severity
}

/** The rule by which a finding opens a case under a determination, or null. */
export function openingRuleFor(
  finding: Triable,
  determination: string,
  rules: TriageRules,
): OpeningRule | null {
  if (finding.raises !== 'finding') return null
  const rank = (severity: Severity) => SEVERITIES.indexOf(severity)
  const matches = (rule: OpeningRule) =>
    (rule.detectors.length === 0 || rule.detectors.includes(finding.detector_id)) &&
    rule.units.some(unit => unit === finding.unit) &&
    rule.states.some(state => state === finding.state) &&
    rule.determinations.some(status => status === determination) &&
    rank(finding.severity) >= rank(rule.severity_at_least)
  return rules.opens.find(matches) ?? null
}
