import type { DeriveSettings } from '../derive-settings.ts'
import { DAY_MS, SECOND_MS } from '../window.ts'
import type { Gang } from './gang.ts'
import { edgeShare, steadyDifference } from './signature.ts'
import { containment, jaccard } from './sketch.ts'

/**
 * How likely it is that a gang goes on with what an earlier one did: log-odds of independent
 * evidence, added up. Evidence that the provider does not send says nothing. Job ids play no part.
 */

/** The earlier stretch, and since when its run had been under way. */
export interface Before {
  readonly gang: Gang
  readonly began: number
  /** The last stretch that was long enough to show how the run works. */
  readonly level: Gang
}

type Chain = DeriveSettings['chain']

/** Two gangs of one run may overlap this much where clocks disagree. */
const OVERLAP_MAX_MS = 120_000
/** A cut sample is worked between not at all and wholly: two standard deviations of a pair's sum. */
const EDGE_DOUBT = 0.8
/** Pauses too short to see make work look slower: 0.3 % at samples of a minute, 3 % at ten. */
const BLUR = 0.00005

/** Probability of a restart of the same computation; 0 where none can be. */
export function restartProbability(before: Before, after: Gang, chain: Chain): number {
  const { gang } = before
  const pause_ms = after.start - gang.end
  if (gang.chip !== after.chip) return 0
  if (pause_ms < -OVERLAP_MAX_MS || pause_ms > chain.soft_gap_s * SECOND_MS) return 0
  return chance(
    pauseOdds(before, pause_ms, chain) +
      nodeOdds(gang, after, chain.odds) +
      sizeOdds(gang, after, chain.odds) +
      signatureOdds(before.level, after, chain.odds),
  )
}

/**
 * The same once it is known for how long the work went on after a long pause: the pause is then short
 * against the whole. That is said only of the same place and of work that is alike; otherwise a long
 * run would take the jobs that ran on its nodes the day before.
 */
export function resumptionProbability(
  before: Before,
  after: Gang,
  followed_ms: number,
  chain: Chain,
): number {
  const { gang } = before
  if (after.start - gang.end <= chain.hard_gap_s * SECOND_MS) return 0
  if (gang.fabric_id !== after.fabric_id || gang.site !== after.site) return 0
  if (signatureOdds(before.level, after, chain.odds) <= 0) return 0
  return restartProbability({ ...before, began: before.began - followed_ms }, after, chain)
}

/**
 * Probability that it is a later stage of the same model: other sizes, chips and activities are
 * weak evidence against it, and only what had lasted may have made a model. Without sight of
 * checkpoints this stays a guess: the upper bound of a lineage takes it in, the lower never does.
 */
export function stageProbability(before: Before, after: Gang, chain: Chain): number {
  const { gang } = before
  const pause_ms = after.start - gang.end
  if (pause_ms < -OVERLAP_MAX_MS || pause_ms > chain.stage_gap_s * SECOND_MS) return 0
  if (gang.end - before.began < chain.stage_run_s * SECOND_MS) return 0
  const { odds } = chain
  return chance(
    odds.stage +
      (containment(after.nodes, gang.nodes) >= 0.5 ? 1 : 0) +
      (gang.fabric_id === after.fabric_id ? 0.5 : 0) +
      (gang.chip === after.chip ? 0.5 : 0) +
      Math.max(-1, Math.min(1, signatureOdds(before.level, after, odds))),
  )
}

function chance(odds: number): number {
  return 1 / (1 + Math.exp(-odds))
}

/**
 * After a fault work goes on within minutes, the likelier the longer the run had lasted; a longer
 * pause is a resumption only where it is short against the run.
 */
function pauseOdds({ gang, began }: Before, pause_ms: number, { odds, ...chain }: Chain): number {
  const lasted_ms = gang.end - began
  const history = (scale_ms: number, min: number, max: number) =>
    Math.max(min, Math.min(max, odds.length * Math.log(lasted_ms / scale_ms)))
  return pause_ms <= chain.hard_gap_s * SECOND_MS
    ? odds.restart + history(DAY_MS, -0.5, odds.restart_length_max)
    : odds.pause + history(4 * pause_ms, -odds.pause_length_max, odds.pause_length_max)
}

/** A move to another fabric or site drops the nodes: the computation may have been rescheduled. */
function nodeOdds(before: Gang, after: Gang, odds: Chain['odds']): number {
  if (before.fabric_id !== after.fabric_id || before.site !== after.site) return odds.moved
  const shared = jaccard(before.nodes, after.nodes)
  return odds.nodes_none + (odds.nodes - odds.nodes_none) * Math.min(1, 1.25 * shared)
}

function sizeOdds(before: Gang, after: Gang, odds: Chain['odds']): number {
  return odds.size + odds.size_fold * Math.abs(Math.log(after.devices / before.devices))
}

function signatureOdds(before: Gang, after: Gang, odds: Chain['odds']): number {
  const difference = steadyDifference(before, after)
  if (difference === null) return 0
  const edges = edgeShare(before) + edgeShare(after)
  const doubt = BLUR * after.sample_s + EDGE_DOUBT * edges
  const beyond = Math.max(0, difference - doubt)
  return Math.max(odds.signature_min, odds.signature + odds.signature_fold * beyond)
}
