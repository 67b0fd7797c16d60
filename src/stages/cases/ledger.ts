import { canonicalJson } from '../../domain/canonical.ts'
import type { Case } from '../../domain/case/case.ts'
import type { SealedCaseEvent } from '../../domain/case/case-event.ts'
import { type CaseRecord, caseRecords } from '../../domain/case/case-record.ts'
import { caseRow, storedEvents } from '../../domain/case/case-row.ts'
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
  const records = await readRecords(store, caseId === '' ? [] : [caseId])
  return records.map(({ current }) => current)
}

/** Some cases with their events, or all cases where none is named; see `caseRecord`. */
export async function readRecords(store: Store, cases: readonly string[]): Promise<CaseRecord[]> {
  const events = await store.query('case-events-all', { cases: [...cases], limit: EVENTS_MAX })
  if (events.length < EVENTS_MAX) return caseRecords(events)
  throw new Fault('LIMIT_REACHED', `more than ${EVENTS_MAX} case events are stored`)
}

/**
 * Appends drafts to cases that are still as they were read. Answers with the ids of those that
 * moved on in between, which whoever asked has to decide anew. Where that shows before the append,
 * nothing was appended at all; where another process appended at the same moment, the events that
 * lost are void (see case-record). List rows are written after the events; one that a crash kept
 * back is found stale, and written, by the next call that knows the case.
 */
export function appendToCases(
  store: Store,
  drafts: readonly CaseDraft[],
  known: readonly Case[] = [],
): Promise<readonly string[]> {
  return inTurn(store, async () => {
    const ids = drafts.map(draft => draft.after.case_id)
    const drafted = new Set(ids)
    const heads = await store.query('case-heads', { cases: known.length === 0 ? named(ids) : [] })
    const found = new Map(heads.map(row => [row.case_id, row]))
    const moved = drafts.filter(({ before, after }) => {
      const seen = before === null ? 0 : storedEvents(before)
      return (found.get(after.case_id)?.events ?? 0) !== seen
    })
    if (moved.length > 0) return moved.map(({ after }) => after.case_id)
    await store.append('case_events', drafts.flatMap(draft => draft.events).map(eventRow))
    const written = ids.length === 0 ? [] : await readRecords(store, named(ids))
    const stale = known.filter(
      current =>
        !drafted.has(current.case_id) &&
        (found.get(current.case_id)?.listed ?? 0) < storedEvents(current),
    )
    await store.append('cases', [...written.map(({ current }) => current), ...stale].map(caseRow))
    const stands = new Set(written.flatMap(({ standing }) => standing.map(event => event.hash)))
    return drafts
      .filter(({ events }) => events.some(event => !stands.has(event.hash)))
      .map(({ after }) => after.case_id)
  })
}

/** A server takes 128 KiB for a parameter; of more cases than this all are read. */
const NAMES_MAX = 4000

function named(ids: readonly string[]): string[] {
  return ids.length > NAMES_MAX ? [] : [...ids]
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
