import { type Instant, parseInstant } from '../window.ts'
import type { Case } from './case.ts'
import { type ActionPolicy, actionDefaults, type LatestReport } from './case-action-defaults.ts'
import { type CaseEventKind, type CaseFact, caseEventBodies, readCaseFact } from './case-event.ts'
import { kindRefusal } from './case-lifecycle.ts'
import { DECLARED_FACTS, isDeclaredFact } from './questionnaire.ts'

/**
 * What people do to a case, in the words of the command line. An action becomes one event; what
 * may follow what is decided by the lifecycle alone, and what an event needs by its own shape.
 */

/** Events that the product appends of its own accord; nobody asks for them. */
type MachineKind =
  | 'opened'
  | 'finding_attached'
  | 'finding_revised'
  | 'finding_withdrawn'
  | 'determination_changed'
  | 'transaction_moved'
  | 'group_changed'
  | 'absorbed'
  | 'merged'
  | 'escalated'

/** Every event that a person can cause, by the action that causes it. */
export type ActionKind = Exclude<CaseEventKind, MachineKind>

/** One word may stand for two events of which a case never allows both. */
const ACTIONS: Record<ActionKind, { readonly word: string; readonly about: string }> = {
  triaged: { word: 'triage', about: 'take the case up' },
  investigation_started: { word: 'investigate', about: 'look into it' },
  info_requested: { word: 'request-info', about: 'ask the customer or the reseller' },
  info_received: { word: 'receive-info', about: 'record an answer and facts declared in it' },
  decision_reached: { word: 'decide', about: 'end the investigation with a decision to take' },
  no_file: { word: 'no-file', about: 'decide not to file; a second person approves' },
  knowledge_established: {
    word: 'establish-knowledge',
    about: 'confirm the covered transaction; starts the clock from knowledge',
  },
  draft_started: { word: 'draft', about: 'begin the report' },
  review_requested: { word: 'review', about: 'put the draft up for review' },
  returned: { word: 'return', about: 'send the draft back' },
  certified: { word: 'certify', about: 'sign the report; not by who prepared it' },
  filed: { word: 'file', about: 'record that the report was filed' },
  corrected_filed: { word: 'file', about: 'record that the corrected report was filed' },
  acknowledged: { word: 'acknowledge', about: "record the authority's receipt" },
  rejected: { word: 'reject', about: 'record that the authority rejected the report' },
  follow_up_requested: {
    word: 'request-follow-up',
    about: 'record a question of the authority; starts a clock',
  },
  follow_up_answered: { word: 'answer', about: 'record that the question was answered' },
  correction_needed: { word: 'correct', about: 'find an error in what was filed; starts a clock' },
  monitoring_started: { word: 'monitor', about: 'watch the accounts after filing' },
  closed: { word: 'close', about: 'close the filed case' },
  closed_no_action: { word: 'close', about: 'close without filing' },
  reopened: { word: 'reopen', about: 'take up a case that was closed without filing' },
  legal_hold_set: { word: 'hold', about: 'forbid deletion' },
  legal_hold_lifted: { word: 'lift-hold', about: 'permit deletion again' },
}

const KINDS = Object.keys(ACTIONS).filter(isActionKind)

function isActionKind(name: string): name is ActionKind {
  return Object.hasOwn(ACTIONS, name)
}

export const ACTION_WORDS: readonly string[] = [
  ...new Set(KINDS.map(kind => ACTIONS[kind].word)),
].sort()

export interface AllowedAction {
  readonly word: string
  readonly kind: ActionKind
  readonly about: string
  /** What it takes beside its reason, question, answer or statement. */
  readonly fields: readonly string[]
}

/** What the lifecycle lets a person do next, in the order in which a case goes its way. */
export function allowedActions(current: Case): readonly AllowedAction[] {
  return KINDS.filter(kind => kindRefusal(current, kind) === null).map(kind => ({
    word: ACTIONS[kind].word,
    kind,
    about: ACTIONS[kind].about,
    fields: settableFields(kind),
  }))
}

