import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBuildNumbers } from '../../../src/domain/build.ts'
import type { Detector, DetectorBundle } from '../../../src/domain/detector.ts'
import { findingId } from '../../../src/domain/finding.ts'
import { DAY_MS } from '../../../src/domain/window.ts'
import { FIXTURE_CATALOGUE, subjectOf, tenantOf } from '../../../src/fixtures/expand.ts'
import { FIXTURE_START } from '../../../src/fixtures/format.ts'
import { loadFixtures } from '../../../src/fixtures/run.ts'
import { createDetect, type Detect } from '../../../src/stages/detect.ts'
import { defaultDetector, fixtureOf, referenceChips } from '../../support/detectors.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

const ceiling = defaultDetector('entity-rolling-ceiling')
const linked = defaultDetector('linked-entity-aggregate')
const clock = fakeClock()
const builds = createBuildNumbers(clock.now)
const silent = () => undefined
const logger = { debug: silent, info: silent, warn: silent, error: silent }

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore(clock)
})
afterAll(() => opened.close())

function detectWith(...detectors: Detector[]): Detect {
  const catalogue: DetectorBundle = { detectors, hash: detectors.map(({ id }) => id).join() }
  const settings = { finding_restate_ratio: 0.05 }
  const judged = { catalogue, catalogueVersion: FIXTURE_CATALOGUE, settings }
  return createDetect({ store: opened.store, clock, logger, builds, ...judged })
}

const day = (count: number): number => FIXTURE_START + count * DAY_MS

async function given(name: string, usage: object[], groups: string[][] = []) {
  const named = fixtureOf(name, { usage, groups })
  await loadFixtures(opened.store, [named], referenceChips())
  clock.set(clock.now() + 1000)
  return named
}

const versions = async (detector: Detector, subject: string) => {
  const finding_id = findingId(detector.id, detector.definition.subject, subject)
  const rows = await opened.store.query('evidence-finding', { finding_id })
  return rows.map(({ version, state, measured_mid }) => ({ version, state, measured_mid }))
}

test('raised once, silent without news, restated when it moves or rises, withdrawn when it ends', async () => {
  const usage = (accelerators: number) => [{ tenant: 'a', accelerators, days: 60 }]
  const named = await given('history', usage(30_000))
  const tenant = tenantOf(named, 'a')
  const detect = detectWith(ceiling)

  expect(await detect.evaluate(day(60), [tenant])).toMatchObject({ evaluated: 1, raised: 1 })
  expect(await detect.evaluate(day(60), [tenant])).toMatchObject({ raised: 0, restated: 0 })

  // 30,000 → 31,000 is 3.3 %, below the 5 % that are worth a version; 33,000 is 10 %
  await given('history', usage(31_000))
  expect(await detect.evaluate(day(60), [tenant])).toMatchObject({ raised: 0, restated: 0 })
  await given('history', usage(33_000))
  expect(await detect.evaluate(day(60), [tenant])).toMatchObject({ restated: 1 })
  // 60,000 × 60 d × 86,400 s × 0.4e15 = 1.24416e26: the middle passes
  await given('history', usage(60_000))
  expect(await detect.evaluate(day(60), [tenant])).toMatchObject({ restated: 1 })
  await given('history', usage(1000))
  expect(await detect.evaluate(day(60), [tenant])).toMatchObject({ withdrawn: 1 })
  expect(await detect.evaluate(day(60), [tenant])).toMatchObject({ withdrawn: 0 })

  const seen = await versions(ceiling, tenant)
  expect(seen.map(({ state }) => state)).toEqual(['could', 'could', 'presume', 'withdrawn'])
  expect(seen.map(({ version }) => version)).toEqual([1, 2, 3, 4])
  expect(seen[3]?.measured_mid).toBeCloseTo(2.0736e24, -18)
})

test('a changed parameter restates a finding even when nothing moved', async () => {
  const named = await given('tuned', [{ tenant: 'a', accelerators: 30_000, days: 60 }])
  const tenant = tenantOf(named, 'a')
  await detectWith(ceiling).evaluate(day(60), [tenant])
  const window = ceiling.parameters['window_days']
  if (!window) throw new Error('no window')
  const parameters = { ...ceiling.parameters, window_days: { ...window, value: '300' } }
  const summary = await detectWith({ ...ceiling, parameters }).evaluate(day(60), [tenant])
  expect(summary).toMatchObject({ raised: 0, restated: 1 })
})

