import type { Catalogue } from '../../domain/accelerator.ts'
import { findChip } from '../../domain/accelerator.ts'
import type { Fit } from '../../domain/calibration.ts'
import { factor } from '../../domain/estimate-factor.ts'
import type { Estimation } from '../../domain/estimation.ts'
import { assert } from '../../domain/fault.ts'
import type { Operations } from '../../domain/quantity.ts'
import { DAY_MS, formatInstant, HOUR_MS, type Instant, toSqlSecond } from '../../domain/window.ts'
import type { Row } from '../../ports/store.ts'
import { createInterruptions } from '../../simulate/interruptions.ts'
import type { Random } from '../../simulate/random.ts'
import { normal, pick, triangular } from '../account/draw.ts'
import { drawPhysics, LATENT_CHIPS, type LatentChip } from '../account/physics.ts'

/**
 * Runs that pass the threshold, hour by hour: a ramp of devices, interruptions at the published
 * rate and long outages, changes of regime, on cycle counters with attested format. The shape
 * follows the note on estimating operations, section 5.1; efficiency is drawn, not assumed.
 */

export interface FrontierRun {
  readonly name: string
  readonly chip: LatentChip
  readonly devices: number
  readonly start: Instant
  /** Share of tensor operations computed in FP8. */
  readonly fp8_share: number
  /** True operations executed in each hour from the start on. */
  readonly hours: readonly number[]
  /** Active tensor seconds that counters show, over those behind the true operations. */
  readonly seen: number
  /** What of that is the provider's: the same for every job on this chip. */
  readonly counter_gain: number
}

export const THRESHOLD = 1e26
/** Runs end beyond the threshold, so that every crossing is seen. */
const TOTAL_OVER_THRESHOLD = [1.3, 1.6] as const
const HOURS_MAX = 320 * 24

export function drawFrontierRun(random: Random, name: string, start: Instant): FrontierRun {
  const chip = pick(
    random,
    LATENT_CHIPS.filter(([{ has_fp8 }]) => has_fp8),
  )
  const devices = 8 * random.integer(2000, 8190)
  const fp8_share = random.chance(0.3) ? triangular(random, 0.7, 0.88, 0.95) : 0
  const physics = drawPhysics(random, 'large')
  const { counter_gain } = physics
  const seen = (counter_gain * physics.attribution) / physics.tile
  const hours = drawHours(random, { chip, devices, start, fp8_share })
  return { name, chip, devices, start, fp8_share, hours, seen, counter_gain }
}

/**
 * Model efficiency on the step 0.36 × 10^(0.1 N), recomputation up to a third on top; FP8 makes a
 * step 1.2 to 1.6 times as fast.
 */
function drawHours(
  random: Random,
  run: Pick<FrontierRun, 'chip' | 'devices' | 'start' | 'fp8_share'>,
): number[] {
  const total = THRESHOLD * random.between(...TOTAL_OVER_THRESHOLD)
  const gain = run.fp8_share > 0 ? random.between(1.2, 1.6) : 1
  const share = Math.min(0.6, 0.36 * 10 ** (0.1 * normal(random)) * random.between(1, 1.25)) * gain
  const ramp_h = random.between(0, 10) * 24
  const change_at = random.chance(0.1) ? random.between(0.1, 0.9) : 2
  const change = random.between(0.75, 1.3)
  const interruptions = createInterruptions(random, run.devices, run.start)
  const hours: number[] = []
  let done = 0
  while (done < total && hours.length < HOURS_MAX) {
    const at = run.start + hours.length * HOUR_MS
    const { lost_share } = interruptions.advance(at, at + HOUR_MS)
    const present = Math.min(1, 0.2 + (0.8 * hours.length) / Math.max(ramp_h, 1))
    const regime = done > change_at * THRESHOLD ? change : 1
    const rate = share * regime * present * (1 - lost_share) * (1 + 0.01 * normal(random))
    const executed = rate * run.chip.peak_ops_per_s.bf16 * run.devices * 3600
    hours.push(executed)
    done += executed
  }
  return hours
}

/** What the product estimates with: priors, and a provider's own fits where it has calibrated. */
export interface Priors {
  readonly catalogue: Catalogue
  readonly estimation: Estimation
  readonly fits?: readonly Fit[]
}

/** Operations that the meter counts for one that was executed: active seconds times factor of T1. */
export function countedShare(
  run: FrontierRun,
  { catalogue, estimation, fits = [] }: Priors,
): Operations {
  const chip = findChip(catalogue, run.chip.id)
  assert(chip !== null, `the catalogue knows no ${run.chip.id}`)
  const format = run.fp8_share > 0 ? 'fp8' : 'bf16'
  const { lo, mid, hi } = factor(chip, 'T1', format, { priors: estimation, fits })
  const active_s = ((1 - run.fp8_share / 2) * run.seen) / run.chip.peak_ops_per_s.bf16
  return { lo: lo * active_s, mid: mid * active_s, hi: hi * active_s }
}

/**
 * Hours of a share of the run as the meter leaves them. The meter itself is measured by the section
 * on operations; here its rows are written, so that months of a run take seconds.
 */
export function usageRows(
  run: FrontierRun,
  tenant_id: string,
  share: number,
  priors: Priors,
): Row[] {
  const counted = countedShare(run, priors)
  const devices = Math.round(run.devices * share)
  return run.hours.map((executed, index) => ({
    ...BLANK_USAGE,
    tenant_id,
    hour: toSqlSecond(run.start + index * HOUR_MS),
    chip: run.chip.id,
    devices,
    observed_device_s: devices * 3600,
    busy_device_s: devices * 3600,
    billed_device_s: devices * 3600,
    observed_lo: executed * share * counted.lo,
    observed_mid: executed * share * counted.mid,
    observed_hi: executed * share * counted.hi,
  }))
}

const BLANK_USAGE = {
  dark_device_s: 0,
  dark_method: '',
  energy_j: 0,
  dark_lo: 0,
  dark_mid: 0,
  dark_hi: 0,
  tier: 'T1',
  build: '1',
  is_deleted: 0,
} as const

/** Orders for a share of the run's devices, signed a month before it begins. */
export function drawCommitments(
  random: Random,
  run: FrontierRun,
  tenant_id: string,
  share: number,
): object[] {
  // Terms are signed for longer than the run is planned to take.
  const end = run.start + Math.ceil(run.hours.length * random.between(1.1, 1.8)) * HOUR_MS
  const order = (suffix: string, devices: number, start: Instant) => ({
    commitment_id: `${tenant_id}-${suffix}`,
    tenant_id,
    accelerator: run.chip.id,
    accelerators: Math.max(1, Math.round(devices)),
    start: formatInstant(start),
    end: formatInstant(end),
    status: 'signed',
    signed_at: formatInstant(start - 30 * DAY_MS),
    recorded_at: formatInstant(start - 30 * DAY_MS),
  })
  const devices = run.devices * share
  // One in three starts with a part and signs for the rest when the run is under way.
  if (!random.chance(1 / 3)) return [order('1', devices, run.start)]
  const first = devices * random.between(0.3, 0.6)
  const later = run.start + Math.round(run.hours.length * random.between(0.15, 0.4)) * HOUR_MS
  return [order('1', first, run.start), order('2', devices - first, later)]
}

/** The first hour at whose end the run has truly done that share of the threshold. */
export function hourOf({ hours }: FrontierRun, share: number): number {
  let done = 0
  const index = hours.findIndex(executed => {
    done += executed
    return done >= share * THRESHOLD
  })
  return index < 0 ? hours.length : index + 1
}
