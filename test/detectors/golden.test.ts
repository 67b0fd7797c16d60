import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/catalogue.ts'
import { readFixtures, readReference } from '../../src/fixture-files.ts'
import { loadFixtures, missingFixtures, runFixture } from '../../src/fixtures/run.ts'
import { runDetector } from '../../src/stages/detect.ts'
import { detectorFolder, featureFolder, NO_REGIME } from '../support/detectors.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

// Each fixture of each detector, in one store: a fixture's tenants carry its name, so they do not
// meet. The detectors run on their own defaults, whatever regime or thresholds a site uses.

const source = { detectorFolder, featureFolder, thresholdsFile: null, regime: NO_REGIME }
const { bundle, faults } = loadCatalogue(source)
const { reference } = readReference(detectorFolder)
const suites = bundle.detectors.map(detector => ({
  detector,
  ...readFixtures(detectorFolder, detector.id),
}))

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
  if (reference === null) throw new Error('detectors/reference.yaml does not load')
  const all = suites.flatMap(({ fixtures }) => fixtures)
  await loadFixtures(opened.store, all, reference)
})
afterAll(() => opened.close())

test('the folders load, and LOCK.yaml names exactly what they hold', () => {
  expect(faults).toEqual([])
})

describe.each(suites)('$detector.id', ({ detector, fixtures, faults: broken }) => {
  test('has the minimum set of fixtures', () => {
    expect(broken).toEqual([])
    expect(missingFixtures(detector, fixtures)).toEqual([])
  })

  test.each(fixtures)('$name', async named => {
    const result = await runFixture(opened.store, detector, named, runDetector)
    expect(result.differences).toEqual([])
  })
})
