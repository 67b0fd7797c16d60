import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkDetectors, checkFixtures, readSuites } from '../../src/commands/check-detectors.ts'
import { lockDetectors } from '../../src/commands/detector-lock.ts'
import { newDetector } from '../../src/commands/detector-new.ts'
import { loadFixtures, runFixture } from '../../src/fixtures/run.ts'
import { runDetector } from '../../src/stages/detect.ts'
import { detectorSource, referenceChips } from '../support/detectors.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

// Each fixture of each detector, in one store: a fixture's tenants carry its name, so they do not
// meet. The detectors run on their own defaults, whatever regime or thresholds a site uses.

const { suites } = readSuites(detectorSource)

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
  const all = suites.flatMap(({ fixtures }) => fixtures)
  await loadFixtures(opened.store, all, referenceChips())
})
afterAll(() => opened.close())

test('folders, lock and minimum sets are in order', () => {
  expect(checkDetectors(detectorSource)).toEqual([])
})

describe.each(suites)('$detector.id', ({ detector, fixtures }) => {
  test.each(fixtures)('$name', async named => {
    const result = await runFixture(opened.store, detector, named, runDetector)
    expect(result.differences).toEqual([])
  })
})

test('a fixture that expects something else says what it got', async () => {
  const suite = suites.find(({ detector }) => detector.id === 'run-operations-threshold')
  const named = suite?.fixtures.find(({ name }) => name === 'hit-crossed')
  if (!suite || !named) throw new Error('the fixture is gone')
  const wrong = {
    ...named,
    fixture: {
      ...named.fixture,
      expect: [
        { subject: 'acme', outcome: 'finding', state: 'could', measured: { mid: '2e26' } } as const,
      ],
    },
  }
  const { differences } = await runFixture(opened.store, suite.detector, wrong, runDetector)
  expect(differences).toEqual([
    'acme: state is crossed, expected could',
    'acme: mid is 2.073600e+26, expected 2e26',
  ])
})

test('the template is a working detector once it is locked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-detectors-'))
  try {
    for (const part of ['_template', 'reference.yaml']) {
      await cp(join(detectorSource.detectorFolder, part), join(folder, part), { recursive: true })
    }
    const source = { ...detectorSource, detectorFolder: folder }
    newDetector(folder, 'copied-template')
    expect(checkDetectors(source).map(({ message }) => message)).toContainEqual(
      'copied-template is not in LOCK.yaml; run `npm run detector:lock`',
    )
    lockDetectors(source)
    expect(checkDetectors(source)).toEqual([])
    expect(await checkFixtures(opened.store, source)).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
