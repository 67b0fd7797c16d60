import type { Gang } from './gang.ts'

/** How work looks from outside: activity and power, and how alike two stretches of it are. */

/** What a gang shows of how it works. */
export type Signature = Pick<Gang, 'tensor_mean' | 'power_mean_w'>

/** Largest relative difference of what both show of activity and power; null when nothing. */
export function signatureDifference(a: Signature, b: Signature): number | null {
  const differences = [
    [a.tensor_mean, b.tensor_mean],
    [a.power_mean_w, b.power_mean_w],
  ].flatMap(([x, y]) => {
    if (x === null || y === null || x === undefined || y === undefined) return []
    const larger = Math.max(x, y)
    if (larger === 0) return [0]
    return [Math.abs(x - y) / larger]
  })
  return differences.length === 0 ? null : Math.max(...differences)
}

/**
 * Samples cut by a start or an end show less than the work they hold, half on average. A stretch
 * of which they are a larger part says nothing.
 */
const EDGE_SHARE_MAX = 0.2
/** An idle device draws about a fifth of what it draws at work, so power dips less than activity. */
const POWER_DIP = 0.8

/**
 * The same for levels at work: what cut samples lack is given back. Null also where a stretch is
 * mostly cut samples.
 */
export function steadyDifference(a: Gang, b: Gang): number | null {
  if (Math.max(edgeShare(a), edgeShare(b)) > EDGE_SHARE_MAX) return null
  return signatureDifference(withoutEdges(a), withoutEdges(b))
}

/** Share of its device time that a gang spent in cut samples. */
export function edgeShare({ edge_s, device_s }: Gang): number {
  return device_s === 0 ? 1 : edge_s / device_s
}

/** Levels at work: what cut samples lack is given back, on average. */
function withoutEdges(gang: Gang): Signature {
  const share = edgeShare(gang)
  const { tensor_mean, power_mean_w } = gang
  return {
    tensor_mean: tensor_mean === null ? null : tensor_mean / (1 - share),
    power_mean_w: power_mean_w === null ? null : power_mean_w / (1 - POWER_DIP * share),
  }
}
