import type { DeriveSettings } from '../derive-settings.ts'
import { assert } from '../fault.ts'
import { addOperations, NO_OPERATIONS, type Operations, type Tier } from '../quantity.ts'
import type { Window } from '../window.ts'
import { isContinuation } from './chain.ts'
import { components } from './components.ts'
import { byStart, type Gang, type GangLink } from './gang.ts'
import { withHindsight } from './hindsight.ts'
import { mainTier, runId } from './run-id.ts'

/** One busy stretch of a run; what went on over midnight is one stretch. */
export interface Segment extends Window {
  readonly devices: number
  /** The gang that it began with. */
  readonly gang_id: string
  /** Probability that this stretch continues the one before. */
  readonly link_p: number
}

/** The thing a report is about: one computation with its interruptions. */
export interface Run extends Window {
  readonly run_id: string
  readonly tenant_id: string
  readonly chips: readonly string[]
  readonly fabrics: readonly string[]
  readonly sites: readonly string[]
  readonly workloads: readonly string[]
  readonly devices_max: number
  readonly device_s: number
  readonly energy_j: number
  /** lo: the largest part that holds together by sure links alone; mid and hi: the whole run. */
  readonly flop: Operations
  /** The tier behind most of the device time. */
  readonly tier: Tier
  readonly segments: readonly Segment[]
  /** Where the run may have come from: a gang of another run; null where nothing suggests one. */
  readonly previous: GangLink | null
  readonly gang_ids: readonly string[]
}

type Chain = DeriveSettings['chain']

const WORKLOADS_MAX = 1000
/** Two stretches of one run may overlap this much where clocks disagree. */
const OVERLAP_MAX_MS = 120_000

/**
 * The runs of one tenant's linked gangs: what likely links hold together, those that only hindsight
 * shows included. A run is named after its
 * first gang: the same samples give the same id on every replay, and late data changes it only
 * when it moves the first hour or device, which the run's history then records.
 */
export function buildRuns(gangs: readonly Gang[], chain: Chain): Run[] {
  const known = withHindsight(gangs, chain)
  return components(known, link => isContinuation(link, chain)).map(part => buildRun(part, chain))
}

function buildRun(unsorted: readonly Gang[], chain: Chain): Run {
  const gangs = [...unsorted].sort(byStart)
  const first = gangs[0]
  assert(first !== undefined, 'a run has at least one gang')
  const flop = gangs.reduce((sum, gang) => addOperations(sum, gang.flop), NO_OPERATIONS)
  return {
    run_id: runId(first.tenant_id, first.gang_id),
    tenant_id: first.tenant_id,
    start: first.start,
    end: Math.max(...gangs.map(gang => gang.end)),
    chips: distinct(gangs.map(gang => gang.chip)),
    fabrics: distinct(gangs.map(gang => gang.fabric_id)),
    sites: distinct(gangs.map(gang => gang.site)),
    workloads: distinct(gangs.flatMap(gang => gang.workloads)).slice(0, WORKLOADS_MAX),
    devices_max: devicesAtOnce(gangs),
    device_s: gangs.reduce((sum, gang) => sum + gang.device_s, 0),
    energy_j: gangs.reduce((sum, gang) => sum + gang.energy_j, 0),
    flop: { ...flop, lo: coreOf(gangs, chain) },
    tier: mainTier(gangs),
    segments: segmentsOf(gangs),
    previous: first.links.find(link => !isContinuation(link, chain)) ?? null,
    gang_ids: gangs.map(gang => gang.gang_id),
  }
}

/** Operations (lo) of the largest part that sure links hold together. */
function coreOf(gangs: readonly Gang[], chain: Chain): number {
  const parts = components(gangs, link => !link.is_stage && link.p >= chain.p_sure)
  return Math.max(...parts.map(part => part.reduce((sum, gang) => sum + gang.flop.lo, 0)))
}

/** Parts of a ramp run side by side; a hand-over between clocks that disagree is no such time. */
function devicesAtOnce(gangs: readonly Gang[]): number {
  const steps = gangs
    .flatMap(({ start, end, devices }) => [
      { at: start, change: devices },
      { at: Math.max(start, end - OVERLAP_MAX_MS), change: -devices },
    ])
    .sort((a, b) => a.at - b.at || a.change - b.change)
  let present = 0
  let most = Math.max(...gangs.map(gang => gang.devices))
  for (const { change } of steps) {
    present += change
    most = Math.max(most, present)
  }
  return most
}

function segmentsOf(gangs: readonly Gang[]): Segment[] {
  const segments: Segment[] = []
  const homes = new Map<string, number>()
  for (const gang of gangs) {
    const wentOn = gang.links.find(link => link.p === 1 && homes.has(link.gang_id))
    const home = wentOn && homes.get(wentOn.gang_id)
    const before = home === undefined ? undefined : segments[home]
    if (home === undefined || before === undefined) {
      const { gang_id, start, end, devices } = gang
      const link_p = segments.length === 0 ? 1 : Math.max(0, ...gang.links.map(link => link.p))
      homes.set(gang_id, segments.push({ start, end, devices, gang_id, link_p }) - 1)
      continue
    }
    const devices = Math.max(before.devices, gang.devices)
    segments[home] = { ...before, end: Math.max(before.end, gang.end), devices }
    homes.set(gang.gang_id, home)
  }
  return segments
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter(value => value !== '').sort()
}
