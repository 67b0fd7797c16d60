/** Electrical side of an activity: the same work draws the same power on every meter. */
import type { Activity } from './activity.ts'
import type { SimulatedChip } from './chips.ts'

/**
 * Share of the span between idle and board limit that an activity draws. The weights put dense
 * training at 0.8–0.9 of the span, decoding near 0.45 and FP64 codes near 0.65 (compute.md 2.1).
 */
export function loadShare(activity: Activity): number {
  const load =
    0.25 * activity.gpu_util +
    0.15 * activity.sm_active +
    0.9 * activity.tensor_active +
    0.2 * activity.dram_active +
    0.5 * activity.fp64_active
  return Math.min(1, load)
}

/** Board power of one device in watts. */
export function devicePower(chip: SimulatedChip, load: number): number {
  return chip.idle_w + (chip.tdp_w - chip.idle_w) * load
}

/** What one device adds to its host's own draw; fans and processors follow the load in part. */
export function hostPower(chip: SimulatedChip, load: number): number {
  return chip.host_w * (0.6 + 0.4 * load)
}
