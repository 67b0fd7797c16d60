import { contentDigest } from '../canonical.ts'
import type { CaseEvent, SealedCaseEvent } from './case-event.ts'

/**
 * The seal of a case: every event carries the hash of the one before, so that an edited, removed
 * or inserted event shows. It proves order and content to anyone who kept the last hash.
 */

/** What the first event of a case names as its predecessor. */
export const CHAIN_START = '0'.repeat(64)

export function sealEvent(event: CaseEvent, prevHash: string): SealedCaseEvent {
  return { ...event, prev_hash: prevHash, hash: hashOf(event, prevHash) }
}

export interface ChainBreak {
  readonly seq: number
  readonly why: string
}

/**
 * The first event that does not hold, or null: its content is not what its hash says, or the event
 * it follows is not there. Events must come in order of `seq`; two that follow the same one are a
 * fork, no break (see case-record).
 */
export function verifyChain(events: readonly SealedCaseEvent[]): ChainBreak | null {
  const places = new Map([[CHAIN_START, 0]])
  for (const event of events) {
    const why = faultOf(event, places)
    if (why !== null) return { seq: event.seq, why }
    places.set(event.hash, event.seq)
  }
  return null
}

function faultOf(event: SealedCaseEvent, places: ReadonlyMap<string, number>): string | null {
  if (event.hash !== hashOf(event, event.prev_hash)) return 'the content does not match its hash'
  const before = places.get(event.prev_hash)
  if (before === event.seq - 1) return null
  return before === undefined
    ? 'the event that it follows is missing'
    : 'the event does not follow the one before it'
}

function hashOf(event: CaseEvent, prevHash: string): string {
  const { case_id, seq, group_id, at, actor, kind, body } = event
  return contentDigest({ case_id, seq, group_id, at, actor, kind, body, prev_hash: prevHash })
}
