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

/** The first place where a chain does not hold, or null. Events must come in order of `seq`. */
export function verifyChain(events: readonly SealedCaseEvent[]): ChainBreak | null {
  let previous = CHAIN_START
  for (const [at, event] of events.entries()) {
    const why = faultOf(event, at + 1, previous)
    if (why !== null) return { seq: event.seq, why }
    previous = event.hash
  }
  return null
}

function faultOf(event: SealedCaseEvent, seq: number, previous: string): string | null {
  if (event.seq !== seq) return `event ${seq} is missing or stored twice`
  if (event.prev_hash !== previous) return 'the event does not follow the one before it'
  if (event.hash !== hashOf(event, previous)) return 'the content does not match its hash'
  return null
}

function hashOf(event: CaseEvent, prevHash: string): string {
  const { case_id, seq, group_id, at, actor, kind, body } = event
  return contentDigest({ case_id, seq, group_id, at, actor, kind, body, prev_hash: prevHash })
}
