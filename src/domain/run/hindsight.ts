import type { DeriveSettings } from '../derive-settings.ts'
import { type Instant, SECOND_MS } from '../window.ts'
import { advance, isContinuation, LEVEL_MIN_MS, type Thread } from './chain.ts'
import { byStart, type Gang } from './gang.ts'
import { resumptionProbability } from './link.ts'

/**
 * Links that only what came after shows. Looking back, an outage of hours on the first day of a run
 * parts it: little had been done that somebody would resume. Once the work has gone on for days, on
 * the same devices and alike, it is likelier that what stood before the outage was its beginning.
 *
 * Hindsight is a function of gangs and of the links that look back, and is not stored with them: runs
 * are built anew whenever a gang of theirs may have changed. It reaches `hindsight_s` ahead and no
 * further, so what it says of a gang is settled when the gangs before it are no longer looked at.
 */

type Chain = DeriveSettings['chain']

/** What a first join brings together may itself be what another join looks ahead to. */
const ROUNDS = 2

/** The gangs in order of their start; those that turn out to go on from others say so. */
export function withHindsight(gangs: readonly Gang[], chain: Chain): Gang[] {
  let known = [...gangs].sort(byStart)
  for (let round = 0; round < ROUNDS; round += 1) {
    const joined = joinBeginnings(known, chain)
    // Nothing was joined, so another round would look at the same and say the same.
    if (joined === known) break
    known = joined
  }
  return known
}

function joinBeginnings(gangs: Gang[], chain: Chain): Gang[] {
  const sequels = sequelsOf(gangs, chain)
  const beginnings = new Set(gangs.filter(gang => mayHaveBegunBefore(gang, sequels, chain)))
  if (beginnings.size === 0) return gangs
  const claims = claimsOf(gangs, beginnings, sequels, chain)
  if (claims.size === 0) return gangs
  return gangs.map(gang => {
    const claim = claims.get(gang.gang_id)
    if (!claim) return gang
    const link = { gang_id: claim.before, p: claim.p, is_stage: false }
    return { ...gang, links: [link, ...gang.links.filter(old => old.gang_id !== claim.before)] }
  })
}

/** What goes on from a gang: until when, and the first stretch that shows how it works. */
interface Sequel {
  readonly until: Instant
  readonly level: Gang
}

/** By gang id; gangs that others go on from have an entry in `continued`. */
interface Sequels {
  readonly of: ReadonlyMap<string, Sequel>
  readonly continued: ReadonlySet<string>
}

function sequelsOf(gangs: readonly Gang[], chain: Chain): Sequels {
  const of = new Map<string, Sequel>()
  const continued = new Set<string>()
  for (const gang of gangs.toReversed()) {
    const after = of.get(gang.gang_id)
    const until = Math.max(gang.end, after?.until ?? gang.end)
    const shows = gang.end - gang.start >= LEVEL_MIN_MS
    const own = { until, level: shows || !after ? gang : after.level }
    of.set(gang.gang_id, own)
    for (const link of gang.links) {
      if (!isContinuation(link, chain)) continue
      continued.add(link.gang_id)
      const known = of.get(link.gang_id)
      // Gangs come latest first, so the last to write is the one that went on first.
      of.set(link.gang_id, { until: Math.max(until, known?.until ?? until), level: own.level })
    }
  }
  return { of, continued }
}

function mayHaveBegunBefore(gang: Gang, sequels: Sequels, chain: Chain): boolean {
  if (gang.links.some(link => isContinuation(link, chain))) return false
  return followedMs(gang, sequels, chain) >= chain.hindsight_min_s * SECOND_MS
}

function followedMs(gang: Gang, { of }: Sequels, chain: Chain): number {
  const until = of.get(gang.gang_id)?.until ?? gang.end
  return Math.min(until - gang.start, chain.hindsight_s * SECOND_MS)
}

interface Claim {
  readonly before: string
  readonly p: number
}

/**
 * By the gang that goes on. Each takes the likeliest before it that is free, in order of their start:
 * what comes later never takes away what an earlier one was given. Only likely links count as history,
 * because of a run that is looked at again all gangs are there, of its neighbours perhaps none.
 */
function claimsOf(
  gangs: readonly Gang[],
  beginnings: ReadonlySet<Gang>,
  sequels: Sequels,
  chain: Chain,
): Map<string, Claim> {
  const threads = new Map<string, Thread>()
  const taken = new Set<string>()
  const claims = new Map<string, Claim>()
  for (const gang of gangs) {
    const isFree = (id: string) => !taken.has(id) && !sequels.continued.has(id)
    const claim = beginnings.has(gang) ? claimOf(gang, threads, sequels, isFree, chain) : null
    if (claim) {
      taken.add(claim.before)
      claims.set(gang.gang_id, claim)
    }
    advance(threads, gang, chain, chain.p_likely)
  }
  return claims
}

function claimOf(
  gang: Gang,
  threads: ReadonlyMap<string, Thread>,
  sequels: Sequels,
  isFree: (gang_id: string) => boolean,
  chain: Chain,
): Claim | null {
  const followed_ms = followedMs(gang, sequels, chain)
  const after = asItWentOn(gang, sequels, chain)
  const since = gang.start - chain.soft_gap_s * SECOND_MS
  let best: Claim | null = null
  for (const [id, before] of threads) {
    if (before.gang.end < since || !isFree(id)) continue
    const p = resumptionProbability(before, after, followed_ms, chain)
    if (p < chain.p_likely) continue
    if (best === null || p > best.p || (p === best.p && id < best.before)) best = { before: id, p }
  }
  return best
}

/** A first stretch that is mostly edges shows nothing; the next does. */
function asItWentOn(gang: Gang, sequels: Sequels, chain: Chain): Gang {
  const level = sequels.of.get(gang.gang_id)?.level ?? gang
  if (level.start >= gang.start + chain.hindsight_s * SECOND_MS) return gang
  const { tensor_mean, power_mean_w, edge_s, device_s } = level
  return { ...gang, tensor_mean, power_mean_w, edge_s, device_s }
}
