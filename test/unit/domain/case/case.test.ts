import { expect, test } from 'vitest'
import { applyEvent, type Case, foldCase } from '../../../../src/domain/case/case.ts'
import { CHAIN_START, sealEvent, verifyChain } from '../../../../src/domain/case/case-chain.ts'
import type {
  CaseEvent,
  CaseFact,
  FindingMark,
  SealedCaseEvent,
} from '../../../../src/domain/case/case-event.ts'
import { refusal } from '../../../../src/domain/case/case-lifecycle.ts'
import {
  caseDetermination,
  deadlineColour,
  earliestDeadline,
} from '../../../../src/domain/case/case-summary.ts'
import { planGroup } from '../../../../src/domain/case/triage-plan.ts'
import { deadline } from '../../../../src/domain/filing-clock.ts'
import { DAY_MS } from '../../../../src/domain/window.ts'
import { at, TRIAGE } from '../../../support/case-world.ts'

const mark: FindingMark = {
  finding_id: 'fnd-1',
  version: 1,
  detector_id: 'run-operations-threshold',
  role: 'opener',
  state: 'presume',
  severity: 'high',
  basis: 'observed',
  subject_kind: 'tenant',
  subject_id: 't',
  tenants: ['t'],
  start: at('2026-01-01'),
  end: at('2026-02-01'),
  lo: 1e26,
  mid: 2e26,
  hi: 4e26,
  reference_mid: 2e26,
  threshold: 1e26,
  status: 'foreign',
  status_basis: 'FP-6',
  identity_hash: 'i'.repeat(64),
  detected_at: at('2026-02-02'),
}

const opened: CaseFact = {
  kind: 'opened',
  body: {
    ordinal: 1,
    prong: 1,
    tenants: ['t'],
    findings: [mark],
    regime: TRIAGE.regime,
    time_zone: 'UTC',
    transaction: { at: at('2026-01-20'), basis: 'threshold_crossed', evidence: 'curve' },
    deadline: deadline(TRIAGE.initial, at('2026-01-20'), 'UTC'),
    detected_at: at('2026-02-02'),
    follows: null,
  },
}

const reason = { reason: 'because' }
const certified: CaseFact = {
  kind: 'certified',
  body: { officer: 'O. Fficer', title: 'CCO', statement: 'true and complete' },
}
const knowledge: CaseFact = {
  kind: 'knowledge_established',
  body: {
    knowledge_at: at('2026-02-05'),
    source: 'analyst',
    reason: 'reviewed',
    deadline: deadline(TRIAGE.initial, at('2026-02-05'), 'UTC'),
  },
}

/** The way of a case from its opening to a filed report, actor by actor. */
const TO_FILED: readonly (readonly [CaseFact, string])[] = [
  [opened, 'flopwatch'],
  [{ kind: 'triaged', body: reason }, 'ann'],
  [{ kind: 'investigation_started', body: reason }, 'ann'],
  [{ kind: 'decision_reached', body: reason }, 'ann'],
  [knowledge, 'ann'],
  [{ kind: 'draft_started', body: reason }, 'ann'],
  [{ kind: 'review_requested', body: reason }, 'ann'],
  [certified, 'bob'],
  [{ kind: 'filed', body: { report_id: 'rep-1', external_ref: 'A123456' } }, 'bob'],
]

function chain(facts: readonly (readonly [CaseFact, string])[]): SealedCaseEvent[] {
  const events: SealedCaseEvent[] = []
  for (const [index, [fact, actor]] of facts.entries()) {
    const event: CaseEvent = {
      ...fact,
      case_id: 'case-1',
      group_id: 'grp-1',
      seq: index + 1,
      at: at('2026-02-02') + index,
      actor,
    }
    events.push(sealEvent(event, events.at(-1)?.hash ?? CHAIN_START))
  }
  return events
}

function caseAfter(facts: readonly (readonly [CaseFact, string])[]): Case {
  const found = foldCase(chain(facts))
  if (!found) throw new Error('there is a case')
  return found
}

function tryNext(facts: readonly (readonly [CaseFact, string])[], fact: CaseFact, actor: string) {
  const current = caseAfter(facts)
  const place = { case_id: 'case-1', group_id: 'grp-1', seq: current.seq + 1 }
  return refusal(current, { ...fact, ...place, at: current.updated_at, actor })
}

test('a case walks from its opening to a filed report', () => {
  const found = caseAfter(TO_FILED)
  expect(found).toMatchObject({
    state: 'filed',
    seq: 9,
    preparers: ['ann'],
    filings: [{ report_id: 'rep-1', external_ref: 'A123456' }],
    certification: { officer: 'O. Fficer' },
  })
})

test('both clocks are kept, and the one that runs out first colours the case', () => {
  const found = caseAfter(TO_FILED.slice(0, 5))
  // Transaction 20 January + 15 = 4 February; knowledge 5 February + 15 = 20 February.
  expect(found.clocks.from_transaction.due_date).toBe('2026-02-04')
  expect(found.clocks.from_knowledge?.due_date).toBe('2026-02-20')
  expect(earliestDeadline(found.clocks, false)?.due_date).toBe('2026-02-04')
  const due = found.clocks.from_transaction.due_at
  const colour = (days: number) => deadlineColour(found, due - days * DAY_MS, TRIAGE.rules.colours)
  expect([8, 7, 3, 0, -1].map(colour)).toEqual(['green', 'amber', 'red', 'red', 'overdue'])
  expect(deadlineColour(caseAfter(TO_FILED), due, TRIAGE.rules.colours)).toBe('none')
})

