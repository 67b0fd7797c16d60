import { A100, B200, H100, H200, type SimulatedChip } from '../../simulate/chips.ts'
import type { Random } from '../../simulate/random.ts'
import { normal, uniformFactor } from './draw.ts'
import { drawTile, type Products } from './tiles.ts'

/**
 * What a chip does and draws, from causes and not from the estimator's constants: issue efficiency
 * of tensor instructions, electrical power with a limit that slows the clock, differences between
 * chips. "Note" is the project's note on estimating operations; where it gives only a size, the
 * size is the note's and the shape another one than the estimator assumes.
 */

export interface LatentChip extends SimulatedChip {
  /** Peak operations per second of the FP32 vector pipes. */
  readonly fp32_ops_per_s: number
  readonly has_fp8: boolean
  /** Highest clock over the reference clock, when power allows (H100: 1,980 of 1,830 MHz). */
  readonly boost: number
}

export const LATENT_CHIPS: readonly (readonly [LatentChip, number])[] = [
  [{ ...A100, fp32_ops_per_s: 19.5e12, has_fp8: false, boost: 1.0 }, 0.25],
  [{ ...H100, fp32_ops_per_s: 67e12, has_fp8: true, boost: 1.08 }, 0.45],
  [{ ...H200, fp32_ops_per_s: 67e12, has_fp8: true, boost: 1.08 }, 0.15],
  [{ ...B200, fp32_ops_per_s: 80e12, has_fp8: true, boost: 1.05 }, 0.15],
]

/** Constants of one job on one chip model and driver. */
export interface Physics {
  /** Operations per counted tensor cycle over the nominal: calibration (note 1.6, meter .03). */
  readonly counter_gain: number
  /** A gauge is averaged and rounded on top of that (note 1.6, T2 meter .05 in all). */
  readonly gauge_gain: number
  /**
   * The clock that is read, over that of the tensor cycles: it is averaged over pauses of the tensor
   * pipes, in which it is higher. Gauge times clock was 1.01 to 1.09 of the operations in ten
   * training runs in BF16 on an H100 and an H200 (test/accelerator).
   */
  readonly clock_gain: number
  /** Operations of an active cycle over those of the datasheet. */
  readonly tile: number
  /** Cycles booked on the device for others, or on others for it (note 1.6, attribution). */
  readonly attribution: number
  /** Shares of the power span at full SM activity, tensor activity, memory and link traffic. */
  readonly sm_draw: number
  readonly tensor_draw: number
  readonly dram_draw: number
  readonly link_draw: number
  /** Built-in sensors sample a quarter of the time and are off by up to 5 % (note 1.5, [P17]). */
  readonly power_gain: number
  /** Leakage of a warm chip over its idle draw. */
  readonly leakage: number
}

/**
 * Power shares put the three anchors of the note where it has them: a GEMM at the measured ceiling
 * (0.8 of peak) reaches the board limit, pre-training at 0.4 draws 0.75 to 0.9 of it (417-687 of
 * 700 W, [S4]), and work that waits for the network still draws over half (MLPerf LoRA logs).
 */
export function drawPhysics(random: Random, products: Products): Physics {
  return {
    counter_gain: uniformFactor(random, 0.03),
    gauge_gain: uniformFactor(random, 0.045),
    clock_gain: random.between(1.01, 1.09),
    tile: drawTile(random, products),
    attribution: 10 ** (0.02 * normal(random)),
    sm_draw: random.between(0.34, 0.5),
    tensor_draw: random.between(0.62, 0.95),
    dram_draw: random.between(0.1, 0.2),
    link_draw: random.between(0.02, 0.06),
    power_gain: random.between(0.95, 1.05),
    leakage: random.between(1, 1.3),
  }
}

/** What a device is asked to do, as shares of what it could at its reference clock. */
export interface Demand {
  /** Tensor activity times clock share. */
  readonly tensor: number
  readonly sm: number
  readonly dram: number
  readonly link: number
  /** Draw per tensor cycle over that of BF16. */
  readonly tensor_weight: number
}

export interface Electrical {
  readonly power_w: number
  readonly clock: number
  readonly tensor_active: number
  /** What of the demanded tensor work was done; below 1 only when power runs out. */
  readonly done: number
}

/** The highest clock that the board limit allows for the demand; work is lost below a floor. */
export function run(chip: SimulatedChip & { boost: number }, physics: Physics, demand: Demand) {
  const span = chip.tdp_w - chip.idle_w
  const at = (clock: number): Electrical => {
    const wanted = demand.tensor / clock
    const tensor_active = Math.min(0.97, wanted)
    const load =
      physics.sm_draw * demand.sm * clock ** 2 +
      physics.tensor_draw * demand.tensor_weight * tensor_active * clock ** 3 +
      physics.dram_draw * demand.dram +
      physics.link_draw * demand.link
    const power_w = chip.idle_w * physics.leakage + span * load
    return { power_w, clock, tensor_active, done: wanted === 0 ? 1 : tensor_active / wanted }
  }
  let state = at(chip.boost)
  for (let clock = chip.boost; state.power_w > chip.tdp_w && clock > 0.5; clock -= 0.01) {
    state = at(clock)
  }
  return { ...state, power_w: Math.min(state.power_w, chip.tdp_w) }
}
