import { join } from 'node:path'
import type { CatalogueSource } from '../../src/catalogue.ts'
import { loadCatalogue } from '../../src/catalogue.ts'
import { NO_REGIME } from '../../src/commands/check-detectors.ts'
import type { Detector } from '../../src/domain/detector.ts'
import { readReference } from '../../src/fixture-files.ts'
import { fixtureSchema, type NamedFixture, type Reference } from '../../src/fixtures/format.ts'
import { projectFolder } from './store.ts'

/** The project's detectors on their own defaults, as their fixtures use them. */
export const detectorSource: CatalogueSource = {
  detectorFolder: join(projectFolder, 'detectors'),
  featureFolder: join(projectFolder, 'sql/features'),
  thresholdsFile: null,
  regime: NO_REGIME,
}

export function defaultDetector(id: string): Detector {
  const found = loadCatalogue(detectorSource).bundle.detectors.find(detector => detector.id === id)
  if (!found) throw new Error(`no detector ${id}`)
  return found
}

export function referenceChips(): Reference {
  const { reference } = readReference(detectorSource.detectorFolder)
  if (!reference) throw new Error('detectors/reference.yaml does not load')
  return reference
}

/** A fixture written in a test; `given` as in a fixture file. */
export function fixtureOf(name: string, given: object): NamedFixture {
  const expect = [{ subject: 'any', outcome: 'clear' }]
  const fixture = fixtureSchema.parse({ why: 'written in a test', given, expect })
  return { detector: 'test', name, file: 'test', fixture }
}
