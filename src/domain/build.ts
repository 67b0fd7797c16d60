import type { Instant } from './window.ts'

/** Numbers of rebuilds: each larger than the one before, so the newest rows always win. */
export type BuildNumbers = () => number

/**
 * Build numbers from a clock. Two builds within a millisecond still differ, and a clock that steps
 * back does not make new rows lose against old ones within a process.
 */
export function createBuildNumbers(now: () => Instant): BuildNumbers {
  let last = 0
  return () => {
    last = Math.max(now(), last + 1)
    return last
  }
}
