import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Case } from '../../../src/domain/case/case.ts'
import { toSqlTime } from '../../../src/domain/window.ts'
import { caseActs, clock, taken, tick, why } from '../../support/case-acts.ts'
import { addFindings, at } from '../../support/case-world.ts'
import { openTestStore, type TestStore } from '../../support/store.ts'

// One store for the file (the engine allows one per process); every test has a tenant of its own.
let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const { act, caseAbout, listRow, present } = caseActs(() => opened.store)
/** Only what the choice of a report looks at. */
function addReport({ case_id, seq, group_id }: Case, version: number, built: string) {
  const report_id = `rep-${case_id.slice(5, 9)}-${version}`
  const row = { report_id, case_id, version, case_seq: seq, group_id, content_hash: 'c' }
  const text = { report_json: '{}', manifest: '{}' }
  return opened.store.append('reports', [{ ...row, built_at: toSqlTime(at(built)), ...text }])
}

async function toCertified(tenant: string): Promise<Case> {
  const found = await caseAbout(tenant)
  for (const action of ['triage', 'investigate']) await taken(act(found, action, 'ann'))
  await taken(act(found, 'decide', 'ann', { reason: 'the parent uses it' }))
  await taken(act(found, 'establish-knowledge', 'ann', { reason: 'read the evidence' }))
  for (const action of ['draft', 'review']) await taken(act(found, action, 'ann'))
  return taken(act(found, 'certify', 'bob'))
}

test('establishing knowledge starts the second clock, in the case and in the list', async () => {
  const found = await caseAbout('act-k')
  const after = await taken(
    act(found, 'establish-knowledge', 'ann', {
      reason: 'the owner confirmed it',
      fields: { knowledge_at: '2026-03-04' },
    }),
  )
  // Day 0 is 4 March; 15 days on is 19 March.
  expect(after.clocks.from_knowledge).toMatchObject({ clock_id: 'DL-1', due_date: '2026-03-19' })
  expect(after.clocks.from_transaction).toEqual(found.clocks.from_transaction)
  expect(await listRow(found)).toMatchObject({
    seq: 2,
    state: 'knowledge_established',
    knowledge_at: at('2026-03-04'),
  })
  expect(await present('act-k')).toEqual(after)
})

test('knowledge lies neither in the future nor in a field that nobody knows', async () => {
  const found = await caseAbout('act-f')
  const establish = (fields: Record<string, string>) =>
    why(act(found, 'establish-knowledge', 'ann', { reason: 'seen', fields }))
  expect(await establish({ knowledge_at: '2026-03-06' })).toContain('lies after the event')
  expect(await establish({ knowledge: '2026-03-04' })).toContain('has no field knowledge')
  expect(await establish({ deadline: '2027-01-01' })).toContain('has no field deadline')
  expect(await establish({ source: 'rumour' })).toContain('source is not valid')
})

test('four eyes: neither who drafted nor who put it up for review certifies, by any spelling', async () => {
  const found = await caseAbout('act-e')
  await taken(act(found, 'establish-knowledge', 'ann', { reason: 'seen' }))
  await taken(act(found, 'draft', 'ann'))
  await taken(act(found, 'review', 'bob'))
  const own = 'refused: a report is certified by someone other than its preparer'
  expect(await why(act(found, 'certify', 'ann'))).toBe(own)
  expect(await why(act(found, 'certify', ' Bob'))).toBe(own)
  expect(await why(act(found, 'certify', 'carol', { fields: { officer: 'ANN' } }))).toBe(own)
  const after = await taken(act(found, 'certify', 'carol', { fields: { title: 'CCO' } }))
  expect(after).toMatchObject({
    state: 'certified',
    preparers: ['ann', 'bob'],
    certification: { officer: 'carol', title: 'CCO', at: clock.now() },
  })
})

test('what the state does not allow is refused, with what it allows; nothing is stored', async () => {
  const found = await caseAbout('act-r')
  const outcome = await act(found, 'certify', 'bob')
  expect(outcome).toMatchObject({
    taken: false,
    cause: 'refused',
    why: 'certified may not follow detected',
  })
  const words = outcome.taken ? [] : outcome.allowed.map(({ word }) => word)
  expect(words).toEqual(['triage', 'establish-knowledge', 'close', 'hold'])
  expect(await why(act(found, 'fly', 'bob'))).toContain('there is no action fly; actions are')
  expect(await why(act(found, 'triage', ' '))).toContain('--by NAME')
  expect(await why(act(found, 'triage', 'flopwatch'))).toContain('not a person')
  expect(await why(act({ ...found, case_id: 'case-0' }, 'triage', 'ann'))).toContain('unknown_case')
  expect(await present('act-r')).toEqual(found)
})

