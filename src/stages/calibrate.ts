import { type Catalogue, findChip, PRECISIONS, type Precision } from '../domain/accelerator.ts'
import type { Fit } from '../domain/calibration.ts'
import type { LabelledRatio } from '../domain/calibration-fit.ts'
import { attestable, factor } from '../domain/estimate-factor.ts'
import type { Estimation } from '../domain/estimation.ts'
import type { LabelledRun } from '../domain/labelled-run.ts'
import { TIERS, type Tier } from '../domain/quantity.ts'
import type { Store } from '../ports/store.ts'

/** What labelled runs say about the priors: true operations over what the priors alone estimate. */

export interface LabelDeps {
  readonly store: Store
  readonly catalogue: Catalogue
  readonly priors: Estimation
  /** Those that the estimates in the store were made with. */
  readonly fits: readonly Fit[]
}

/** Below this share of one kind of evidence a run says nothing about that kind. */
const PURITY_MIN = 0.9

/** Reads a labelled run; a text says why it cannot be used. */
export type ReadLabel = (label: LabelledRun) => Promise<LabelledRatio | string>

export function createLabelReader(deps: LabelDeps): ReadLabel {
  return label => ('device_hours' in label ? billedRatio(deps, label) : meteredRatio(deps, label))
}

async function billedRatio(
  { catalogue, priors }: LabelDeps,
  label: Extract<LabelledRun, { device_hours: number }>,
): Promise<LabelledRatio | string> {
  const chip = findChip(catalogue, label.chip)
  if (chip === null) return `the catalogue knows no chip ${label.chip}`
  const attested = attestable(chip, label.precision)
  const { mid } = factor(chip, 'T5', attested, { priors, fits: [] })
  const ratio = label.operations / (mid * label.device_hours * 3600)
  return { run: label.run, chip: chip.id, tier: 'T5', ratio }
}

/**
 * The estimate in the store was made with the fits in force and the formats that samples attested;
 * it is put on the prior alone and on the format that the label states.
 */
async function meteredRatio(
  { store, catalogue, priors, fits }: LabelDeps,
  label: Extract<LabelledRun, { tenant_id: string }>,
): Promise<LabelledRatio | string> {
  const { tenant_id, workload_id, start, end } = label
  const [found] = await store.query('calibrate-run', { tenant_id, workload_id, start, end })
  if (found === undefined || found.device_s === 0) return 'nothing of it was metered'
  const [id, ...others] = found.chips
  const chip = catalogue.accelerators.find(one => one.id === id)
  if (chip === undefined || others.length > 0) return 'it ran on no one known chip'
  const tier = mainTier(found)
  if (tier === null) return `no kind of evidence has ${PURITY_MIN * 100} % of it`
  const [stored = '', ...mixed] = found.precisions
  if (mixed.length > 0) return 'its samples attest more than one format'
  const asStored = factor(chip, tier, attestable(chip, precisionOf(stored)), { priors, fits })
  const asLabelled = factor(chip, tier, attestable(chip, label.precision), { priors, fits: [] })
  const estimate = (found.flop_mid / asStored.mid) * asLabelled.mid
  if (!(estimate > 0)) return 'its estimate is zero'
  return { run: label.run, chip: chip.id, tier, ratio: label.operations / estimate }
}

function mainTier(found: Record<'t1_s' | 't2_s' | 't3_s' | 't4_s' | 'device_s', number>) {
  const seconds: Readonly<Record<Tier, number>> = {
    T1: found.t1_s,
    T2: found.t2_s,
    T3: found.t3_s,
    T4: found.t4_s,
    T5: 0,
  }
  return TIERS.find(tier => seconds[tier] >= PURITY_MIN * found.device_s) ?? null
}

function precisionOf(text: string): Precision | '' {
  return PRECISIONS.find(format => format === text) ?? ''
}
