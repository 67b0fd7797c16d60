import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCases } from '../../../src/stages/cases/ledger.ts'
import { createReport } from '../../../src/stages/report.ts'
import { caseActs, taken } from '../../support/case-acts.ts'
import { FILER } from '../../support/filer.ts'
import { shipped } from '../../support/reference.ts'
import { openTestStore, type TestStore } from '../../support/store.ts'

// One store for the file (the engine allows one per process); every test has a tenant of its own.
let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const { act, caseAbout } = caseActs(() => opened.store)

async function build() {
  const regime = shipped.regimes.get('us-iaas-2024')?.regime
  if (!regime) throw new Error('the default regime pack is shipped')
  const stage = { store: opened.store, regime, filer: FILER, catalogueVersion: 'c', renderers: [] }
  const [built] = await createReport(stage).build(await readCases(opened.store))
  if (!built) throw new Error('the case has a package')
  return built.built
}
test('knowledge, who prepared, who certified and what was filed are in the next version', async () => {
  const found = await caseAbout('act-p')
  await taken(act(found, 'establish-knowledge', 'ann', { reason: 'read' }))
  await taken(act(found, 'draft', 'ann'))
  await taken(act(found, 'receive-info', 'ann', { fields: { weight_protection: 'sealed' } }))
  await taken(act(found, 'review', 'ann'))
  await taken(act(found, 'certify', 'bob', { fields: { title: 'CCO' } }))
  const certified = await build()
  await taken(act(found, 'file', 'bob'))
  const { report } = await build()
  // 5 March + 15 days.
  expect(report.clocks).toMatchObject({
    knowledge_at: '2026-03-05T09:00:00Z',
    from_knowledge: { due_date: '2026-03-20' },
  })
  expect(report.case).toMatchObject({
    preparers: ['ann'],
    certification: { officer: 'bob', title: 'CCO', at: '2026-03-05T09:00:00Z' },
    filings: [{ report_id: certified.report.report_id }],
  })
  // Told of after it was filed, it is still the first report and corrects nothing.
  expect(report).toMatchObject({ report_type: 'initial', prior_report_id: null })
  const byId = new Map(report.fields.map(field => [field.id, field.entries]))
  expect(byId.get('R-B4')?.[0]?.value).toBe('sealed')
  expect(byId.get('R-C14')?.map(entry => entry.value)).toContain('bob, CCO')
})
