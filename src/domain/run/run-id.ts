import { createHash } from 'node:crypto'
import type { Tier } from '../quantity.ts'

/** What gangs and runs have in common: ids made from what they are, and the tier of the whole. */

export function runId(...parts: readonly string[]): string {
  return `run-${shortHash(parts)}`
}

export function gangId(...parts: readonly string[]): string {
  return `gang-${shortHash(parts)}`
}

function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 16)
}

/** The tier behind most of the device time; of equal shares the weaker: that is how good it is. */
export function mainTier(parts: readonly { tier: Tier; device_s: number }[]): Tier {
  const time = new Map<Tier, number>()
  for (const part of parts) time.set(part.tier, (time.get(part.tier) ?? 0) + part.device_s)
  const ranked = [...time].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? 1 : -1))
  return ranked[0]?.[0] ?? 'T5'
}
