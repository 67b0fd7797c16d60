import { DAY_MS, HOUR_MS, type Instant, type Window } from '../../domain/window.ts'
import { createRandom } from '../random.ts'
import { EVASIONS, type Hidden } from './evasion.ts'
import { createPlayFaults, type PlayFaults } from './play-faults.ts'
import { drawTenant, type Family } from './population.ts'
import { heldCharges, playSamples } from './samples.ts'
import type { Work } from './work.ts'

/**
 * A cloud that a file describes: so many tenants of a kind, each of so many devices, hiding or not,
 * at a chosen resolution and with chosen faults. Telemetry is computed while it is read.
 */

export interface PlayPlan {
  readonly interval_s: number
  readonly days: number
  /** Devices that one meter stands for: 1 is one row per device. */
  readonly devices_per_meter: number
  readonly tenants: readonly PlannedTenants[]
  readonly faults: PlayFaults
}

export interface PlannedTenants {
  readonly kind: Family
  readonly count: number
  /** Of each tenant; left out: as small as in an evaluation. */
  readonly devices?: number | undefined
  /** Id of a way to hide. */
  readonly hide?: string | undefined
}

export interface PlayedPlan {
  readonly window: Window
  readonly streams: readonly {
    readonly name: string
    readonly lines: Iterable<string>
    readonly expected: number
  }[]
  readonly truth: PlayTruth
}

export interface PlayTruth {
  readonly seed: number
  readonly window: Window
  /** One computation with all of its stretches, whatever accounts it ran under. */
  readonly runs: readonly {
    readonly run: string
    readonly kind: Family
    readonly hide: string | null
    readonly tenants: readonly string[]
    readonly devices: number
    /** Tensor and FP64 operations that were executed. */
    readonly operations: number
    readonly stretches: number
  }[]
}

interface Played {
  readonly hidden: Hidden
  readonly kind: Family
  readonly hide: string | null
}

/** The same plan, seed and end give the same bytes. */
export function playPlan(plan: PlayPlan, seed: number, until: Instant): PlayedPlan {
  const start = Math.floor(until / HOUR_MS) * HOUR_MS - Math.round(plan.days * DAY_MS)
  const window = { start, end: Math.floor(until / HOUR_MS) * HOUR_MS }
  const played = plan.tenants.flatMap((planned, row) =>
    Array.from({ length: planned.count }, (_, ordinal) =>
      playTenant(plan, planned, { seed, row, ordinal, window }),
    ),
  )
  const charges = played.flatMap(({ hidden }) => heldCharges(hidden.works, hidden.held))
  const accounts = played.flatMap(({ hidden }) => accountsOf(hidden))
  const meters = played.reduce((sum, { hidden }) => sum + metersOf(hidden.works), 0)
  const expected = meters * Math.floor((window.end - start) / (plan.interval_s * 1000))
  const lines = (records: readonly object[]) => records.map(record => JSON.stringify(record))
  return {
    window,
    streams: [
      { name: 'telemetry.accelerator', lines: sampleLines(played, plan, seed), expected },
      { name: 'telemetry.billing', lines: lines(charges), expected: charges.length },
      { name: 'identity.account', lines: lines(accounts), expected: accounts.length },
    ],
    truth: { seed, window, runs: played.flatMap(runsOf) },
  }
}

function playTenant(
  plan: PlayPlan,
  { kind, devices, hide }: PlannedTenants,
  at: { seed: number; row: number; ordinal: number; window: Window },
): Played {
  const { seed, row, ordinal, window } = at
  const units = plan.devices_per_meter
  const meters = devices === undefined ? undefined : Math.max(1, Math.round(devices / units))
  const name = 1000 * row + ordinal
  const { works } = drawTenant(seed, name, kind, window, { units, meters })
  const evasion = EVASIONS.find(({ id }) => id === hide)
  const random = createRandom(seed, `plan/${name}`)
  const open: Hidden = { works, held: window, tell: sample => sample, linked: true }
  const hidden = evasion ? evasion.hide(works, window, random) : open
  return { hidden, kind, hide: hide ?? null }
}

/** Tenants take turns by instant, so that the stream is in order of time. */
function* sampleLines(played: readonly Played[], plan: PlayPlan, seed: number): Generator<string> {
  const faults = createPlayFaults(plan.faults, seed)
  const open = played.map(({ hidden }) => ({
    tell: hidden.tell,
    samples: playSamples(hidden.works, hidden.held, plan.interval_s),
    meters: metersOf(hidden.works),
  }))
  // Whoever computes nothing in the window has no meters to ask.
  const busy = open.filter(({ meters }) => meters > 0)
  for (let left = busy; left.length > 0; ) {
    const going: typeof open = []
    for (const tenant of left) {
      let taken = 0
      for (; taken < tenant.meters; taken += 1) {
        const { value, done } = tenant.samples.next()
        if (done) break
        const told = tenant.tell(value)
        if (told !== null) yield* faults(told)
      }
      if (taken === tenant.meters) going.push(tenant)
    }
    left = going
  }
}

function metersOf(works: readonly Work[]): number {
  const names = new Set<string>()
  for (const { tenant_id, fabric_id, meters } of works) {
    for (let ordinal = meters[0]; ordinal <= meters[1]; ordinal += 1) {
      names.add(`${tenant_id}\u0000${fabric_id}\u0000${ordinal}`)
    }
  }
  return names.size
}

function tenantsOf(works: readonly Work[]): string[] {
  return [...new Set(works.map(work => work.tenant_id))].sort()
}

/** Accounts of one owner have one customer on record, unless nothing is to link them. */
function accountsOf({ works, linked }: Hidden): object[] {
  const tenants = tenantsOf(works)
  return tenants.map(tenant_id => ({
    tenant_id,
    customer_party_id: `party-${linked ? tenants[0] : tenant_id}`,
  }))
}

function runsOf({ hidden: { works }, kind, hide }: Played): PlayTruth['runs'] {
  return [...Map.groupBy(works, work => work.run)].map(([run, own]) => ({
    run,
    kind,
    hide,
    tenants: tenantsOf(own),
    devices: metersOf(own) * (own[0]?.units ?? 0),
    operations: own.reduce((sum, work) => sum + operationsOf(work), 0),
    stretches: own.length,
  }))
}

function operationsOf(work: Work): number {
  const { chip, meters, units, tensor_active, fp64_active } = work
  const device_s = ((work.end - work.start) / 1000) * (meters[1] - meters[0] + 1) * units
  return device_s * (tensor_active * chip.peak_ops_per_s.bf16 + fp64_active * chip.fp64_ops_per_s)
}
