import { createHash } from 'node:crypto'
import { addOperations, NO_OPERATIONS, type Operations, type Tier } from '../quantity.ts'
import { floorHour, type Instant, type Window } from '../window.ts'
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
 * Builds the run of a chain. The id is a hash of tenant, first hour, chip, fabric and first
 * nodes: the same samples give the same id on every replay, and late data changes it only when it
 * moves the first hour, which the run's history then records.
 */
export function buildRun(chain: Chain): Run {
  const gangs = chain.map(link => link.gang)
  const first = gangs[0]
  if (!first) throw new Error('a chain has at least one gang')
  return {
    run_id: runId(first.tenant_id, first.start, first.chip, first.fabric_id, first.nodes[0] ?? ''),
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

export function runId(tenant: string, start: Instant, ...rest: readonly string[]): string {
  return `run-${shortHash([tenant, String(floorHour(start)), ...rest])}`
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

/** Compares the runs of a tenant before and after a rebuild. */
export function compareRuns(
  before: readonly RunExtent[],
  after: readonly RunExtent[],
): RunChange[] {
  const kept = new Set(after.map(run => run.run_id))
  const changes: RunChange[] = []
  for (const old of before) {
    const heirs = after
      .map(run => ({ run, shared: overlap(old, run) }))
      .filter(({ shared }) => shared > 0)
      .sort((a, b) => b.shared - a.shared || (a.run.run_id < b.run.run_id ? -1 : 1))
    const heir = heirs[0]?.run.run_id ?? ''
    if (kept.has(old.run_id)) {
      for (const { run } of heirs.slice(1)) {
        if (!before.some(other => other.run_id === run.run_id)) {
          changes.push({ run_id: old.run_id, change: 'split', successor: run.run_id })
        }
      }
      continue
    }
    const change = heir === '' ? 'gone' : before.some(b => b.run_id === heir) ? 'merged' : 'moved'
    changes.push({ run_id: old.run_id, change, successor: heir })
  }
  return changes
}

/** What the comparison needs of a run: its id and its stretches by gang. */
export interface RunExtent extends Window {
  readonly run_id: string
  readonly segments: readonly Window[]
}

/** Milliseconds that two runs share; both segment lists are in order and free of overlap. */
function overlap(a: RunExtent, b: RunExtent): number {
  if (a.end <= b.start || b.end <= a.start) return 0
  let shared = 0
  let i = 0
  let j = 0
  while (i < a.segments.length && j < b.segments.length) {
    const x = a.segments[i]
    const y = b.segments[j]
    if (!x || !y) break
    shared += Math.max(0, Math.min(x.end, y.end) - Math.max(x.start, y.start))
    if (x.end <= y.end) i++
    else j++
  }
  return shared
}
