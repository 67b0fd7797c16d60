import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBuildNumbers } from '../../../src/domain/build.ts'
import { createAttribute } from '../../../src/stages/attribute.ts'
import { readCases } from '../../../src/stages/cases/ledger.ts'
import { createGroup } from '../../../src/stages/group.ts'
import { createReport } from '../../../src/stages/report.ts'
import { createTriage } from '../../../src/stages/triage.ts'
import { addFindings, addShell, at, type FindingSketch, TRIAGE } from '../../support/case-world.ts'
import { FILER } from '../../support/filer.ts'
import { POLICY } from '../../support/identity.ts'
import { shipped } from '../../support/reference.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

/** What a report says of 1e26 operations; a sketch's bounds are half, once and twice its middle. */

const TENANT = 'shell-x'
let opened: TestStore

beforeEach(async () => {
  opened = await openTestStore()
})
afterEach(() => opened.close())

async function reported(...sketches: Omit<FindingSketch, 'tenants'>[]) {
  const { store } = opened
  await addShell(store, TENANT)
  await addFindings(store, ...sketches.map(sketch => ({ ...sketch, tenants: [TENANT] })))
  const build = createBuildNumbers(() => fakeClock().now())
  await createGroup({ store, build, ownership: POLICY.ownership }).regroup(at('2026-03-02'))
  await createAttribute({ store, policy: POLICY }).determine(at('2026-03-02'))
  await createTriage({ store, policy: TRIAGE }).triage(at('2026-03-02'))
  const regime = shipped.regimes.get('us-iaas-2024')?.regime
  if (!regime) throw new Error('the default regime pack is shipped')
  const stage = createReport({
    store,
    regime,
    filer: FILER,
    catalogueVersion: 'c'.repeat(64),
    renderers: [],
  })
  const [built] = await stage.build(await readCases(store))
  return built?.built.report.thresholds.find(({ id }) => id === 'training_operations')
}

test.each([
  ['presume', 'presumably_met'],
  ['could', 'could_be_met'],
])('a middle of 1.5e26 whose finding says %s: %s', async (state, result) => {
  expect(await reported({ finding_id: 'fnd-a', state, mid: 1.5e26 })).toMatchObject({ result })
})

test('a finding that presumes stands before a larger one that only could', async () => {
  const threshold = await reported(
    { finding_id: 'fnd-large', state: 'could', mid: 1.9e26 },
    { finding_id: 'fnd-sure', state: 'presume', mid: 1.1e26 },
  )
  expect(threshold).toMatchObject({ result: 'presumably_met', of: 'finding fnd-sure' })
})
