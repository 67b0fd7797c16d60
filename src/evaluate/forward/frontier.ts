import { DAY_MS, formatInstant, HOUR_MS, type Instant, SECOND_MS } from '../../domain/window.ts'
import { createInterruptions } from '../../simulate/interruptions.ts'
import type { Random } from '../../simulate/random.ts'
import { normal, pick } from '../account/draw.ts'
import { drawPhysics, LATENT_CHIPS, type LatentChip } from '../account/physics.ts'

/**
 * Runs that pass the threshold, hour by hour: a ramp of devices, interruptions at the published
 * rate and long outages, changes of regime, on cycle counters with attested format. The shape
 * follows the note on estimating operations, section 5.1; efficiency is drawn, not assumed.
 */

export interface FrontierRun {
  readonly tenant: string
  readonly chip: LatentChip
  readonly devices: number
  readonly start: Instant
  /** True operations executed in each hour from the start on. */
  readonly hours: readonly number[]
  readonly samples: readonly { readonly [field: string]: string | number }[]
  readonly commitment: { readonly [field: string]: string | number }
}

const THRESHOLD = 1e26
/** Runs end beyond the threshold, so that every crossing is seen. */
const TOTAL_OVER_THRESHOLD = [1.2, 1.6] as const
const HOURS_MAX = 200 * 24

export function drawFrontierRun(random: Random, tenant: string, start: Instant): FrontierRun {
  const chip = pick(
    random,
    LATENT_CHIPS.filter(([{ has_fp8 }]) => has_fp8),
  )
  const devices = 8 * random.integer(3000, 8190)
  const total = THRESHOLD * random.between(...TOTAL_OVER_THRESHOLD)
  const hours = drawHours(random, chip, devices, total, start)
  return {
    tenant,
    chip,
    devices,
    start,
    hours,
    samples: readCounters(random, { tenant, chip, devices, start }, hours),
    commitment: {
      commitment_id: `${tenant}-1`,
      tenant_id: tenant,
      accelerator: chip.id,
      accelerators: devices,
      start: formatInstant(start),
      // Terms are signed for longer than the run is planned to take.
      end: formatInstant(start + Math.ceil(hours.length * random.between(1.1, 1.8)) * HOUR_MS),
      status: 'signed',
      signed_at: formatInstant(start - 30 * DAY_MS),
      recorded_at: formatInstant(start - 30 * DAY_MS),
    },
  }
}

/** Model efficiency on the step 0.36 × 10^(0.1 N), recomputation up to a third on top. */
function drawHours(
  random: Random,
  chip: LatentChip,
  devices: number,
  total: number,
  start: Instant,
): number[] {
  const share = Math.min(0.6, 0.36 * 10 ** (0.1 * normal(random)) * random.between(1, 1.25))
  const ramp_h = random.between(0, 10) * 24
  const change_at = random.chance(0.1) ? random.between(0.1, 0.9) : 2
  const change = random.between(0.75, 1.3)
  const interruptions = createInterruptions(random, devices, start)
  const hours: number[] = []
  let done = 0
  while (done < total && hours.length < HOURS_MAX) {
    const at = start + hours.length * HOUR_MS
    const { lost_share } = interruptions.advance(at, at + HOUR_MS)
    const present = Math.min(1, 0.2 + (0.8 * hours.length) / Math.max(ramp_h, 1))
    const regime = done > change_at * THRESHOLD ? change : 1
    const rate = share * regime * present * (1 - lost_share) * (1 + 0.01 * normal(random))
    const executed = rate * chip.peak_ops_per_s.bf16 * devices * 3600
    hours.push(executed)
    done += executed
  }
  return hours
}

/** One meter stands for the whole fleet; what a gauge of a part would show is the same mean. */
function readCounters(
  random: Random,
  { tenant, chip, devices, start }: Pick<FrontierRun, 'tenant' | 'chip' | 'devices' | 'start'>,
  hours: readonly number[],
) {
  const physics = drawPhysics(random)
  const per_cycle = (chip.peak_ops_per_s.bf16 / (chip.clock_ref_mhz * 1e6)) * devices * physics.tile
  const seen = physics.counter_gain * physics.attribution
  let mma = 0
  let sm = 0
  // A reading before the first hour, from which the first difference is taken.
  return [0, ...hours].map((executed, index) => {
    mma += (executed / per_cycle) * seen
    sm += chip.clock_ref_mhz * 1e6 * 3600
    return {
      time: formatInstant(start + index * 3600 * SECOND_MS),
      interval_s: 3600,
      device_id: `${tenant}-fleet`,
      device_count: devices,
      tenant_id: tenant,
      accelerator: chip.id,
      precision: 'bf16',
      precision_source: 'attested',
      mma_cycles_total: Math.round(mma),
      sm_cycles_total: Math.round(sm),
    }
  })
}
