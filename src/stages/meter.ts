import type { BuildNumbers } from '../domain/build.ts'
import { chunks } from '../domain/chunks.ts'
import type { MeterSettings } from '../domain/meter-settings.ts'
import type { TickBound } from '../domain/tick-choice.ts'
import { HOUR_MS, hoursOfDays, type Instant, MINUTE_MS, toSqlSecond } from '../domain/window.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { createAgenda } from './meter/agenda.ts'
import { type ChangedHour, rebuildDeviceHours } from './meter/device-hours.ts'
import { withFollowing } from './meter/hour-rows.ts'
import { NAMES_PER_STATEMENT } from './meter/pack-hours.ts'
import type { Marks, Task } from './meter/task.ts'

/**
 * Samples and charges → device-hours and usage-hours. Dirty hours are rebuilt whole, so doing it
 * twice, or after a crash half-way, changes no number. The marks are closed last, by the tick,
 * once every later stage has seen the hours (`settle`).
 */

/**
 * Counted up when hours are to be made anew because they are stored otherwise: what an older
 * release left lacks the sums that usage-hours are made of, or those that are made of them.
 */
export const METER_FORM = 3

export interface MeterDeps {
  readonly store: Store
  readonly clock: Clock
  readonly builds: BuildNumbers
  readonly settings: MeterSettings
  /** Version of the reference data whose factors are in the store. */
  readonly catalogueVersion: string
}

/** What one pass rebuilt, of what was asked. */
export interface Metered {
  readonly task: Task
  readonly hours: readonly Instant[]
  /** Number of the build that the hours bear. */
  readonly build: number
  /** Tenants that are whole and may have changed, with the first hour that did. */
  readonly tenants: ReadonlyMap<string, Instant>
  /** Marks that it answers for, those that it set on the way included. */
  readonly marks: Marks
  /** Where the next pass goes on when this one stopped at its bound, else null. */
  readonly resume: Instant | null
}

/** A gap is priced at the tenant's own rate of the day before it, so later hours depend on it. */
const TRAILING_HOURS = 24
/** Far beyond every insert timeout: a mark still open after this has lost its writer. */
const STALE_MARK_MS = 60 * MINUTE_MS

export interface Meter {
  /** Rebuilds what is dirty before `until`, a bounded number of hours from `from` on: both parts. */
  rebuild(until: Instant, from?: Instant): Promise<Metered>
  /** The first part: device-hours, on which runs rest. With a bound, those of some tenants. */
  measure(until: Instant, from?: Instant, bound?: TickBound | null): Promise<Metered>
  /** The second: usage-hours, priced by the day, on which nothing of derive rests. */
  price(metered: Metered, until: Instant): Promise<void>
  /** Closes the marks of a pass, after all stages have used it. */
  settle(metered: Metered): Promise<void>
}

export function createMeter(deps: MeterDeps): Meter {
  const { store, clock } = deps
  const agenda = createAgenda(deps)
  const meter: Meter = {
    async rebuild(until, from) {
      const metered = await meter.measure(until, from)
      await meter.price(metered, until)
      return metered
    },
    async measure(until, from = 0, bound = null) {
      const task = await agenda.next(until, from, bound)
      const { marks, resume } = task
      const build = deps.builds()
      if (task.changed.length === 0) {
        return { task, hours: [], build, tenants: new Map(), marks, resume }
      }
      const changed = changedHours(task.changed)
      const hours = changed.map(({ hour }) => hour)
      const more = await rebuildDeviceHours(deps, { changed, shares: task.shares, build })
      const tenants = await touchedTenants(deps, task, hours, build)
      const batches = [...marks.batches, ...more]
      return { task, hours, build, tenants, marks: { ...marks, batches }, resume }
    },
    async price({ task, hours, build, tenants }, until) {
      if (hours.length === 0) return
      const named = task.tenants && [...new Set([...task.tenants, ...tenants.keys()])]
      const due = await hoursDue(store, hours, until)
      for (const whose of tenantsOf(named)) {
        await rebuildObserved(deps, hours, whose, build)
        await rebuildUsage(deps, due, whose, build)
      }
    },
    async settle({ task, marks }) {
      agenda.finish(task)
      const at = clock.now()
      const stale_before = at - STALE_MARK_MS
      const stored = chunks(marks.batches, NAMES_PER_STATEMENT)
      const open = chunks(marks.opens, NAMES_PER_STATEMENT)
      for (const hours of chunks(marks.hours, NAMES_PER_STATEMENT)) {
        for (let part = 0; part < Math.max(stored.length, open.length); part += 1) {
          const named = { batches: stored[part] ?? [], opens: open[part] ?? [] }
          await store.execute('hour-marks-close', { hours, ...named, at, stale_before })
        }
      }
    },
  }
  return meter
}

