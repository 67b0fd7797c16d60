import { type CatalogueSource, loadCatalogue } from '../catalogue.ts'
import type { Detector, RegimeThresholds } from '../domain/detector.ts'
import { readFixtures, readReference } from '../fixture-files.ts'
import type { NamedFixture, Reference } from '../fixtures/format.ts'
import { loadFixtures, missingFixtures, runFixture } from '../fixtures/run.ts'
import type { Store } from '../ports/store.ts'
import { runDetector } from '../stages/detect.ts'
import type { ConfigFault } from '../yaml-file.ts'

/**
 * The half of `flopwatch check` that is about `detectors/`: folders, thresholds, lock, the minimum
 * set of fixtures, and, given a scratch store, that every fixture comes out as it says.
 */

/** Fixtures are written against the detectors' own defaults, whatever regime a site uses. */
export const NO_REGIME: RegimeThresholds = { id: 'none', hash: '', thresholds: {} }

export interface FixtureSuite {
  readonly detector: Detector
  readonly fixtures: readonly NamedFixture[]
}

/** Reads everything and runs nothing. */
export function checkDetectors(source: CatalogueSource): ConfigFault[] {
  const { suites, faults } = readSuites(source)
  const incomplete = suites.flatMap(({ detector, fixtures }) =>
    missingFixtures(detector, fixtures).map(message => ({
      file: `${source.detectorFolder}/${detector.id}/detector.yaml`,
      line: 1,
      message,
    })),
  )
  return [...loadCatalogue(source).faults, ...faults, ...incomplete]
}

/** Runs every fixture in a store that holds nothing else and is thrown away after. */
export async function checkFixtures(store: Store, source: CatalogueSource): Promise<ConfigFault[]> {
  const { suites, reference } = readSuites(source)
  if (reference === null) return []
  const all = suites.flatMap(({ fixtures }) => fixtures)
  await loadFixtures(store, all, reference)
  const faults: ConfigFault[] = []
  for (const { detector, fixtures } of suites) {
    for (const named of fixtures) {
      const { differences } = await runFixture(store, detector, named, runDetector)
      faults.push(...differences.map(message => ({ file: named.file, line: 1, message })))
    }
  }
  return faults
}

/** Every detector with its fixtures, on defaults alone. */
export function readSuites(source: CatalogueSource): {
  suites: FixtureSuite[]
  reference: Reference | null
  faults: ConfigFault[]
} {
  const { bundle } = loadCatalogue({ ...source, thresholdsFile: null, regime: NO_REGIME })
  const { reference, faults } = readReference(source.detectorFolder)
  const read = bundle.detectors.map(detector => {
    const found = readFixtures(source.detectorFolder, detector.id)
    return { suite: { detector, fixtures: found.fixtures }, faults: found.faults }
  })
  return {
    suites: read.map(({ suite }) => suite),
    reference,
    faults: [...faults, ...read.flatMap(one => one.faults)],
  }
}