test.each([
  [
    'the preparer does not certify',
    TO_FILED.slice(0, 7),
    certified,
    'ann',
    /other than its preparer/,
  ],
  [
    'who proposes not to file does not approve it',
    TO_FILED.slice(0, 4),
    { kind: 'no_file', body: { reason: 'domestic after all', approver: 'ann' } } as CaseFact,
    'ann',
    /other than who proposes/,
  ],
  [
    'nothing is filed before it is certified',
    TO_FILED.slice(0, 7),
    TO_FILED[8]?.[0] ?? opened,
    'bob',
    /may not follow review/,
  ],
  ['a case is opened once', TO_FILED.slice(0, 1), opened, 'flopwatch', /already open/],
] as const)('%s', (_, facts, fact, actor, words) => {
  expect(tryNext(facts, fact, actor)).toMatch(words)
})

test('a decision on an outdated version is refused', () => {
  const current = caseAfter(TO_FILED.slice(0, 2))
  const place = {
    case_id: 'case-1',
    group_id: 'grp-1',
    seq: 2,
    at: current.updated_at,
    actor: 'ann',
  }
  const event: CaseEvent = { kind: 'investigation_started', body: reason, ...place }
  expect(refusal(current, event)).toContain('version 2')
})

test.each([
  [
    'edited',
    (events: SealedCaseEvent[]) =>
      events.with(2, { ...chain(TO_FILED)[2], actor: 'eve' } as SealedCaseEvent),
    3,
  ],
  ['removed', (events: SealedCaseEvent[]) => events.toSpliced(1, 1), 3],
  [
    'inserted',
    (events: SealedCaseEvent[]) =>
      events.toSpliced(4, 0, { ...(events[3] as SealedCaseEvent), seq: 5 }),
    5,
  ],
  [
    'resealed',
    (events: SealedCaseEvent[]) =>
      events.with(1, sealEvent({ ...(events[1] as SealedCaseEvent), actor: 'eve' }, CHAIN_START)),
    2,
  ],
])('an event that is %s breaks the chain', (_, tamper, seq) => {
  expect(verifyChain(chain(TO_FILED))).toBeNull()
  expect(verifyChain(tamper(chain(TO_FILED)))).toMatchObject({ seq })
})

function plan(latest: Case, marks: FindingMark[]) {
  const group = { group_id: 'grp-1', tenants: ['t'], marks, latest, transactions: new Map() }
  return planGroup(group, TRIAGE, at('2026-03-01')).map(({ fact }) => fact)
}

test('late identity on a filed report becomes an event and a task to correct it', () => {
  const facts = plan(caseAfter(TO_FILED), [{ ...mark, status: 'domestic' }])
  expect(facts.map(fact => fact.kind)).toEqual(['determination_changed', 'correction_needed'])
  const body = facts.find(fact => fact.kind === 'correction_needed')?.body
  // DL-5: 1 March + 15 days.
  expect(body).toMatchObject({ report_id: 'rep-1', deadline: { due_date: '2026-03-16' } })
})

test('before filing the same change is only an event', () => {
  const facts = plan(caseAfter(TO_FILED.slice(0, 3)), [{ ...mark, status: 'domestic' }])
  expect(facts.map(fact => fact.kind)).toEqual(['determination_changed'])
})

test('a declined case stays closed without news and reopens on a material change', () => {
  const declined = caseAfter([
    ...TO_FILED.slice(0, 2),
    [{ kind: 'closed_no_action', body: reason }, 'ann'],
  ])
  expect(plan(declined, [{ ...mark, version: 2, mid: 2.1e26 }])).toEqual([])
  const kinds = plan(declined, [{ ...mark, version: 2, state: 'crossed' }]).map(fact => fact.kind)
  expect(kinds).toEqual(['reopened', 'finding_revised'])
})

test('after a filed case is closed, new compute opens the next one under the second prong', () => {
  const closed = caseAfter([...TO_FILED, [{ kind: 'closed', body: reason }, 'ann']])
  const [fact] = plan(closed, [mark, { ...mark, finding_id: 'fnd-2' }])
  expect(fact).toMatchObject({ kind: 'opened', body: { ordinal: 2, prong: 2, follows: 'case-1' } })
})

test('unknown is never domestic: a case is foreign, else unknown, else domestic', () => {
  const status = (...statuses: FindingMark['status'][]) => {
    const findings = statuses.map((one, index) => ({
      ...mark,
      finding_id: `fnd-${index}`,
      status: one,
    }))
    const found = caseAfter(TO_FILED.slice(0, 1))
    return caseDetermination({ ...found, findings })
  }
  expect(status('domestic', 'unknown', 'foreign')).toBe('foreign')
  expect(status('domestic', 'unknown')).toBe('unknown')
  expect(status('domestic')).toBe('domestic')
  expect(status()).toBe('unknown')
})

test('an event of a kind that follows nothing cannot start a case', () => {
  const [first] = chain([[opened, 'flopwatch']])
  const stray = { ...(first as SealedCaseEvent), kind: 'triaged', body: reason } as SealedCaseEvent
  expect(() => applyEvent(null, stray, stray.hash)).toThrow(RangeError)
})
