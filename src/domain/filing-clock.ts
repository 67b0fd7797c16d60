import { DAY_MS, formatDay, type Instant, MINUTE_MS, parseInstant } from './window.ts'

/**
 * Legal deadlines: calendar days in the provider's filing time zone. Day 0 is the local date of
 * the trigger, the filing is due at the end of local day 0 + N, and no weekend or holiday moves it.
 */

export interface Deadline {
  /** The clock of the regime pack, e.g. `DL-1`. */
  readonly clock_id: string
  readonly trigger_at: Instant
  readonly days: number
  readonly time_zone: string
  /** Local calendar date, `YYYY-MM-DD`. */
  readonly due_date: string
  /** The last millisecond of that date in the time zone. */
  readonly due_at: Instant
}

/** A clock as the regime pack gives it: N calendar days after its trigger. */
export interface ClockRule {
  readonly id: string
  readonly days: number
}

export function deadline(rule: ClockRule, trigger: Instant, timeZone: string): Deadline {
  const due_date = addDays(localDate(trigger, timeZone), rule.days)
  return {
    clock_id: rule.id,
    trigger_at: trigger,
    days: rule.days,
    time_zone: timeZone,
    due_date,
    due_at: endOfDay(due_date, timeZone),
  }
}

/** The local calendar date `YYYY-MM-DD` on which an instant falls. */
export function localDate(at: Instant, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(at)
  const part = (type: string) => parts.find(piece => piece.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
}

/** Whether the runtime knows the IANA name; settings refuse a name for which this is false. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** Calendar arithmetic on dates alone, so that a 23- or 25-hour day counts as one day. */
function addDays(date: string, days: number): string {
  return formatDay((parseInstant(date) ?? 0) + days * DAY_MS)
}

const STEP_MS = 15 * MINUTE_MS
/** No zone is further than 14 h from UTC; one more hour covers a change of the clocks. */
const SPAN_MS = 15 * 60 * MINUTE_MS

/**
 * The last millisecond of a local date. Zones start their days, and change their clocks, on a
 * quarter of an hour of UTC, so walking back quarter by quarter finds the end even of a day whose
 * midnight is skipped or happens twice.
 */
function endOfDay(date: string, timeZone: string): Instant {
  const midnight = (parseInstant(date) ?? 0) + DAY_MS
  let end = midnight + SPAN_MS
  while (end > midnight - SPAN_MS && localDate(end - 1, timeZone) > date) end -= STEP_MS
  return end - 1
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Building a formatter costs about a hundred times as much as using one. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  formats.set(timeZone, format)
  return format
}
