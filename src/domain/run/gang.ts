import type { Operations, Tier } from '../quantity.ts'
import type { Window } from '../window.ts'

/** Devices of one tenant, chip and fabric that started and stopped together: a stretch of a run. */
export interface Gang extends Window {
  readonly gang_id: string
  readonly tenant_id: string
  readonly chip: string
  readonly fabric_id: string
  readonly site: string
  readonly devices: number
  /** The smallest device id: with the start it tells gangs apart. */
  readonly first_device: string
  /** Bottom-64 sketch of hashed node names; comparable between gangs. */
  readonly nodes: readonly string[]
  /** Job ids seen, a hint for the reader and never a key. */
  readonly workloads: readonly string[]
  readonly device_s: number
  readonly energy_j: number
  readonly flop: Operations
  readonly tier: Tier
  /** Mean tensor activity, 0..1; null where no device reported it. */
  readonly tensor_mean: number | null
  /** Mean power per device, watts; null where unknown. */
  readonly power_mean_w: number | null
}

/** How far a straggler may stick out of the gang that it belongs to. */
const STRAGGLER_MARGIN_MS = 120_000
/** A gang of this share of another's devices or more is a computation of its own. */
const STRAGGLER_SHARE_MAX = 0.25
/** Stragglers work like the gang: their activity or power differs by at most this share. */
const STRAGGLER_DIFFERENCE_MAX = 0.25
/** Devices that joined in a ramp step in time with the rest: far closer than like work does. */
const RAMP_DIFFERENCE_MAX = 0.05
/** Share of the shorter stretch in which both ran. */
const RAMP_OVERLAP_MIN = 0.6

/**
 * Joins gangs of one chip and fabric that are one computation. Stragglers came late or left early,
 * as a replaced node does: few, inside the gang's time, working alike. A ramp came in steps: it ran
 * together, works as one and stopped at one moment, as only synchronous work does. Order-free: each
 * joins the largest gang that takes it, and only gangs that joined none take any.
 */
export function joinGangs(gangs: readonly Gang[]): Gang[] {
  const bySize = [...gangs].sort(
    (a, b) => b.devices - a.devices || a.start - b.start || compare(a.gang_id, b.gang_id),
  )
  const hosts: { gang: Gang; joined: Gang[] }[] = []
  for (const gang of bySize) {
    const host = hosts.find(
      ({ gang: candidate }) =>
        isSamePlace(gang, candidate) &&
        (isStragglerOf(gang, candidate) || isRampOf(gang, candidate)),
    )
    if (host) host.joined.push(gang)
    else hosts.push({ gang, joined: [] })
  }
  return hosts
    .map(({ gang, joined }) =>
      joined.reduce((sum, one) => absorb(sum, one, !isStragglerOf(one, gang)), gang),
    )
    .sort(byStart)
}

export function byStart(a: Gang, b: Gang): number {
  return a.start - b.start || compare(a.gang_id, b.gang_id)
}

function isSamePlace(a: Gang, b: Gang): boolean {
  return a.tenant_id === b.tenant_id && a.chip === b.chip && a.fabric_id === b.fabric_id
}

function isStragglerOf(gang: Gang, host: Gang): boolean {
  return (
    gang.devices <= host.devices * STRAGGLER_SHARE_MAX &&
    gang.start >= host.start - STRAGGLER_MARGIN_MS &&
    gang.end <= host.end + STRAGGLER_MARGIN_MS &&
    worksAlike(gang, host, STRAGGLER_DIFFERENCE_MAX)
  )
}

function isRampOf(gang: Gang, host: Gang): boolean {
  const shared_ms = Math.min(gang.end, host.end) - Math.max(gang.start, host.start)
  const shorter_ms = Math.min(gang.end - gang.start, host.end - host.start)
  return (
    stopTogether(gang, host) &&
    shared_ms >= RAMP_OVERLAP_MIN * shorter_ms &&
    isMeasured(gang) &&
    isMeasured(host) &&
    worksAlike(gang, host, RAMP_DIFFERENCE_MAX)
  )
}

function stopTogether(a: Gang, b: Gang): boolean {
  return Math.abs(a.end - b.end) <= STRAGGLER_MARGIN_MS
}

/** Without any signature two gangs would be alike for want of evidence. */
function isMeasured({ tensor_mean, power_mean_w }: Gang): boolean {
  return tensor_mean !== null || power_mean_w !== null
}

function worksAlike(a: Gang, b: Gang, difference_max: number): boolean {
  const pairs = [
    [a.tensor_mean, b.tensor_mean],
    [a.power_mean_w, b.power_mean_w],
  ] as const
  return pairs.every(([x, y]) => {
    if (x === null || y === null) return true
    return Math.abs(x - y) <= difference_max * Math.max(x, y)
  })
}

/** Devices of a ramp add to the gang's; those of a straggler took the place of others. */
function absorb(host: Gang, straggler: Gang, isRamp: boolean): Gang {
  return {
    ...host,
    devices: host.devices + (isRamp ? straggler.devices : 0),
    start: Math.min(host.start, straggler.start),
    end: Math.max(host.end, straggler.end),
    nodes: mergeSketches(host.nodes, straggler.nodes),
    workloads: [...new Set([...host.workloads, ...straggler.workloads])]
      .sort(compare)
      .slice(0, 100),
    device_s: host.device_s + straggler.device_s,
    energy_j: host.energy_j + straggler.energy_j,
    flop: {
      lo: host.flop.lo + straggler.flop.lo,
      mid: host.flop.mid + straggler.flop.mid,
      hi: host.flop.hi + straggler.flop.hi,
    },
  }
}

const SKETCH_SIZE = 64

/** Union of two bottom-k sketches: the k smallest hashes of both. */
export function mergeSketches(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort(byNumber).slice(0, SKETCH_SIZE)
}

/**
 * Jaccard similarity of two node sets from their bottom-k sketches (Broder 1997): among the k
 * smallest hashes of the union, the share that both have.
 */
export function jaccard(a: readonly string[], b: readonly string[]): number {
  const union = mergeSketches(a, b)
  if (union.length === 0) return 0
  const inA = new Set(a)
  const inB = new Set(b)
  return union.filter(hash => inA.has(hash) && inB.has(hash)).length / union.length
}

/** Hashes are decimal text of 64-bit integers: shorter is smaller, then by digits. */
function byNumber(a: string, b: string): number {
  return a.length - b.length || compare(a, b)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
