import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Case } from '../../../../src/domain/case/case.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { actOnCase } from '../../../../src/stages/case-action.ts'
import { appendToCases } from '../../../../src/stages/cases/ledger.ts'
import { createTriage } from '../../../../src/stages/triage.ts'
import { caseActs, clock, policy, taken, tick, why } from '../../../support/case-acts.ts'
import { addFindings, at, TRIAGE } from '../../../support/case-world.ts'
import { openTestStore, type TestStore } from '../../../support/store.ts'

// One store for the file (the engine allows one per process); every test has a tenant of its own.
let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const { act, caseAbout, listRow, present } = caseActs(() => opened.store)
test('who decided on an older version is refused; of two at once only one is stored', async () => {
  const found = await caseAbout('act-s')
  await taken(act(found, 'triage', 'ann', { seen: 1 }))
  expect(await why(act(found, 'investigate', 'bob', { seen: 1 }))).toBe(
    'moved_on: the case moved on: it is at version 2, not 1; look at it again and decide anew',
  )
  const both = await Promise.all([
    act(found, 'investigate', 'ann'),
    act(found, 'investigate', 'bob'),
  ])
  expect(both.filter(outcome => outcome.taken)).toHaveLength(1)
  expect(both.find(outcome => !outcome.taken)).toMatchObject({ cause: 'moved_on' })
  expect((await present('act-s')).seq).toBe(3)
})

test('a tick that somebody overtakes begins anew and loses nothing', async () => {
  const found = await caseAbout('act-o')
  const { store } = opened
  await addFindings(store, {
    finding_id: 'fnd-act-o',
    version: 2,
    tenants: ['act-o'],
    state: 'crossed',
  })
  let overtaken = false
  const slow: Store = {
    ...store,
    query: async (name, params) => {
      const rows = await store.query(name, params)
      if (name === 'findings-standing' && !overtaken) {
        overtaken = true
        await taken(act(found, 'triage', 'ann'))
      }
      return rows
    },
  }
  await createTriage({ store: slow, policy: TRIAGE }).triage(at('2026-03-06'))
  const events = await store.query('case-events-all', { cases: [found.case_id], limit: 100 })
  expect(events.map(event => event.kind)).toEqual(['opened', 'triaged', 'finding_revised'])
})

test('a list row that a crash kept back is written by the next tick, which adds no event', async () => {
  const found = await caseAbout('act-l')
  const { store } = opened
  const crash = new Error('the process died')
  const dying: Store = {
    ...store,
    append: (table, rows) =>
      table === 'cases' ? Promise.reject(crash) : store.append(table, rows),
  }
  const request = { case_id: found.case_id, action: 'triage', by: 'ann' }
  await expect(actOnCase({ store: dying, clock, policy }, request)).rejects.toBe(crash)
  expect(await present('act-l')).toMatchObject({ seq: 2, state: 'triage' })
  expect(await listRow(found)).toMatchObject({ seq: 1, state: 'detected' })
  expect(await tick(store, '2026-03-06')).toMatchObject({ events: 0 })
  expect(await listRow(found)).toMatchObject({ seq: 2, state: 'triage' })
})

test('nothing is appended when one of several cases moved on', async () => {
  const [one, other] = [await caseAbout('act-1'), await caseAbout('act-2')]
  const draft = (before: Case) => ({ before, events: [], after: before })
  const stale = { ...draft(other), before: { ...other, void_events: 1 } }
  expect(await appendToCases(opened.store, [draft(one), stale])).toEqual([other.case_id])
  expect(await appendToCases(opened.store, [draft(one), draft(other)])).toEqual([])
})
