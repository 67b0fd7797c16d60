import { join } from 'node:path'
import type { ActionPolicy } from './domain/case/case-action-defaults.ts'
import type { TriagePolicy } from './domain/case/triage-plan.ts'
import { type TriageRules, triageRulesSchema } from './domain/case/triage-rules.ts'
import { Fault } from './domain/fault.ts'
import type { IdentityPolicy } from './domain/identity/determination.ts'
import type { OwnershipTest } from './domain/identity/ownership.ts'
import { calendarClock, type Regime, regimeThresholds } from './domain/regime.ts'
import type { Settings } from './domain/settings.ts'
import type { LoadedRegime, ReferenceData } from './reference.ts'
import { readYaml } from './yaml-file.ts'

/** What the chosen regime pack and `config/triage.yaml` mean for the stages that judge. */

/** The pack that the settings name; settings are checked against the folder, so it is there. */
export function chosenRegime(reference: ReferenceData, settings: Settings): LoadedRegime {
  const found = reference.regimes.get(settings.regime)
  if (found) return found
  throw new Fault(
    'CONFIG_INVALID',
    `there is no regime pack config/regimes/${settings.regime}.yaml`,
  )
}

/** Ownership counts from the pack's share on; a pack without one takes the usual 25 %. */
const OWNERSHIP_DEFAULT: OwnershipTest = { comparator: 'at_least', share: 0.25 }

export function identityPolicy(
  reference: ReferenceData,
  { regime, hash }: LoadedRegime,
): IdentityPolicy {
  const limit = regimeThresholds(regime, hash).thresholds['ownership_share']
  const ownership: OwnershipTest = limit
    ? {
        comparator: limit.compare === 'above' ? 'more_than' : 'at_least',
        share: Number(limit.value),
      }
    : OWNERSHIP_DEFAULT
  return { ownership, isUnitedStates: reference.jurisdictions.isUnitedStates }
}

export function triagePolicy(rules: TriageRules, regime: Regime, settings: Settings): TriagePolicy {
  return {
    rules,
    regime: {
      id: regime.id,
      version: String(regime.version),
      status: regime.banner,
      legal_force: regime.legal_force,
    },
    time_zone: settings.filing_time_zone,
    ...caseClocks(regime),
  }
}

/** The clocks that events of a case start (regulation 6.1): DL-1, DL-5 and, if there is one, DL-4. */
export function caseClocks(regime: Regime): ActionPolicy {
  return {
    initial: requiredClock(regime, 'DL-1'),
    correction: requiredClock(regime, 'DL-5'),
    follow_up: calendarClock(regime, 'DL-4'),
  }
}

function requiredClock(regime: Regime, id: string): { id: string; days: number } {
  const clock = calendarClock(regime, id)
  if (clock) return clock
  throw new Fault(
    'CONFIG_INVALID',
    `config/regimes/${regime.id}.yaml: has no clock ${id} in calendar days, so no case can run under it`,
  )
}

/** Throws CONFIG_INVALID that names the first fault. */
export function readTriageRules(configFolder: string): TriageRules {
  const { value, faults } = readYaml(join(configFolder, 'triage.yaml'), triageRulesSchema)
  if (value) return value
  const [first] = faults
  throw new Fault(
    'CONFIG_INVALID',
    first ? `${first.file}:${first.line}: ${first.message}` : 'triage.yaml',
  )
}
