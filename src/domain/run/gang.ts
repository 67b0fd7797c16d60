import type { Operations, Tier } from '../quantity.ts'
import type { Instant, Window } from '../window.ts'
import { signatureDifference, steadyDifference } from './signature.ts'
import { mergeSketches } from './sketch.ts'

/** Devices of one tenant, chip and fabric that worked as one, over at most one UTC day. */
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
  /** Hashes of its devices; empty on gangs that were read back. */
  readonly members: readonly string[]
  /** Job ids seen, a hint for the reader and never a key. */
  readonly workloads: readonly string[]
  /** Length of the longest sample, seconds. */
  readonly sample_s: number
  /** Device-seconds of samples that a start or an end has cut, each cut counted as half a sample. */
  readonly edge_s: number
  readonly device_s: number
  readonly energy_j: number
  readonly flop: Operations
  readonly tier: Tier
  /** Mean tensor activity while busy, 0..1; null where no device reported it. */
  readonly tensor_mean: number | null
  /** Mean power per device while busy, watts; null where unknown. */
  readonly power_mean_w: number | null
  /** Gangs that this one goes on from; what went on over midnight does so with probability 1. */
  readonly links: readonly GangLink[]
}

/** How sure it is that a gang continues another one. */
export interface GangLink {
  readonly gang_id: string
  readonly p: number
  /** A later stage of one model rather than the same run. */
  readonly is_stage: boolean
}

/** How far a straggler may stick out of the gang that it belongs to. */
const STRAGGLER_MARGIN_MS = 120_000
/** A gang of this share of another's devices or more is a computation of its own. */
const STRAGGLER_SHARE_MAX = 0.25
/** Stragglers work like the gang: their activity or power differs by at most this share. */
const STRAGGLER_DIFFERENCE_MAX = 0.12
/** Devices that leave and come back are at most this share of a gang that went on without them. */
const RETURN_SHARE_MAX = 0.5
/** Devices that joined in a ramp step in time with the rest: far closer than like work does. */
const RAMP_DIFFERENCE_MAX = 0.05
/** Share of the shorter stretch in which both ran. */
const RAMP_OVERLAP_MIN = 0.6

/**
 * Joins gangs of one day, chip and fabric that are one computation. Stragglers came late or left
 * early, as a replaced node does: few, inside the gang's time, working alike; what left the gang
 * comes back to it. A ramp came in steps:
 * it ran together, works as one and stopped at one moment, as only synchronous work does; what is
 * still under way at `open_from` has not stopped. Order-free: each joins the largest gang that
 * takes it, and only gangs that joined none take any.
 */
export function joinGangs(
  gangs: readonly Gang[],
  open_from: Instant = Number.POSITIVE_INFINITY,
): Gang[] {
  const bySize = [...gangs].sort(
    (a, b) => b.devices - a.devices || a.start - b.start || compare(a.gang_id, b.gang_id),
  )
  const places = new Map<string, { gang: Gang; joined: Gang[] }[]>()
  for (const gang of bySize) {
    const place = [gang.tenant_id, gang.chip, gang.fabric_id].join('\u0000')
    const hosts = places.get(place) ?? []
    if (hosts.length === 0) places.set(place, hosts)
    const host = hosts.find(
      ({ gang: candidate }) =>
        isStragglerOf(gang, candidate) ||
        isReturnTo(gang, candidate) ||
        isRampOf(gang, candidate, open_from),
    )
    if (host) host.joined.push(gang)
    else hosts.push({ gang, joined: [] })
  }
  return [...places.values()]
    .flat()
    .map(({ gang, joined }) =>
      joined.reduce(
        (sum, one) => absorb(sum, one, !isStragglerOf(one, gang) && !isReturnTo(one, gang)),
        gang,
      ),
    )
    .sort(byStart)
}

export function byStart(a: Gang, b: Gang): number {
  return a.start - b.start || compare(a.gang_id, b.gang_id)
}

/** What went on over midnight was told apart the day before, and stays so. */
function isStragglerOf(gang: Gang, host: Gang): boolean {
  return (
    gang.links.length === 0 &&
    gang.devices <= host.devices * STRAGGLER_SHARE_MAX &&
    gang.start >= host.start - STRAGGLER_MARGIN_MS &&
    gang.end <= host.end + STRAGGLER_MARGIN_MS &&
    (steadyDifference(gang, host) ?? 0) <= STRAGGLER_DIFFERENCE_MAX
  )
}

/** Devices that left while the rest went on, and came back to the same work: a replica restarted. */
function isReturnTo(gang: Gang, host: Gang): boolean {
  if (gang.links.length > 0 || gang.members.length === 0) return false
  if (gang.start < host.start || gang.start > host.end) return false
  if (gang.devices > host.devices * RETURN_SHARE_MAX) return false
  const held = new Set(host.members)
  return gang.members.every(member => held.has(member))
}

function isRampOf(gang: Gang, host: Gang, open_from: Instant): boolean {
  const shared_ms = Math.min(gang.end, host.end) - Math.max(gang.start, host.start)
  const shorter_ms = Math.min(gang.end - gang.start, host.end - host.start)
  return (
    Math.max(gang.end, host.end) < open_from &&
    stopTogether(gang, host) &&
    shared_ms >= RAMP_OVERLAP_MIN * shorter_ms &&
    isMeasured(gang) &&
    isMeasured(host) &&
    worksAlike(gang, host, RAMP_DIFFERENCE_MAX)
  )
}

export function stopTogether(a: Gang, b: Gang): boolean {
  return Math.abs(a.end - b.end) <= STRAGGLER_MARGIN_MS
}

/** Without any signature two gangs would be alike for want of evidence. */
function isMeasured({ tensor_mean, power_mean_w }: Gang): boolean {
  return tensor_mean !== null || power_mean_w !== null
}

function worksAlike(a: Gang, b: Gang, difference_max: number): boolean {
  return (signatureDifference(a, b) ?? 0) <= difference_max
}

/** Devices of a ramp add to the gang's; those of a straggler took the place of others. */
function absorb(host: Gang, straggler: Gang, isRamp: boolean): Gang {
  return {
    ...host,
    devices: host.devices + (isRamp ? straggler.devices : 0),
    start: Math.min(host.start, straggler.start),
    end: Math.max(host.end, straggler.end),
    nodes: mergeSketches(host.nodes, straggler.nodes),
    members: distinct([...host.members, ...straggler.members]),
    workloads: distinct([...host.workloads, ...straggler.workloads]).slice(0, 100),
    sample_s: Math.max(host.sample_s, straggler.sample_s),
    edge_s: host.edge_s + straggler.edge_s,
    device_s: host.device_s + straggler.device_s,
    energy_j: host.energy_j + straggler.energy_j,
    flop: {
      lo: host.flop.lo + straggler.flop.lo,
      mid: host.flop.mid + straggler.flop.mid,
      hi: host.flop.hi + straggler.flop.hi,
    },
    links: [...host.links, ...straggler.links],
  }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compare)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
