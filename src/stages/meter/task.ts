import { isLast, type Share } from '../../domain/tick-choice.ts'
import { HOUR_MS, type Instant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { ChangedHour } from './device-hours.ts'

/** What a pass of the meter takes up, and which marks it answers for. */

/** Marks that a pass answers for, those of batches that were stored before it, or open and seen. */
export interface Marks {
  readonly hours: readonly Instant[]
  readonly batches: readonly string[]
  readonly opens: readonly string[]
}

export interface Task {
  /** Dirty hours in order, each with the earliest instant that may have changed. */
  readonly changed: readonly ChangedHour[]
  /** Whose devices; null: everybody's. */
  readonly shares: readonly Share[] | null
  /** Tenants that are whole once it is done, to be priced and judged; null: everybody. */
  readonly tenants: readonly string[] | null
  /** Of these, the first hour that their turn, all slices of it, was about. */
  readonly firsts: ReadonlyMap<string, Instant>
  /** Hours of tenants in slices under marks that stay: whatever changes there, a later slice answers for it. */
  readonly later: ReadonlyMap<string, ReadonlySet<Instant>>
  readonly marks: Marks
  /** Devices that they were taken to have. */
  readonly devices: ReadonlyMap<string, number>
  /** Tenants whose turn comes later, or goes on. */
  readonly waiting: number
  /** Where the next pass goes on when this one stopped at its bound, else null. */
  readonly resume: Instant | null
}

/** A mark, and the tenants that it still asks for. */
export type AskedMark = QueryRow<'hour-marks-named'> & {
  readonly key: string
  readonly left: readonly string[]
}

/** The same tenants in two: of the `newer` ones slices had begun when it was stored. */
export type Mark = AskedMark & {
  readonly due: readonly string[]
  readonly newer: readonly string[]
}

/** Hours that one pass takes up; what is left over waits for the next pass of the same tick. */
export const HOURS_PER_PASS = 4000

/** All dirty hours of everybody. */
export function everybody(dirty: readonly QueryRow<'hour-marks-dirty'>[]): Task {
  const last = dirty.at(HOURS_PER_PASS - 1)
  return {
    changed: dirty.map(({ hour, since }) => ({ hour, since })),
    shares: null,
    tenants: null,
    firsts: new Map(),
    later: new Map(),
    devices: new Map(),
    marks: {
      hours: dirty.map(({ hour }) => hour),
      batches: unique(dirty.flatMap(({ batches }) => batches)),
      opens: unique(dirty.flatMap(({ opens }) => opens)),
    },
    waiting: 0,
    resume: last === undefined ? null : last.hour + HOUR_MS,
  }
}

/**
 * The hours that marks name of some tenants.
 * @param devices of each tenant
 */
export function taskOf(
  marks: readonly Mark[],
  shares: readonly Share[],
  devices: ReadonlyMap<string, number>,
): Task {
  const mine = new Set(shares.map(share => share.tenant_id))
  const ending = new Set(shares.filter(isLast).map(share => share.tenant_id))
  const sinces = new Map<Instant, Instant>()
  const firsts = new Map<string, Instant>()
  const later = new Map<string, Set<Instant>>()
  const waiting = new Set<string>()
  const open = new Set<string>()
  const unanswered = new Set<string>()
  for (const { hour, batch_id, is_stored, since, due, newer } of marks) {
    if (due.some(tenant => mine.has(tenant))) lower(sinces, hour, since)
    for (const tenant of due) if (ending.has(tenant)) lower(firsts, tenant, hour)
    const rest = [...due.filter(tenant => !ending.has(tenant)), ...newer]
    for (const tenant of rest) {
      waiting.add(tenant)
      if (mine.has(tenant)) later.set(tenant, (later.get(tenant) ?? new Set()).add(hour))
    }
    if (rest.length > 0) unanswered.add(batch_id)
    if (!is_stored) open.add(batch_id)
  }
  const over = marks.filter(mark => !unanswered.has(mark.batch_id))
  return {
    changed: [...sinces].map(([hour, since]) => ({ hour, since })).sort((a, b) => a.hour - b.hour),
    shares,
    tenants: [...ending].sort(),
    firsts,
    later,
    devices: new Map([...devices].filter(([tenant]) => mine.has(tenant))),
    marks: {
      hours: unique([...over.map(mark => mark.hour), ...sinces.keys()]),
      // Marks of one batch may become stored month by month: until all are, none is answered for.
      batches: unique(over.map(mark => mark.batch_id)).filter(batch => !open.has(batch)),
      opens: unique(over.map(mark => mark.batch_id)).filter(batch => open.has(batch)),
    },
    waiting: waiting.size,
    resume: null,
  }
}

/** Sets the value of a key to this one, unless it is lower already. */
function lower<Key>(least: Map<Key, number>, key: Key, value: number): void {
  least.set(key, Math.min(value, least.get(key) ?? value))
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)]
}
