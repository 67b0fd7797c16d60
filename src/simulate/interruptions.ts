/**
 * When a synchronous run stands still. All devices stall together: one that fails holds the rest.
 * Rates after the published 54-day run: 466 interruptions on 16,384 devices, one per 2.8 hours,
 * with more than 90 % effective time (compute.md 3.1).
 */
import { HOUR_MS, type Instant, MINUTE_MS } from '../domain/window.ts'
import type { Random } from './random.ts'

const DEVICE_HOURS_PER_INTERRUPTION = 16_384 * 2.8
const LOSS_MEAN_MS = 11 * MINUTE_MS
const LOSS_MIN_MS = 2 * MINUTE_MS
const LOSS_MAX_MS = 45 * MINUTE_MS
const OUTAGE_GAP_MEAN_MS = 14 * 24 * HOUR_MS
const OUTAGE_MIN_MS = 1.5 * HOUR_MS
const OUTAGE_MAX_MS = 6 * HOUR_MS

export interface Interruptions {
  /**
   * Share of `[start, end)` that was lost, and how many interruptions have begun before `end`.
   * Intervals must follow one another in time.
   */
  advance(start: Instant, end: Instant): { readonly lost_share: number; readonly begun: number }
}

/** All devices of the run stand still. */
export interface Stall {
  readonly start: Instant
  readonly end: Instant
}

/** Stalls of a run on `devices` devices from `start` on, drawn one at a time as time passes. */
export function createInterruptions(
  random: Random,
  devices: number,
  start: Instant,
): Interruptions {
  const stalls = mergeStalls(random, devices, start)
  const open: Stall[] = []
  let upcoming = stalls.next().value
  let begun = 0
  return {
    advance(from, to) {
      while (upcoming.start < to) {
        open.push(upcoming)
        begun += 1
        upcoming = stalls.next().value
      }
      let lost_ms = 0
      for (const stall of open) {
        lost_ms += Math.max(0, Math.min(stall.end, to) - Math.max(stall.start, from))
      }
      while (open[0] !== undefined && open[0].end <= to) open.shift()
      return { lost_share: Math.min(1, lost_ms / (to - from)), begun }
    },
  }
}

/** Short stalls and the rarer long outages, without end, in one sequence that never overlaps itself. */
export function* mergeStalls(
  random: Random,
  devices: number,
  start: Instant,
): Generator<Stall, never> {
  const short_gap_ms = (DEVICE_HOURS_PER_INTERRUPTION / devices) * HOUR_MS
  let short_at = start + random.exponential(short_gap_ms)
  let outage_at = start + random.exponential(OUTAGE_GAP_MEAN_MS)
  let free_from = start
  for (;;) {
    const outage = outage_at < short_at
    const begin = Math.max(free_from, outage ? outage_at : short_at)
    const lost_ms = outage
      ? random.between(OUTAGE_MIN_MS, OUTAGE_MAX_MS)
      : Math.min(LOSS_MAX_MS, Math.max(LOSS_MIN_MS, random.exponential(LOSS_MEAN_MS)))
    free_from = begin + lost_ms
    yield { start: begin, end: free_from }
    if (outage) outage_at = free_from + random.exponential(OUTAGE_GAP_MEAN_MS)
    else short_at = free_from + random.exponential(short_gap_ms)
  }
}
