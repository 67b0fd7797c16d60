/**
 * A scenario as streams. Telemetry is computed while it is read and never held whole: memory does
 * not grow with the number of samples.
 */
import { assert } from '../domain/fault.ts'
import { DAY_MS, HOUR_MS, type Instant, type Window } from '../domain/window.ts'
import { billedRows } from './billing.ts'
import { commitmentRecord } from './commitment.ts'
import { applyFaults, type Faults, NO_FAULTS } from './faults.ts'
import type { Fleet } from './fleet.ts'
import { createRunLedger, type RunLedger } from './ledger.ts'
import { type MeteredFleet, meterFleet, sampleCount } from './metering.ts'
import {
  accessRecords,
  accountRecords,
  listRecords,
  ownershipRecords,
  partyRecords,
} from './registry.ts'
import { createSampleRenderer, type Sample } from './sample.ts'
import { SCENARIOS, type ScenarioName } from './scenarios/catalogue.ts'
import type { Scene } from './scene.ts'
import { type Truth, tellTruth } from './truth.ts'

export interface SimulationOptions {
  readonly seed: number
  /** End of the window. */
  readonly until: Instant
  /** Length of the window; the scenario's own where left out. */
  readonly days?: number
  readonly faults?: Faults
}

/** One file's worth of lines, in order of time. */
export interface SimulatedStream {
  /** Topic name as in the contract. */
  readonly name: string
  readonly lines: Iterable<string>
  /** How many lines there will be about, for progress; faults may drop or double some. */
  readonly expected: number
}

export interface Simulation {
  readonly window: Window
  readonly streams: readonly SimulatedStream[]
  /** Complete once the accelerator stream has been read to its end; throws before. */
  truth(): Truth
}

/**
 * The same arguments give the same bytes. Streams can be read once; those without a record are left
 * out, because an empty file says nothing.
 */
export function simulate(name: ScenarioName, options: SimulationOptions): Simulation {
  const window = windowOf(name, options)
  const scene = SCENARIOS[name].scene(window)
  const ledgers = scene.fleets.map(createRunLedger)
  const { seed } = options
  const expected = scene.fleets.reduce((sum, fleet) => sum + sampleCount(fleet), 0)
  let drained = expected === 0
  function* telemetryLines(): Generator<string> {
    const samples = applyFaults(meter(scene, ledgers, seed), options.faults ?? NO_FAULTS, seed)
    const render = createSampleRenderer()
    for (const sample of samples) yield render(sample)
    drained = true
  }
  return {
    window,
    streams: [
      { name: 'telemetry.accelerator', lines: telemetryLines(), expected },
      ...recordStreams(scene, window, seed),
    ].filter(stream => stream.expected > 0),
    truth() {
      assert(drained, 'the truth is asked for before the telemetry has been read')
      return tellTruth({ scenario: name, seed, window }, scene.actors, ledgers)
    },
  }
}

function windowOf(name: ScenarioName, options: SimulationOptions): Window {
  const length_ms = (options.days ?? SCENARIOS[name].days) * DAY_MS
  const end = Math.floor(options.until / HOUR_MS) * HOUR_MS
  return { start: end - Math.max(HOUR_MS, Math.round(length_ms / HOUR_MS) * HOUR_MS), end }
}

/** All fleets side by side, in order of time; at one instant in the order of the scene. */
function* meter(scene: Scene, ledgers: readonly RunLedger[], seed: number): Generator<Sample> {
  const metered = scene.fleets.flatMap((fleet, index) => {
    const ledger = ledgers[index]
    return ledger === undefined ? [] : [{ fleet, meter: meterFleet(fleet, seed, ledger) }]
  })
  for (;;) {
    const due = nextDue(metered)
    if (due === null) return
    for (const { fleet, meter } of metered) {
      if (meter.due === due && due <= fleet.held.end) yield* meter.step()
    }
  }
}

function nextDue(metered: readonly { fleet: Fleet; meter: MeteredFleet }[]): Instant | null {
  let next: Instant | null = null
  for (const { fleet, meter } of metered) {
    if (meter.due <= fleet.held.end && (next === null || meter.due < next)) next = meter.due
  }
  return next
}

/** The streams that are small. */
function recordStreams(scene: Scene, window: Window, seed: number): SimulatedStream[] {
  const { cast } = scene
  const streams = {
    'telemetry.billing': [...billedRows(scene.fleets, cast.accounts, window)],
    'telemetry.commitment': scene.commitments.map(commitmentRecord),
    'identity.party': partyRecords(cast, window),
    'identity.ownership': ownershipRecords(cast, window),
    'identity.account': accountRecords(cast, window),
    'identity.access': accessRecords(cast, window, seed),
    'identity.list': listRecords(window),
  }
  return Object.entries(streams).map(([name, records]) => ({
    name,
    lines: records.map(record => JSON.stringify(record)),
    expected: records.length,
  }))
}
