import type { DeriveSettings } from '../derive-settings.ts'
import { byStart, type Gang, jaccard } from './gang.ts'

/**
 * Links gangs that follow each other into chains: one computation with its interruptions. The
 * score follows the reference scheme (node overlap .30, size .20, signature .20); evidence that
 * the provider does not send is left out and the weights are scaled to what is there.
 */

export interface Link {
  readonly gang: Gang
  /** How sure it is that this gang continues the one before it; 1 for the first. */
  readonly link_p: number
}

export type Chain = readonly Link[]

const WEIGHT = { nodes: 0.3, size: 0.2, signature: 0.2 } as const
/** Two gangs of one run may overlap this much where clocks disagree. */
const OVERLAP_MAX_MS = 120_000
/** At a fourfold change of size the size term reaches zero. */
const SIZE_RATIO_MAX = 4

/**
 * Chains for the gangs of one tenant. Deterministic: gangs are taken by start, and each goes to
 * the open chain with the best score, the shorter pause deciding between equals.
 */
export function chainGangs(gangs: readonly Gang[], settings: DeriveSettings['chain']): Chain[] {
  const chains: Link[][] = []
  let open: Link[][] = []
  for (const gang of [...gangs].sort(byStart)) {
    // Gangs come by start, so a chain that is out of reach now stays so.
    open = open.filter(chain => pauseAfter(chain, gang) <= settings.soft_gap_s * 1000)
    const best = bestChain(open, gang, settings)
    if (best) {
      best.chain.push({ gang, link_p: best.score })
    } else {
      const fresh = [{ gang, link_p: 1 }]
      chains.push(fresh)
      open.push(fresh)
    }
  }
  return chains
}

function pauseAfter(chain: readonly Link[], gang: Gang): number {
  const last = chain.at(-1)
  return last ? gang.start - last.gang.end : Number.POSITIVE_INFINITY
}

function bestChain(
  chains: readonly Link[][],
  gang: Gang,
  settings: DeriveSettings['chain'],
): { chain: Link[]; score: number } | null {
  let best: { chain: Link[]; score: number; pause_ms: number } | null = null
  for (const chain of chains) {
    const last = chain.at(-1)
    if (!last) continue
    const pause_ms = gang.start - last.gang.end
    const score = linkScore(last.gang, gang)
    if (score < scoreNeeded(pause_ms, settings)) continue
    const better =
      best === null || score > best.score || (score === best.score && pause_ms < best.pause_ms)
    if (better) best = { chain, score, pause_ms }
  }
  return best
}

/** The score a link needs after a pause; infinite where no link may be made. */
function scoreNeeded(pause_ms: number, settings: DeriveSettings['chain']): number {
  if (pause_ms < -OVERLAP_MAX_MS) return Number.POSITIVE_INFINITY
  if (pause_ms <= settings.hard_gap_s * 1000) return settings.hard_score_min
  if (pause_ms <= settings.soft_gap_s * 1000) return settings.soft_score_min
  return Number.POSITIVE_INFINITY
}

/**
 * Likeness of two gangs, 0..1. A move to other nodes or another fabric drops the node term
 * instead of counting against the link: the computation may have been rescheduled.
 */
export function linkScore(before: Gang, after: Gang): number {
  if (before.chip !== after.chip) return 0
  const moved = before.fabric_id !== after.fabric_id || before.site !== after.site
  const ratio = Math.abs(Math.log(after.devices / before.devices)) / Math.log(SIZE_RATIO_MAX)
  const terms: [weight: number, value: number][] = [[WEIGHT.size, Math.max(0, 1 - ratio)]]
  if (!moved) terms.push([WEIGHT.nodes, jaccard(before.nodes, after.nodes)])
  const signature = signatureLikeness(before, after)
  if (signature !== null) terms.push([WEIGHT.signature, signature])
  const total = terms.reduce((sum, [weight]) => sum + weight, 0)
  return terms.reduce((sum, [weight, value]) => sum + weight * value, 0) / total
}

/** Mean of min/max ratios over the signature's known parts; null when nothing is known. */
function signatureLikeness(a: Gang, b: Gang): number | null {
  const ratios = [
    [a.tensor_mean, b.tensor_mean],
    [a.power_mean_w, b.power_mean_w],
  ].flatMap(([x, y]) => {
    if (x === null || y === null || x === undefined || y === undefined) return []
    const larger = Math.max(x, y)
    return larger === 0 ? [1] : [Math.min(x, y) / larger]
  })
  if (ratios.length === 0) return null
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
}
