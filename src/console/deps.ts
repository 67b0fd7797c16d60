import type { ColourRule } from '../domain/case/case-summary.ts'
import type { DetectorBundle } from '../domain/detector.ts'
import type { EvidenceParts } from '../domain/evidence-tree.ts'
import type { Regime } from '../domain/regime.ts'
import type { Classify } from '../domain/workload-class.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { PageText } from './layout.ts'

/** What pages are made from. */
export interface ConsoleDeps {
  readonly store: Store
  readonly clock: Clock
  readonly regime: Regime
  readonly detectors: DetectorBundle
  readonly colours: ColourRule
  readonly evidence: (findingId: string) => Promise<EvidenceParts>
  readonly classify: Classify
}

export interface PageRequest {
  /** From the path; '' where the path has none. */
  readonly id: string
  readonly query: Readonly<Record<string, string>>
}

export interface ConsolePage {
  /** As the router spells it, with `:id` where the page is about one thing. */
  readonly path: string
  render(deps: ConsoleDeps, request: PageRequest): Promise<PageText>
}

/**
 * Operations from which a run is reportable: what the detector judges by, which is the regime's
 * threshold unless an analyst changed it. null where the pack in use knows no such number.
 */
export function operationsThreshold({ detectors, regime }: ConsoleDeps): number | null {
  const rule = detectors.detectors.find(detector => detector.id === 'run-operations-threshold')
  const judged = rule?.parameters['operations_max']?.value
  const written = regime.thresholds.find(one => one.metric === 'training_operations')?.value
  const value = Number(judged ?? written)
  return Number.isFinite(value) && value > 0 ? value : null
}
