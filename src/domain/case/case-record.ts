import { compareUtf16 } from '../canonical.ts'
import { Fault } from '../fault.ts'
import { fromSqlTime, HOUR_MS } from '../window.ts'
import { type Case, foldCase } from './case.ts'
import { CHAIN_START, type ChainBreak, verifyChain } from './case-chain.ts'
import { type StoredCaseEvent, SYSTEM_ACTOR } from './case-event.ts'

/**
 * Reads a case from what is stored of it. Two processes may append behind the same event at the
 * same moment; every reader settles such a fork alike: the branch with more events of people
 * stands, then the one stored first, then the one of the smaller hash. So what a person did never
 * yields to what a tick derives, which the next tick derives again; how long a branch is does not
 * count, or a tick could decide between two people. Events of the other branch are void: kept,
 * listed, and without effect.
 */

export interface CaseRecord {
  readonly current: Case
  /** The chain that stands, in order. */
  readonly standing: readonly StoredCaseEvent[]
  /** Events of branches that lost, in order of `seq`. */
  readonly voided: readonly StoredCaseEvent[]
}

/** One record per case, in order of case id; see `caseRecord`. */
export function caseRecords(events: readonly StoredCaseEvent[]): CaseRecord[] {
  return [...Map.groupBy(events, event => event.case_id).values()].flatMap(
    own => caseRecord(own) ?? [],
  )
}

/**
 * Reads one case from its events in order of `seq`; null without events. Throws CASE_TAMPERED
 * when an event is not what it was sealed as, when the one it follows is missing, and when it was
 * put beside another long after that one, which no race explains.
 */
export function caseRecord(events: readonly StoredCaseEvent[]): CaseRecord | null {
  const broken = verifyChain(events) ?? lateSibling(events)
  if (broken !== null) {
    throw new Fault(
      'CASE_TAMPERED',
      `case ${events[0]?.case_id}, event ${broken.seq}: ${broken.why}`,
    )
  }
  const standing = standingBranch(events)
  const folded = foldCase(standing)
  if (folded === null) return null
  const stands = new Set(standing.map(event => event.hash))
  const voided = events.filter(event => !stands.has(event.hash))
  return { current: { ...folded, void_events: voided.length }, standing, voided }
}

/** Far beyond the longest statement: who appends checks the head of the chain just before. */
const SAME_MOMENT_MS = HOUR_MS

function lateSibling(events: readonly StoredCaseEvent[]): ChainBreak | null {
  const first = new Map<string, number>()
  for (const { prev_hash, stored_at } of events) {
    const at = fromSqlTime(stored_at)
    first.set(prev_hash, Math.min(first.get(prev_hash) ?? at, at))
  }
  const late = events.find(
    ({ prev_hash, stored_at }) =>
      fromSqlTime(stored_at) - (first.get(prev_hash) ?? 0) > SAME_MOMENT_MS,
  )
  return late ? { seq: late.seq, why: 'the event was put beside another long after it' } : null
}

/** The best continuation of an event, and how many events of people are in it. */
interface Branch {
  readonly event: StoredCaseEvent
  readonly people: number
  readonly next: Branch | null
}

function standingBranch(events: readonly StoredCaseEvent[]): StoredCaseEvent[] {
  const best = new Map<string, Branch>()
  // From the last event to the first, so that what follows an event is weighed before it.
  for (const event of events.toReversed()) {
    const next = best.get(event.hash) ?? null
    const person = event.actor === SYSTEM_ACTOR ? 0 : 1
    const branch = { event, people: person + (next?.people ?? 0), next }
    const rival = best.get(event.prev_hash)
    if (!rival || compare(branch, rival) < 0) best.set(event.prev_hash, branch)
  }
  const standing: StoredCaseEvent[] = []
  for (let at = best.get(CHAIN_START) ?? null; at !== null; at = at.next) standing.push(at.event)
  return standing
}

/** Negative when the first branch stands. */
function compare(a: Branch, b: Branch): number {
  return (
    b.people - a.people ||
    compareUtf16(a.event.stored_at, b.event.stored_at) ||
    compareUtf16(a.event.hash, b.event.hash)
  )
}