/** The event that a word means for a case: the one it allows, else the first; null: no such word. */
export function actionKind(current: Case, word: string): ActionKind | null {
  const named = word.replaceAll('-', '_')
  const kinds = KINDS.filter(kind => ACTIONS[kind].word === word || kind === named)
  return kinds.find(kind => kindRefusal(current, kind) === null) ?? kinds[0] ?? null
}

export interface ActionInput {
  readonly actor: string
  readonly at: Instant
  /** The main text of the event: a reason, a question, an answer or a statement. */
  readonly reason: string | null
  readonly fields: Readonly<Record<string, string>>
  readonly report: LatestReport | null
}

export type ActionFact =
  | { readonly fact: CaseFact; readonly fault: null }
  | { readonly fact: null; readonly fault: string }

/** The fact that an action states, or what is missing or wrong in it, for the person who tried. */
export function actionFact(
  current: Case,
  kind: ActionKind,
  input: ActionInput,
  policy: ActionPolicy,
): ActionFact {
  const { given, fault } = readFields(kind, input)
  if (fault !== null) return { fact: null, fault }
  const stated = { ...given, ...mainText(kind, input.reason) }
  const known = actionDefaults(current, kind, { ...input, stated }, policy)
  if (known.fault !== null) return { fact: null, fault: known.fault }
  const body: Record<string, unknown> = { ...known.body, ...stated, ...known.computed }
  const wrong = caseEventBodies[kind].safeParse(body).error?.issues[0]
  if (wrong === undefined) return { fact: readCaseFact(kind, body), fault: null }
  const name = String(wrong.path[0] ?? '')
  const how = name === textField(kind) ? '--reason TEXT' : `--set ${name}=VALUE`
  const what =
    body[name] !== undefined ? `${name} is not valid: ${wrong.message}` : `${name} is missing`
  return { fact: null, fault: `${what}; give ${how}` }
}

/** Texts that `--reason` fills, in whichever of these fields the event has. */
const TEXT_FIELDS = ['reason', 'question', 'answer', 'request', 'statement'] as const

function textField(kind: ActionKind): string | null {
  return TEXT_FIELDS.find(name => name in caseEventBodies[kind].shape) ?? null
}

function mainText(kind: ActionKind, reason: string | null): Record<string, string> {
  const field = textField(kind)
  return field === null || reason === null ? {} : { [field]: reason }
}

/** Worked out from the regime pack and the case, or, of declared facts, given one by one. */
const NOT_SETTABLE = ['deadline', 'prior_report_id', 'declared']

function settableFields(kind: ActionKind): string[] {
  const own = Object.keys(caseEventBodies[kind].shape).filter(
    name => !NOT_SETTABLE.includes(name) && name !== textField(kind),
  )
  return kind === 'info_received' ? [...own, ...Object.keys(DECLARED_FACTS)] : own
}

function readFields(kind: ActionKind, { at, fields }: ActionInput) {
  const given: Record<string, unknown> = {}
  const declared: Record<string, string> = {}
  const takes = settableFields(kind)
  for (const [name, value] of Object.entries(fields)) {
    if (!takes.includes(name)) {
      const known = takes.length === 0 ? 'it takes none' : `it takes ${takes.join(', ')}`
      return { given, fault: `${kind.replaceAll('_', ' ')} has no field ${name}; ${known}` }
    }
    if (kind === 'info_received' && isDeclaredFact(name)) declared[name] = value
    else if (name.endsWith('_at')) {
      const time = parseInstant(value)
      if (time === null) return { given, fault: `${name} "${value}" is not a time` }
      if (time > at) return { given, fault: `${name} lies after the event itself` }
      given[name] = time
    } else given[name] = value
  }
  if (Object.keys(declared).length > 0) given['declared'] = declared
  return { given, fault: null }
}
