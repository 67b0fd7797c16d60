import type { DeriveSettings } from '../derive-settings.ts'
import { HOUR_MS, SECOND_MS } from '../window.ts'
import { byStart, type Gang, type GangLink, stopTogether } from './gang.ts'
import { type Before, restartProbability, stageProbability } from './link.ts'
import { signatureDifference } from './signature.ts'
import { containment } from './sketch.ts'

/**
 * Links gangs that follow each other: one computation with its interruptions, its ramps and its
 * moves. Gangs are taken by start and look back only, so what stands before an instant never
 * depends on what came after it.
 */

/** Several parts that stopped at one moment and went on as one were one. */
const MERGE_P = 0.95
const MERGE_NODES_MIN = 0.5
const MERGE_DIFFERENCE_MAX = 0.1
/** What comes back again and again gets likelier: from here on a doubtful link counts as history. */
const HISTORY_P_MIN = 0.3
/** Shorter stretches are mostly edges and do not show how a run works. */
export const LEVEL_MIN_MS = HOUR_MS

/** What is known of a computation that may still go on. */
export interface Thread extends Before {
  readonly gang: Gang
}

/**
 * The fresh gangs with their links. `settled` are gangs before them that were linked already, at
 * least all that ended within `stage_gap_s` before the first fresh one.
 */
export function linkGangs(
  settled: readonly Gang[],
  fresh: readonly Gang[],
  chain: DeriveSettings['chain'],
): Gang[] {
  let threads = new Map<string, Thread>()
  for (const gang of [...settled].sort(byStart)) advance(threads, gang, chain)
  return [...fresh].sort(byStart).map(gang => {
    threads = within(threads, gang.start - chain.stage_gap_s * SECOND_MS)
    const linked = { ...gang, links: linksOf(gang, threads, chain) }
    advance(threads, linked, chain)
    return linked
  })
}

function within(threads: Map<string, Thread>, since: number): Map<string, Thread> {
  const stale = [...threads].filter(([, thread]) => thread.gang.end < since)
  for (const [id] of stale) threads.delete(id)
  return threads
}

/**
 * The gang takes the place of those that it goes on from; links of `history_p_min` and above say for
 * how long that has been going on.
 */
export function advance(
  threads: Map<string, Thread>,
  gang: Gang,
  chain: DeriveSettings['chain'],
  history_p_min = HISTORY_P_MIN,
): void {
  let main: Thread | undefined
  let began = gang.start
  const parents: string[] = []
  // One pass over the links: this is done for every gang of every run that goes on.
  for (const link of gang.links) {
    const thread = threads.get(link.gang_id)
    if (!thread) continue
    if (!link.is_stage && link.p >= history_p_min) began = Math.min(began, thread.began)
    if (!isContinuation(link, chain)) continue
    main ??= thread
    parents.push(link.gang_id)
  }
  for (const parent of parents) threads.delete(parent)
  const shows = gang.end - gang.start >= LEVEL_MIN_MS
  threads.set(gang.gang_id, { gang, began, level: shows || !main ? gang : main.level })
}

/** Whether the link makes one run of both; stages and doubtful links make a lineage. */
export function isContinuation(link: GangLink, chain: DeriveSettings['chain']): boolean {
  return link.p >= chain.p_likely && !link.is_stage
}

function linksOf(
  gang: Gang,
  threads: ReadonlyMap<string, Thread>,
  chain: DeriveSettings['chain'],
): GangLink[] {
  if (gang.links.length > 0) return [...gang.links, ...linksOfDawn(gang, threads, chain)]
  const candidates = [...threads.values()]
  const best = bestOf(candidates, gang, before => restartProbability(before, gang, chain))
  if (best && best.p >= chain.p_likely) {
    return [linkTo(best, false), ...mergedWith(best.before, gang, candidates)]
  }
  const stage = bestOf(candidates, gang, before => stageProbability(before, gang, chain))
  const isStage = stage !== null && stage.p > (best?.p ?? 0)
  const likelier = isStage ? stage : best
  return likelier && likelier.p >= chain.p_possible ? [linkTo(likelier, isStage)] : []
}

/**
 * What began shortly before midnight is known for what it is only by the day after: the link that
 * its sliver could not show is looked for again.
 */
function linksOfDawn(
  gang: Gang,
  threads: ReadonlyMap<string, Thread>,
  chain: DeriveSettings['chain'],
): GangLink[] {
  const dawn = threads.get(gang.links[0]?.gang_id ?? '')
  if (!dawn || dawn.gang.end - dawn.began >= LEVEL_MIN_MS) return []
  const others = [...threads.values()].filter(thread => thread !== dawn)
  const whole = { ...gang, start: dawn.gang.start }
  const best = bestOf(others, whole, before => restartProbability(before, whole, chain))
  return best && best.p >= chain.p_likely ? [linkTo(best, false)] : []
}

interface Candidate {
  readonly before: Thread
  readonly p: number
}

/** The likeliest; between equals the shorter pause, then the id decides. */
function bestOf(
  threads: readonly Thread[],
  gang: Gang,
  probability: (before: Thread) => number,
): Candidate | null {
  let best: Candidate | null = null
  for (const before of threads) {
    const p = probability(before)
    if (p === 0) continue
    const closer = best && p === best.p && byPause(before.gang, best.before.gang, gang) < 0
    if (best === null || p > best.p || closer) best = { before, p }
  }
  return best
}

function byPause(a: Gang, b: Gang, after: Gang): number {
  return Math.abs(after.start - a.end) - Math.abs(after.start - b.end) || byStart(a, b)
}

function linkTo({ before, p }: Candidate, is_stage: boolean): GangLink {
  return { gang_id: before.gang.gang_id, p, is_stage }
}

/** Other parts that stopped with the first and whose nodes went on in the same gang. */
function mergedWith(first: Thread, gang: Gang, candidates: readonly Thread[]): GangLink[] {
  return candidates
    .filter(({ gang: tip }) => tip !== first.gang && tip.chip === gang.chip)
    .filter(({ gang: tip }) => stopTogether(tip, first.gang))
    .filter(({ gang: tip }) => containment(tip.nodes, gang.nodes) >= MERGE_NODES_MIN)
    .filter(({ level }) => (signatureDifference(level, gang) ?? 0) <= MERGE_DIFFERENCE_MAX)
    .map(({ gang: tip }) => ({ gang_id: tip.gang_id, p: MERGE_P, is_stage: false }))
    .sort((a, b) => (a.gang_id < b.gang_id ? -1 : 1))
}
