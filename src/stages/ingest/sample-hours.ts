import { HOUR_MS, type Instant } from '../../domain/window.ts'
import type { TouchedSpan } from './touched-hours.ts'

/** Longest reach of a counter reading back to the one before it; the meter uses the same. */
const COUNTER_REACH_MS = HOUR_MS

/** Samples of one device that are filed under one hour. */
export interface HourOfDevice {
  readonly hour: Instant
  /** Where the earliest of their intervals begins. */
  readonly start: Instant
  /** The first end of an interval, and the first that brings counters; null: none does. */
  readonly first_end: Instant
  readonly counter_end: Instant | null
}

/**
 * What samples of a device change. Their intervals may begin in an earlier hour; a counter speaks for
 * the time since the last reading, over samples without counters; and a sample that comes late also
 * changes what the next one's counters stand for, and the longer interval of a copy that it replaces.
 * @param reading the newest reading known of the device, which all of these samples follow;
 * -Infinity for none, null: they came late
 */
export function spanTouched(samples: HourOfDevice, reading: Instant | null): TouchedSpan {
  const { hour, start, first_end, counter_end } = samples
  const late = reading === null
  let first = late ? Math.min(start, first_end - COUNTER_REACH_MS) : start
  if (!late && counter_end !== null && reading >= counter_end - COUNTER_REACH_MS) {
    first = Math.min(first, reading)
  }
  return { first, last: late ? hour + HOUR_MS : hour }
}
