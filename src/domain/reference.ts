import {
  type Accelerator,
  type Catalogue,
  chipNames,
  type Precision,
  UNKNOWN_CHIP,
} from './accelerator.ts'
import type { Calibration } from './calibration.ts'
import { estimateFactors } from './estimate.ts'
import type { FactorTier } from './estimate-factor.ts'
import type { Estimation } from './estimation.ts'
import { listSkus, type SkusFile } from './sku.ts'

/** The catalogue and its priors as the rows that the store multiplies with, without their version. */

export type ChipRow = {
  readonly chip: string
  readonly idle_w: number
  readonly tdp_w: number
  readonly host_w: number
  readonly clock_ref_mhz: number | null
  readonly sm_count: number | null
  readonly scale_out_gbit_per_s: number | null
}

export type FactorRow = {
  readonly chip: string
  readonly tier: FactorTier
  readonly precision: Precision | ''
  readonly lo: number
  readonly mid: number
  readonly hi: number
}

export type ReferenceRows = {
  readonly chips: readonly ChipRow[]
  readonly chip_names: readonly { readonly name: string; readonly chip: string }[]
  readonly estimate_factors: readonly FactorRow[]
  readonly skus: readonly {
    readonly sku: string
    readonly chip: string
    readonly accelerators: number
  }[]
}

export function referenceRows(
  catalogue: Catalogue,
  priors: Estimation,
  skus: SkusFile,
  { fits }: Calibration,
): ReferenceRows {
  return {
    chips: [...catalogue.accelerators.map(chipRow), ...unknownRow(catalogue)],
    chip_names: [...chipNames(catalogue)].map(([name, chip]) => ({ name, chip })),
    estimate_factors: estimateFactors(catalogue, priors, fits),
    skus: listSkus(skus, catalogue),
  }
}

function chipRow(chip: Accelerator): ChipRow {
  return {
    chip: chip.id,
    idle_w: chip.power.idle_w,
    tdp_w: chip.power.tdp_w,
    host_w: chip.power.host_w,
    clock_ref_mhz: chip.clock?.ref_mhz ?? null,
    sm_count: chip.clock?.sm_count ?? null,
    scale_out_gbit_per_s: chip.interconnect.scale_out_gbit_per_s,
  }
}

/** Nothing is taken off an unknown chip's energy, so that no joule of it is explained away. */
function unknownRow(catalogue: Catalogue): ChipRow[] {
  return catalogue.accelerators
    .filter(chip => chip.id === catalogue.unknown_chip.stand_in)
    .map(chip => ({
      ...chipRow(chip),
      chip: UNKNOWN_CHIP,
      idle_w: 0,
      host_w: 0,
      clock_ref_mhz: null,
      sm_count: null,
    }))
}
