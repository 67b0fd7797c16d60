import { canonicalJson } from '../../domain/canonical.ts'
import { type Case, foldCase } from '../../domain/case/case.ts'
import { verifyChain } from '../../domain/case/case-chain.ts'
import type { SealedCaseEvent } from '../../domain/case/case-event.ts'
import { caseRow } from '../../domain/case/case-row.ts'
import { Fault } from '../../domain/fault.ts'
import { toSqlTime } from '../../domain/window.ts'
import type { Row, Store } from '../../ports/store.ts'

/**
 * The record of cases: read whole, appended to event by event. What a case list shows is a copy
 * that is brought up to the events whenever something is appended, and on every tick.
 */

/** Events held in memory at once; reaching it stops the stage, loudly. */
const EVENTS_MAX = 2_000_000

/** What is to be appended to one case, and the case as it was read and as it will be. */
export interface CaseDraft {
  readonly before: Case | null
  readonly events: readonly SealedCaseEvent[]
  readonly after: Case
}

/** Reads all cases, or one, and refuses to build on one whose chain does not hold. */
export async function readCases(store: Store, caseId = ''): Promise<Case[]> {
  const events = await store.query('case-events-all', { case_id: caseId, limit: EVENTS_MAX })
  if (events.length >= EVENTS_MAX) {
    throw new Fault('LIMIT_REACHED', `more than ${EVENTS_MAX} case events are stored`)
  }
  return [...Map.groupBy(events, event => event.case_id)].flatMap(([id, own]) => {
    const broken = verifyChain(own)
    if (broken !== null) {
      throw new Fault('CASE_TAMPERED', `case ${id}, event ${broken.seq}: ${broken.why}`)
    }
    return foldCase(own) ?? []
  })
}

/**
 * Appends drafts to cases that are still as they were read. Answers with the ids of those that
 * moved on in between: then nothing was appended at all, and whoever asked has to decide anew.
 * List rows are written after the events; one that a crash kept back is found stale, and written,
 * by the next call that knows the case.
 */
export function appendToCases(
  store: Store,
  drafts: readonly CaseDraft[],
  known: readonly Case[] = [],
): Promise<readonly string[]> {
  return inTurn(store, async () => {
    const cases = known.length === 0 ? drafts.map(draft => draft.after.case_id) : []
    const found = await store.query('case-heads', { cases })
    const heads = new Map(found.map(row => [row.case_id, row]))
    const moved = drafts
      .filter(({ before, after }) => heads.get(after.case_id)?.hash !== before?.last_hash)
      .map(({ after }) => after.case_id)
    if (moved.length > 0) return moved
    await store.append('case_events', drafts.flatMap(draft => draft.events).map(eventRow))
    const drafted = new Set(drafts.map(({ after }) => after.case_id))
    const stale = known
      .filter(({ case_id }) => !drafted.has(case_id))
      .filter(({ case_id, seq }) => (heads.get(case_id)?.listed ?? 0) < seq)
    await store.append('cases', [...drafts.map(({ after }) => after), ...stale].map(caseRow))
    return []
  })
}

/** The last append of each store: a tick and a person's action must not pass between two steps. */
const turns = new WeakMap<Store, Promise<unknown>>()

function inTurn<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(store) ?? Promise.resolve()).then(work, work)
  turns.set(store, turn)
  return turn
}

function eventRow(event: SealedCaseEvent): Row {
  const { body, at, ...rest } = event
  return { ...rest, at: toSqlTime(at), body: canonicalJson(body) }
}