/** The tenants that a statement is about, as it takes them: `everybody` is 1 or 0. */
interface NamedTenants {
  readonly everybody: number
  readonly tenants: string[]
}

function tenantsOf(tenants: readonly string[] | null): NamedTenants[] {
  if (tenants === null) return [{ everybody: 1, tenants: [] }]
  return chunks(tenants, NAMES_PER_STATEMENT).map(part => ({ everybody: 0, tenants: part }))
}

async function rebuildObserved(
  { store }: MeterDeps,
  hours: readonly Instant[],
  whose: NamedTenants,
  build: number,
): Promise<void> {
  for (const part of months(hours)) {
    await store.execute('observed-hours-rebuild', { hours: part, ...whose, build })
    await store.execute('observed-hours-bury', { hours: part, ...whose, build })
  }
}

async function rebuildUsage(
  { store, catalogueVersion }: MeterDeps,
  hours: readonly Instant[],
  whose: NamedTenants,
  build: number,
): Promise<void> {
  for (const part of months(hours)) {
    const asked = { hours: part, ...whose, build }
    await store.execute('usage-hours-rebuild', { ...asked, version: catalogueVersion })
    await store.execute('usage-hours-bury', asked)
    await store.execute('usage-days-rebuild', asked)
  }
}

/** Those whose runs are to be rebuilt. */
async function touchedTenants(
  { store }: MeterDeps,
  { tenants, firsts, later }: Task,
  hours: readonly Instant[],
  build: number,
): Promise<Map<string, Instant>> {
  const touched = new Map(firsts)
  const left = [...later].flatMap(([tenant, own]) =>
    withFollowing([...own], 1).map(hour => ({ tenant, hour })),
  )
  const named = {
    everybody: tenants === null ? 1 : 0,
    later_tenants: left.map(({ tenant }) => tenant),
    later_hours: left.map(({ hour }) => hour),
  }
  for (const part of chunks(hours, NAMES_PER_STATEMENT)) {
    for (const row of await store.query('tenants-rebuilt', { hours: part, build, ...named })) {
      const { tenant_id, first_hour } = row
      touched.set(tenant_id, Math.min(first_hour, touched.get(tenant_id) ?? first_hour))
    }
  }
  return touched
}

/**
 * The dirty hours, and the hour after each as a whole: a counter reading vouches for the time since
 * the one before, up to an hour back.
 */
function changedHours(dirty: readonly ChangedHour[]): ChangedHour[] {
  const sinces = new Map(dirty.map(({ hour, since }) => [hour, since]))
  for (const { hour } of dirty) sinces.set(hour + HOUR_MS, hour + HOUR_MS)
  return [...sinces].map(([hour, since]) => ({ hour, since })).sort((a, b) => a.hour - b.hour)
}

/**
 * Hours to be priced when these have changed. Those from `until` on are for the ticks that come to them,
 * but for what one has priced that looked further, before the clock was set back or by hand: nothing
 * would make that anew.
 */
async function hoursDue(
  store: Store,
  changed: readonly Instant[],
  until: Instant,
): Promise<Instant[]> {
  const [priced] = await store.query('usage-end', {})
  const end = Math.max(until, (priced?.last_hour ?? 0) + HOUR_MS)
  return hoursOfDays(withFollowing(changed, TRAILING_HOURS)).filter(hour => hour < end)
}

/**
 * Hours by month, the partition of what they become: cut elsewhere, a long rebuild would leave
 * several parts in each, which whoever asks for a year then has to merge.
 */
function months(hours: readonly Instant[]): Instant[][] {
  return [...Map.groupBy(hours, hour => toSqlSecond(hour).slice(0, 7)).values()]
}
