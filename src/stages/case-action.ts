import { applyEvent, type Case } from '../domain/case/case.ts'
import {
  ACTION_WORDS,
  type AllowedAction,
  actionFact,
  actionKind,
  allowedActions,
} from '../domain/case/case-action.ts'
import type { ActionPolicy } from '../domain/case/case-action-defaults.ts'
import { sealEvent } from '../domain/case/case-chain.ts'
import { type CaseEvent, type SealedCaseEvent, SYSTEM_ACTOR } from '../domain/case/case-event.ts'
import { kindRefusal, refusal } from '../domain/case/case-lifecycle.ts'
import type { Instant } from '../domain/window.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { appendToCases, readCases } from './cases/ledger.ts'

/**
 * What a person does to a case, from the command line or over HTTP: one sealed event, through the
 * same lifecycle that the tick goes through.
 */

export interface CaseActionDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly policy: ActionPolicy
}

export interface CaseActionRequest {
  readonly case_id: string
  /** A word of `ACTION_WORDS`, or the kind of the event. */
  readonly action: string
  readonly by: string
  /** Reason, question, answer, request or statement, whichever the event has. */
  readonly reason?: string | undefined
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** When it happened; now when left out, and never before the event that precedes it. */
  readonly at?: Instant | undefined
  /** The version of the case that the person decided on; the present one when left out. */
  readonly seen?: number | undefined
}

export type CaseActionOutcome =
  | { readonly taken: true; readonly current: Case; readonly event: SealedCaseEvent }
  | {
      readonly taken: false
      /** `moved_on`: somebody was faster; look again. `refused`: not in this state or not so. */
      readonly cause: 'unknown_case' | 'moved_on' | 'refused'
      readonly why: string
      readonly allowed: readonly AllowedAction[]
    }

export async function actOnCase(
  dependencies: CaseActionDependencies,
  request: CaseActionRequest,
): Promise<CaseActionOutcome> {
  const { store } = dependencies
  const { case_id } = request
  const [current] = case_id === '' ? [] : await readCases(store, case_id)
  if (!current) return refused('unknown_case', `there is no case ${case_id}`, null)
  if (request.seen !== undefined && request.seen !== current.seq)
    return movedOn(current, request.seen)
  const { event, why } = await eventOf(dependencies, current, request)
  if (event === null) return refused('refused', why, current)
  const sealed = sealEvent(event, current.last_hash)
  const after = applyEvent(current, sealed, sealed.hash)
  const moved = await appendToCases(store, [{ before: current, events: [sealed], after }])
  if (moved.length > 0) return movedOn((await readCases(store, case_id))[0] ?? current, current.seq)
  return { taken: true, current: after, event: sealed }
}

/** The event that a request asks for, or why there is none. */
async function eventOf(
  { store, clock, policy }: CaseActionDependencies,
  current: Case,
  request: CaseActionRequest,
): Promise<{ event: CaseEvent; why: '' } | { event: null; why: string }> {
  const none = (why: string) => ({ event: null, why })
  const { case_id, group_id, seq } = current
  const actor = request.by.trim()
  if (actor === '') return none("an action is somebody's; say whose with --by NAME")
  if (actor === SYSTEM_ACTOR) return none(`${SYSTEM_ACTOR} is the product itself, not a person`)
  const kind = actionKind(current, request.action)
  if (kind === null) {
    return none(`there is no action ${request.action}; actions are ${ACTION_WORDS.join(', ')}`)
  }
  const at = request.at ?? Math.max(clock.now(), current.updated_at)
  const versions = await store.query('report-versions', { case_id, limit: REPORTS_MAX })
  const { reason = null, fields = {} } = request
  const named = fields['report_id']
  if (named !== undefined && !versions.some(version => version.report_id === named)) {
    return none(`the case has no report ${named}`)
  }
  const input = { actor, at, reason, fields, report: versions[0] ?? null }
  const stated = actionFact(current, kind, input, policy)
  const place = { case_id, group_id, seq: seq + 1, at, actor }
  // What the lifecycle forbids is said first: to complete a refused action would help nobody.
  const forbidden = kindRefusal(current, kind)
  if (forbidden !== null) return none(forbidden)
  if (stated.fact === null) return none(stated.fault)
  const event: CaseEvent = { ...stated.fact, ...place }
  const why = refusal(current, event)
  return why === null ? { event, why: '' } : none(why)
}

const REPORTS_MAX = 10_000

function movedOn(current: Case, seen: number): CaseActionOutcome {
  const why = `the case moved on: it is at version ${current.seq}, not ${seen}; look at it again and decide anew`
  return refused('moved_on', why, current)
}

function refused(
  cause: 'unknown_case' | 'moved_on' | 'refused',
  why: string,
  current: Case | null,
): CaseActionOutcome {
  return { taken: false, cause, why, allowed: current === null ? [] : allowedActions(current) }
}
