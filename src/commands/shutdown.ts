import { setTimeout as delay } from 'node:timers/promises'

/**
 * How long work under way may take to end after the signal: supervisors send SIGKILL soon after
 * ten seconds. What is cut then is safe: a body without an answer is sent again, a tick is done again.
 */
export const GRACE_S = 5

/** How long store and stream may take to close after that; the embedded engine ends its work first. */
export const CLOSE_S = 4

/**
 * Calls all of `ends` at once and waits until each has ended or `grace_s` is over. Gives back the
 * names of those that had not ended; throws what one of them threw.
 */
export async function endWithin(
  grace_s: number,
  ends: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<readonly string[]> {
  const open = new Set(Object.keys(ends))
  const over = new AbortController()
  const all = Object.entries(ends).map(async ([name, end]) => {
    await end()
    open.delete(name)
  })
  const grace = delay(grace_s * 1000, undefined, { signal: over.signal }).catch(() => undefined)
  try {
    await Promise.race([Promise.all(all), grace])
  } finally {
    over.abort()
  }
  return [...open]
}
