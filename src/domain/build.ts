import type { Instant } from './window.ts'

/** Numbers of rebuilds: each larger than the one before, so the newest rows always win. */
export interface BuildNumbers {
  (): number
  /** Goes on beyond `floor`, the newest number that any instance has told of. */
  beyond(floor: number): void
}

/** Numbers that one stretch holds: builds since an instance last told of one stay within it. */
const STRETCH = 2048

/**
 * Build numbers in stretches. The clock is asked where a stretch begins and never within it, so
 * that whoever takes over begins beyond every number in use, however the clocks of two instances
 * differ and whichever way they step. Numbers stay below 2^53 until the year 2109.
 */
export function createBuildNumbers(now: () => Instant): BuildNumbers {
  let last = 0
  const beyond = (floor: number): void => {
    const stretch = Math.floor(Math.max(floor, last) / STRETCH) + 1
    last = Math.max(now(), stretch) * STRETCH
  }
  const next = (): number => {
    if (last === 0) beyond(0)
    last += 1
    return last
  }
  return Object.assign(next, { beyond })
}
