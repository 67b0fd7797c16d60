import { createHash } from 'node:crypto'
import { assert } from '../fault.ts'
import { addOperations, NO_OPERATIONS, type Operations, type Tier } from '../quantity.ts'
import { floorHour, type Window } from '../window.ts'
import type { Chain } from './chain.ts'

/** One busy stretch of a run. */
export interface Segment extends Window {
  readonly devices: number
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
  readonly flop: Operations
  /** The tier behind most of the device time. */
  readonly tier: Tier
  readonly segments: readonly Segment[]
}

const WORKLOADS_MAX = 1000

/**
 * Builds the runs of one tenant's chains. An id is a hash of tenant, first hour, chip, fabric and
 * first device: the same samples give the same id on every replay, and late data changes it only
 * when it moves the first hour or device, which the run's history then records. A device that
 * begins two runs within an hour has them told apart by their order.
 */
export function buildRuns(chains: readonly Chain[]): Run[] {
  const seen = new Map<string, number>()
  return chains.map(chain => {
    const first = chain[0]?.gang
    assert(first !== undefined, 'a chain has at least one gang')
    const parts = [String(floorHour(first.start)), first.chip, first.fabric_id, first.first_device]
    const before = seen.get(parts.join('\u0000')) ?? 0
    seen.set(parts.join('\u0000'), before + 1)
    return buildRun(
      runId(first.tenant_id, ...parts, ...(before > 0 ? [String(before)] : [])),
      chain,
    )
  })
}

function buildRun(run_id: string, chain: Chain): Run {
  const gangs = chain.map(link => link.gang)
  const first = gangs[0]
  assert(first !== undefined, 'a chain has at least one gang')
  return {
    run_id,
    tenant_id: first.tenant_id,
    start: first.start,
    end: Math.max(...gangs.map(gang => gang.end)),
    chips: distinct(gangs.map(gang => gang.chip)),
    fabrics: distinct(gangs.map(gang => gang.fabric_id)),
    sites: distinct(gangs.map(gang => gang.site)),
    workloads: distinct(gangs.flatMap(gang => gang.workloads)).slice(0, WORKLOADS_MAX),
    devices_max: Math.max(...gangs.map(gang => gang.devices)),
    device_s: gangs.reduce((sum, gang) => sum + gang.device_s, 0),
    energy_j: gangs.reduce((sum, gang) => sum + gang.energy_j, 0),
    flop: gangs.reduce((sum, gang) => addOperations(sum, gang.flop), NO_OPERATIONS),
    tier: mainTier(gangs),
    segments: chain.map(({ gang, link_p }) => ({
      start: gang.start,
      end: gang.end,
      devices: gang.devices,
      gang_id: gang.gang_id,
      link_p,
    })),
  }
}

function runId(...parts: readonly string[]): string {
  return `run-${shortHash(parts)}`
}

export function gangId(...parts: readonly string[]): string {
  return `gang-${shortHash(parts)}`
}

function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 16)
}

function mainTier(gangs: readonly { tier: Tier; device_s: number }[]): Tier {
  const time = new Map<Tier, number>()
  for (const gang of gangs) time.set(gang.tier, (time.get(gang.tier) ?? 0) + gang.device_s)
  // Equal shares go to the weaker tier: an estimate is as good as its weaker half.
  const ranked = [...time].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? 1 : -1))
  return ranked[0]?.[0] ?? 'T5'
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter(value => value !== '').sort()
}

/** What became of a run id when the past was rebuilt; ids are never reused. */
export interface RunChange {
  readonly run_id: string
  readonly change: 'moved' | 'merged' | 'split' | 'gone'
  /** The run that now holds most of its time, '' when none does. */
  readonly successor: string
}

/** What the comparison needs of a run: its id, and its stretches with their gangs. */
export interface RunExtent extends Window {
  readonly run_id: string
  readonly segments: readonly (Window & { readonly gang_id: string })[]
}

/**
 * Compares the runs of a tenant before and after a rebuild. A run lives on where its gangs are;
 * time alone says nothing, since a tenant may have several runs at once. Only a run of which no
 * gang is left is looked for among those at its time that hold new gangs.
 */
export function compareRuns(
  before: readonly RunExtent[],
  after: readonly RunExtent[],
): RunChange[] {
  const stood = new Set(before.map(run => run.run_id))
  const stands = new Set(after.map(run => run.run_id))
  const homes = homesOf(after)
  const knownGangs = new Set(before.flatMap(run => run.segments.map(part => part.gang_id)))
  const moved = after.map(run => ({
    run_id: run.run_id,
    segments: run.segments.filter(part => !knownGangs.has(part.gang_id)),
  }))
  return before.flatMap((old): RunChange[] => {
    const heirs = heirsByGang(old, homes)
    if (stands.has(old.run_id)) {
      return heirs
        .filter(heir => heir !== old.run_id && !stood.has(heir))
        .map(successor => ({ run_id: old.run_id, change: 'split', successor }))
    }
    const successor = heirs[0] ?? heirByTime(old, moved)
    const change = successor === '' ? 'gone' : stood.has(successor) ? 'merged' : 'moved'
    return [{ run_id: old.run_id, change, successor }]
  })
}

function homesOf(runs: readonly RunExtent[]): Map<string, string> {
  return new Map(runs.flatMap(run => run.segments.map(part => [part.gang_id, run.run_id] as const)))
}

/** Runs that hold gangs of `old`, the one with most of their time first. */
function heirsByGang(old: RunExtent, homes: ReadonlyMap<string, string>): string[] {
  const shared = new Map<string, number>()
  for (const part of old.segments) {
    const home = homes.get(part.gang_id)
    if (home !== undefined) shared.set(home, (shared.get(home) ?? 0) + part.end - part.start)
  }
  return ranked(shared)
}

function heirByTime(old: RunExtent, runs: readonly Omit<RunExtent, keyof Window>[]): string {
  const shared = new Map<string, number>()
  for (const run of runs) {
    const common = overlap(old.segments, run.segments)
    if (common > 0) shared.set(run.run_id, common)
  }
  return ranked(shared)[0] ?? ''
}

function ranked(shared: ReadonlyMap<string, number>): string[] {
  return [...shared].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id)
}

/** Milliseconds in common; both lists are in order of time. */
function overlap(a: readonly Window[], b: readonly Window[]): number {
  let shared = 0
  let i = 0
  let j = 0
  for (;;) {
    const x = a[i]
    const y = b[j]
    if (!x || !y) return shared
    shared += Math.max(0, Math.min(x.end, y.end) - Math.max(x.start, y.start))
    if (x.end <= y.end) i++
    else j++
  }
}