test('closing needs a reason, and not filing a second person', async () => {
  const found = await caseAbout('act-c')
  expect(await why(act(found, 'close', 'ann'))).toBe(
    'refused: reason is missing; give --reason TEXT',
  )
  for (const action of ['triage', 'investigate']) await taken(act(found, action, 'ann'))
  await taken(act(found, 'decide', 'ann', { reason: 'domestic after all' }))
  const decline = (approver: string) =>
    act(found, 'no-file', 'ann', { reason: 'domestic after all', fields: { approver } })
  expect(await why(decline('Ann'))).toContain('someone other than who proposes')
  expect((await taken(decline('bob'))).state).toBe('no_file')
  expect((await listRow(found))?.is_open).toBe(false)
})

test('declared facts join the case, also while the report is drafted', async () => {
  const found = await caseAbout('act-d')
  await taken(act(found, 'establish-knowledge', 'ann', { reason: 'seen' }))
  await taken(act(found, 'draft', 'ann'))
  const declare = (fields: Record<string, string>) => act(found, 'receive-info', 'ann', { fields })
  expect(await why(declare({ weights: 'safe' }))).toContain('weight_protection')
  const after = await taken(declare({ weight_protection: 'encrypted, two keys' }))
  expect(after).toMatchObject({
    state: 'drafting',
    declared: { weight_protection: 'encrypted, two keys' },
  })
})

test('what is filed is a report built since it was certified', async () => {
  const found = await toCertified('act-b')
  expect(await why(act(found, 'file', 'bob'))).toContain('run `flopwatch report')
  await addReport(found, 1, '2026-03-04')
  expect(await why(act(found, 'file', 'bob'))).toContain('certified after its last report')
  expect(await why(act(found, 'file', 'bob', { fields: { report_id: 'rep-x' } }))).toContain(
    'has no report rep-x',
  )
  await addReport(found, 2, '2026-03-05T09:00:00Z')
  const after = await taken(act(found, 'file', 'bob', { fields: { external_ref: 'A123456' } }))
  expect(after.filings).toMatchObject([{ external_ref: 'A123456', prior_report_id: null }])
  // Filed in time: neither of the two clocks to the report runs any more.
  expect(await listRow(found)).toMatchObject({ state: 'filed', next_due: null, next_clock: '' })
  expect((await taken(act(found, 'acknowledge', 'bob'))).state).toBe('acknowledged')
})

test('a finding that changes after filing becomes a correction, filed in place of the report', async () => {
  const found = await toCertified('act-n')
  await addReport(found, 1, '2026-03-05T09:00:00Z')
  const filed = await taken(act(found, 'file', 'bob'))
  await addFindings(opened.store, {
    finding_id: 'fnd-act-n',
    version: 2,
    tenants: ['act-n'],
    mid: 3e26,
  })
  await tick(opened.store, '2026-03-10')
  const changed = await present('act-n')
  // 2e26 to 3e26 is a change by half. DL-5: 10 March + 15 days.
  expect(changed).toMatchObject({
    state: 'correction_needed',
    clocks: { correction: { clock_id: 'DL-5', due_date: '2026-03-25' } },
  })
  expect(await listRow(found)).toMatchObject({ next_clock: 'DL-5' })
  for (const action of ['draft', 'review']) await taken(act(found, action, 'carol'))
  const again = await taken(act(found, 'certify', 'bob'))
  await addReport(again, 2, '2026-03-10')
  const corrected = await taken(act(found, 'file', 'bob'))
  expect(corrected.state).toBe('corrected_filed')
  expect(corrected.clocks.correction).toBeNull()
  expect(corrected.filings.at(-1)?.prior_report_id).toBe(filed.filings[0]?.report_id)
})

test('a question of the authority starts a clock of its own', async () => {
  const found = await toCertified('act-q')
  await addReport(found, 1, '2026-03-05T09:00:00Z')
  await taken(act(found, 'file', 'bob'))
  const time = { at: at('2026-03-06'), reason: 'which site?' }
  const asked = await taken(act(found, 'request-follow-up', 'bob', time))
  // DL-4: 6 March + 15 days.
  expect(asked.clocks.follow_up).toMatchObject({ clock_id: 'DL-4', due_date: '2026-03-21' })
  expect((await taken(act(found, 'answer', 'bob'))).clocks.follow_up).toBeNull()
})
