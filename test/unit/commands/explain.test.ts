import { afterAll, beforeAll, expect, test } from 'vitest'
import { explainCommand } from '../../../src/commands/explain.ts'
import { createBuildNumbers } from '../../../src/domain/build.ts'
import { findingId } from '../../../src/domain/finding.ts'
import { DAY_MS } from '../../../src/domain/window.ts'
import { FIXTURE_CATALOGUE, subjectOf, tenantOf } from '../../../src/fixtures/expand.ts'
import { FIXTURE_START } from '../../../src/fixtures/format.ts'
import { loadFixtures } from '../../../src/fixtures/run.ts'
import { createClassify } from '../../../src/stages/classify.ts'
import { createDetect } from '../../../src/stages/detect.ts'
import { defaultDetector, fixtureOf, referenceChips } from '../../support/detectors.ts'
import { shipped } from '../../support/reference.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

const run = defaultDetector('run-operations-threshold')
const named = fixtureOf('explain', {
  usage: [{ tenant: 'acme', accelerators: 30_000, days: 60, run: true }],
})
const tenant = tenantOf(named, 'acme')
const id = findingId(run.id, 'run', subjectOf(named, 'run', 'acme'))

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
  await loadFixtures(opened.store, [named], referenceChips())
  const sample = { tenant_id: tenant, interval_s: 60, accelerator: 'round-h', version: '1' }
  await opened.store.append('samples', [
    {
      ...sample,
      hour: '2026-01-01 00:00:00',
      device_id: 'd1',
      time: '2026-01-01 00:01:00',
      batch_id: 'b1',
    },
    {
      ...sample,
      hour: '2026-01-01 00:00:00',
      device_id: 'd1',
      time: '2026-01-01 00:02:00',
      batch_id: 'b1',
    },
    {
      ...sample,
      hour: '2026-01-01 00:00:00',
      device_id: 'd2',
      time: '2026-01-01 00:01:00',
      batch_id: 'b2',
    },
  ])
  const silent = () => undefined
  const detect = createDetect({
    store: opened.store,
    clock: fakeClock(),
    builds: createBuildNumbers(() => 1),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    catalogue: { detectors: [run], hash: 'bundle-hash' },
    catalogueVersion: FIXTURE_CATALOGUE,
    settings: { finding_restate_ratio: 0.05 },
  })
  await detect.evaluate(FIXTURE_START + 60 * DAY_MS, [tenant])
})
afterAll(() => opened.close())

async function explain(finding: string, json: boolean): Promise<string> {
  const printed: string[] = []
  const print = (text: string) => printed.push(text)
  const classify = createClassify(opened.store, shipped.workload, FIXTURE_CATALOGUE)
  await explainCommand({ print, store: opened.store, classify }, finding, { json })
  return printed.join('\n')
}

test('the tree leads from the finding to its rule, measure, run, hours and batches', async () => {
  const lines = (await explain(id, false)).split('\n')
  expect(lines[0]).toContain(`${id}  run-operations-threshold: could, medium (run run-`)
  const text = lines.join('\n')
  expect(text).toContain('operations_max = 1e26 operations (strict); default')
  // 30,000 × 60 d × 86,400 s × 0.4e15 = 6.2208e25, twofold either way
  expect(text).toContain(
    'measured 6.221e25 (3.110e25 to 1.244e26) operations against 1.000e26, 2026-01-01T00:00:00.000Z to 2026-03-02T00:00:00.000Z',
  )
  expect(text).toContain('1440 hours on round-h by T2: 4.320e7 device-hours seen, 0 dark')
  expect(lines.at(-3)).toBe('   └─ 3 samples in 2 batches')
  expect(lines.at(-2)).toBe('      ├─ batch b1 from unknown: 2 samples, 1 devices')
})

test('JSON carries the same parts', async () => {
  const parts = JSON.parse(await explain(id, true))
  expect(parts).toMatchObject({ runs: [{ tenant_id: tenant }], hours: [{ hours: 1440 }] })
})

test('an id that no finding has is said to be unknown', async () => {
  await expect(explain('fnd-0', false)).rejects.toThrow('there is no finding fnd-0')
})
