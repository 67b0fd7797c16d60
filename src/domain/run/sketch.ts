/**
 * Bottom-k sketches of sets of nodes: the k smallest hashes of a set, as decimal text. Enough to
 * compare two sets of any size (Broder 1997).
 */

const SKETCH_SIZE = 64

/** Union of two sketches: the k smallest hashes of both. */
export function mergeSketches(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort(byNumber).slice(0, SKETCH_SIZE)
}

/** Jaccard similarity: among the k smallest hashes of the union, the share that both have. */
export function jaccard(a: readonly string[], b: readonly string[]): number {
  const union = mergeSketches(a, b)
  if (union.length === 0) return 0
  const inA = new Set(a)
  const inB = new Set(b)
  return union.filter(hash => inA.has(hash) && inB.has(hash)).length / union.length
}

/**
 * Share of the part's nodes that the whole has too: below the largest hash that the whole's sketch
 * still lists, nothing of it is left out.
 */
export function containment(part: readonly string[], whole: readonly string[]): number {
  const last = whole.length < SKETCH_SIZE ? undefined : whole.at(-1)
  const comparable = last === undefined ? part : part.filter(hash => byNumber(hash, last) <= 0)
  if (comparable.length === 0) return 0
  const inWhole = new Set(whole)
  return comparable.filter(hash => inWhole.has(hash)).length / comparable.length
}

/** Hashes are decimal text of 64-bit integers: shorter is smaller, then by digits. */
function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
