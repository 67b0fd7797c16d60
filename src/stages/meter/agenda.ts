import { chooseShares, type DirtyTenant, type TickBound } from '../../domain/tick-choice.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { Store } from '../../ports/store.ts'
import { type BegunTurns, dueOf, goingOn, goneOn, without } from './slices.ts'
import { type AskedMark, everybody, HOURS_PER_PASS, type Mark, type Task, taskOf } from './task.ts'

/**
 * What a pass of the meter takes up: everything that is dirty or, where a fleet is too large for one
 * tick, the hours of some tenants, of large ones slice by slice. A mark is answered for when all tenants
 * that it names had their turn after it was stored. Who had is kept in memory alone: after a restart,
 * or behind another instance, some are rebuilt once more.
 */

export interface Agenda {
  /** What is dirty in hours before `until`, from `from` on; `bound` null: a bounded number of hours. */
  next(until: Instant, from: Instant, bound: TickBound | null): Promise<Task>
  /** What the task asked for is built and in use. */
  finish(task: Task): void
}

/** More dirty hours than these are history that comes in: tenants do not take turns over it. */
const HOURS_IN_TURNS = 48
/** How long what is known of tenants holds: fleets and sums move little in it. */
const KNOWN_MS = MINUTE_MS
/**
 * The rows under an open mark are still coming, or their writer is gone: its tenants have their turn
 * when it has stood for so long, and again and again, because rows may follow at any time.
 */
const REVISIT_MS = MINUTE_MS

type DirtyHour = QueryRow<'hour-marks-dirty'>

export function createAgenda({ store, clock }: { store: Store; clock: Clock }): Agenda {
  let turns = new Map<string, Map<string, Instant>>()
  let begun: BegunTurns = new Map()
  let seen: readonly Mark[] = []
  let known: Known | null = null

  /** As of a minute ago at most; who had a turn since then is no stranger either. */
  const lately = async (dirty: readonly DirtyHour[], bound: TickBound): Promise<Known> => {
    const now = clock.now()
    if (known && now >= known.at && now - known.at < KNOWN_MS) return known
    const [devices, near] = [await devicesOf(store, dirty), await nearLimits(store, bound)]
    known = { at: now, devices, near }
    return known
  }

  const marksOf = async (hours: readonly Instant[]): Promise<AskedMark[]> => {
    const named = await store.query('hour-marks-named', { hours: [...hours] })
    const rows = named.map(row => ({ ...row, key: keyOf(row) }))
    const present = new Set(rows.map(row => row.key))
    turns = new Map([...turns].filter(([key]) => present.has(key)))
    const now = clock.now()
    return rows.map(row => {
      const had = turns.get(row.key)
      const isDone = (tenant: string): boolean => {
        if (row.is_stored) return had?.has(tenant) ?? false
        return now - (had?.get(tenant) ?? row.at) < REVISIT_MS
      }
      return { ...row, left: row.tenants.filter(tenant => !isDone(tenant)) }
    })
  }
  return {
    async next(until, from, bound) {
      const dirty = await store.query('hour-marks-dirty', { from, until, limit: HOURS_PER_PASS })
      const whole = everybody(dirty)
      seen = []
      const isLive = dirty.length > 0 && dirty.length <= HOURS_IN_TURNS
      if (bound === null || !isLive) return whole
      const marks = await marksOf(dirty.map(({ hour }) => hour))
      if (marks.some(mark => mark.tenants.length === 0)) return whole
      const of = await lately(dirty, bound)
      const told = sum(marks.flatMap(mark => mark.devices))
      if (Math.max(told, sum([...of.devices.values()])) <= bound.devices_max) return whole
      begun = goingOn(begun, marks, tenant => isUrgent(tenant, of))
      seen = marks.map(mark => dueOf(mark, begun))
      const candidates = candidatesOf(seen, of, begun)
      const shares = chooseShares(candidates, bound.devices_max)
      begun = without(begun, shares)
      return taskOf(seen, shares, new Map(candidates.map(one => [one.tenant_id, one.devices])))
    },
    finish(task) {
      const whole = new Set(task.tenants)
      const now = clock.now()
      for (const [tenant, devices] of task.devices) {
        if (!known?.devices.has(tenant)) known?.devices.set(tenant, devices)
      }
      for (const mark of seen) {
        const had = turns.get(mark.key) ?? new Map<string, Instant>()
        for (const tenant of mark.due) if (whole.has(tenant)) had.set(tenant, now)
        turns.set(mark.key, had)
      }
      begun = goneOn(begun, task.shares ?? [], seen)
    },
  }
}

/** A stored mark is another than the open one of the same batch: what was read before it does not count. */
function keyOf({ hour, batch_id, is_stored }: QueryRow<'hour-marks-named'>): string {
  return `${hour} ${is_stored} ${batch_id}`
}

/** Devices that each tenant had lately. */
async function devicesOf(store: Store, dirty: readonly DirtyHour[]): Promise<Map<string, number>> {
  const [first = 0, last = 0] = [dirty[0]?.hour, dirty.at(-1)?.hour]
  const window = { from: first - DAY_MS, until: last + HOUR_MS }
  const rows = await store.query('tenant-devices', window)
  return new Map(rows.map(row => [row.tenant_id, row.devices]))
}

async function nearLimits(store: Store, { limits, near_share }: TickBound): Promise<Set<string>> {
  if (limits.length === 0) return new Set()
  const rows = await store.query('tenants-near', {
    detectors: limits.map(limit => limit.detector_id),
    limits: limits.map(limit => limit.operations),
    near_share,
  })
  return new Set(rows.map(row => row.tenant_id))
}

/** What was lately known of tenants: their devices, and which are near a limit. */
interface Known {
  readonly at: Instant
  readonly devices: Map<string, number>
  readonly near: ReadonlySet<string>
}

function isUrgent(tenant: string, { devices, near }: Known): boolean {
  return !devices.has(tenant) || near.has(tenant)
}

function candidatesOf(marks: readonly Mark[], known: Known, begun: BegunTurns): DirtyTenant[] {
  const found = new Map<string, { told: number; hours: Set<Instant>; since: Instant }>()
  for (const mark of marks) {
    const told = new Map(mark.tenants.map((tenant, at) => [tenant, mark.devices[at] ?? 0]))
    for (const tenant of mark.due) {
      const one = found.get(tenant) ?? { told: 0, hours: new Set(), since: mark.at }
      one.told += told.get(tenant) ?? 0
      one.hours.add(mark.hour)
      one.since = Math.min(one.since, mark.at)
      found.set(tenant, one)
    }
  }
  return [...found].map(([tenant_id, { told, hours, since }]) => {
    const had = known.devices.get(tenant_id)
    return {
      tenant_id,
      devices: had === undefined ? told : had * hours.size,
      waiting_since: since,
      isUrgent: isUrgent(tenant_id, known),
      next: begun.get(tenant_id)?.next ?? null,
    }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
