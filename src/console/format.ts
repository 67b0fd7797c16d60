import type { Operations } from '../domain/quantity.ts'
import { DAY_MS, formatInstant, HOUR_MS, type Instant, MINUTE_MS } from '../domain/window.ts'

/** Numbers and times as pages show them, always with their unit. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const fine = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** `1.3e26`; two digits, because no estimate is better than that. */
export function compute(value: number): string {
  return value === 0 ? '0' : value.toExponential(1).replace('e+', 'e')
}

/** `1e26`: a number that was set, not estimated, with the digits it has; sums of steps are cut. */
export function exact(value: number): string {
  return Math.abs(value) >= 1e6
    ? Number(value.toPrecision(6)).toExponential().replace('e+', 'e')
    : count(value)
}

/** `9.2e25 – 2.0e26`. */
export function bounds({ lo, hi }: Operations): string {
  return lo === hi ? 'exact' : `${compute(lo)} – ${compute(hi)}`
}

/** A count, in groups of three digits; small non-integers keep three digits. */
export function count(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value)
    ? grouped.format(value)
    : fine.format(value)
}

export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %'
  return `${fine.format(Number((share * 100).toPrecision(3)))} %`
}

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** `67.8M`, for numbers that only need their size seen. */
export function compact(value: number): string {
  return short.format(value)
}

/** Device-seconds as device-hours. */
export function deviceHours(device_s: number): string {
  return `${count(device_s / 3600)} device-h`
}

const ENERGY_UNITS = [
  { unit: 'GWh', joules: 3.6e12 },
  { unit: 'MWh', joules: 3.6e9 },
  { unit: 'kWh', joules: 3.6e6 },
] as const

export function energy(joules: number): string {
  if (joules === 0) return 'not measured'
  const chosen = ENERGY_UNITS.find(candidate => joules >= candidate.joules)
  return chosen ? `${fine.format(joules / chosen.joules)} ${chosen.unit}` : `${count(joules)} J`
}

export function day(at: Instant): string {
  return formatInstant(at).slice(0, 10)
}

/** `2026-01-31 05:00 UTC`; seconds only where they say something. */
export function moment(at: Instant): string {
  const text = formatInstant(at).replace('T', ' ')
  return `${text.slice(0, at % MINUTE_MS === 0 ? 16 : 19)} UTC`
}

export function duration(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${fine.format(ms / DAY_MS)} days`
  if (ms >= 2 * HOUR_MS) return `${fine.format(ms / HOUR_MS)} h`
  if (ms >= MINUTE_MS) return `${fine.format(ms / MINUTE_MS)} min`
  return `${fine.format(ms / 1000)} s`
}

/** How far off a deadline is, in whole days: `in 12 days`, `today`, `3 days overdue`. */
export function untilDue(due: Instant, now: Instant): string {
  const left = Math.floor((due - now) / DAY_MS)
  if (due < now) {
    const over = Math.max(1, Math.ceil((now - due) / DAY_MS))
    return over === 1 ? 'overdue by a day' : `overdue by ${count(over)} days`
  }
  if (left === 0) return 'within a day'
  return left === 1 ? 'in 1 day' : `in ${count(left)} days`
}

/** A measured value in its unit; operations in powers of ten, everything else as it is. */
export function amount(value: number, unit: string): string {
  if (unit === 'ratio') return percent(value)
  if (unit === 'operations' || Math.abs(value) >= 1e9) return compute(value)
  return count(value)
}

/** A threshold in its unit. */
export function limit(value: number, unit: string): string {
  return unit === 'ratio' ? percent(value) : exact(value)
}

const UNIT_NAMES: Readonly<Record<string, string>> = {
  operations: 'operations',
  operations_per_s: 'operations/s',
  gbit_per_s: 'Gbit/s',
  ratio: 'of the whole',
  s: 's',
  hours: 'h',
}

export function unitName(unit: string): string {
  return UNIT_NAMES[unit] ?? unit
}

/** `crossed_threshold` → `crossed threshold`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ')
}

export function plural(many: number, one: string, more = `${one}s`): string {
  return `${count(many)} ${many === 1 ? one : more}`
}