test('a detector of hourly cadence answers when everything is looked at, not for single tenants', async () => {
  const named = await given('hourly', [{ tenant: 'a', accelerators: 30_000, days: 60 }])
  const definition = { ...ceiling.definition, cadence: 'hour' as const }
  const detect = detectWith({ ...ceiling, definition })
  const quick = await detect.evaluate(day(60), [tenantOf(named, 'a')])
  expect(quick).toMatchObject({ evaluated: 0, raised: 0 })
  const whole = await detect.evaluate(day(60), null)
  expect(whole.evaluated).toBeGreaterThan(0)
  expect(await versions(ceiling, tenantOf(named, 'a'))).toMatchObject([{ state: 'could' }])
})

test('one dirty member brings its whole group into the answer', async () => {
  const named = await given(
    'family',
    ['a', 'b'].map(tenant => ({ tenant, accelerators: 24_000, days: 60 })),
    [['a', 'b']],
  )
  const group = subjectOf(named, 'group', 'a')
  await detectWith(linked).evaluate(day(60), [tenantOf(named, 'b')])
  // 2 × 24,000 × 60 d × 86,400 s × 0.4e15 = 9.95328e25; hi is twice that
  expect(await versions(linked, group)).toMatchObject([{ version: 1, state: 'could' }])
})

test('a subject that is gone has its finding withdrawn', async () => {
  const named = await given(
    'parting',
    ['a', 'b'].map(tenant => ({ tenant, accelerators: 24_000, days: 60 })),
    [['a', 'b']],
  )
  const tenants = ['a', 'b'].map(tenant => tenantOf(named, tenant))
  await detectWith(linked).evaluate(day(60), tenants)
  await opened.store.append(
    'group_members',
    tenants.map(tenant_id => ({ group_id: '', tenant_id, links: '', build: 2, is_deleted: 1 })),
  )
  expect(await detectWith(linked).evaluate(day(60), tenants)).toMatchObject({ withdrawn: 1 })
  const group = subjectOf(named, 'group', 'a')
  expect((await versions(linked, group)).map(({ state }) => state)).toEqual(['could', 'withdrawn'])
})

test('a detector that throws fails alone, keeps its findings and settles when it works again', async () => {
  const named = await given('broken', [{ tenant: 'a', accelerators: 30_000, days: 60 }])
  const tenant = tenantOf(named, 'a')
  await detectWith(ceiling).evaluate(day(60), [tenant])
  const band = { bound: 'mid', passes: 'operations_max', state: 'could', severity: 'low' } as const
  const also = [{ figure: 'no_such_figure', passes: 'window_days' }]
  const broken: Detector = {
    ...ceiling,
    definition: { ...ceiling.definition, bands: [{ ...band, bound: 'hi', also }] },
  }
  const summary = await detectWith(broken, linked).evaluate(day(60), [tenant])
  expect(summary.failed.map(({ detector_id }) => detector_id)).toEqual([ceiling.id])
  expect(summary).toMatchObject({ evaluated: 1, withdrawn: 0 })
  const open = () => opened.store.query('outcomes-unsettled', { limit: 10 })
  expect(await open()).toMatchObject([{ detector_id: ceiling.id, kind: 'failed' }])

  clock.set(clock.now() + 1000)
  await detectWith(ceiling).evaluate(day(60), [tenant])
  expect(await open()).toEqual([])
})

test('a retired detector withdraws what it had found', async () => {
  const named = await given('retired', [{ tenant: 'a', accelerators: 30_000, days: 60 }])
  const tenant = tenantOf(named, 'a')
  await detectWith(ceiling).evaluate(day(60), [tenant])
  const retired: Detector = {
    ...ceiling,
    definition: { ...ceiling.definition, status: 'retired' },
  }
  expect(await detectWith(retired).evaluate(day(60), [tenant])).toMatchObject({ withdrawn: 1 })
})

test('nothing dirty asks nothing', async () => {
  expect(await detectWith(ceiling).evaluate(day(60), [])).toMatchObject({ evaluated: 0 })
})
