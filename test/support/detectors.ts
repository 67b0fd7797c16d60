import { join } from 'node:path'
import { loadCatalogue } from '../../src/catalogue.ts'
import type { DetectorBundle, RegimeThresholds } from '../../src/domain/detector.ts'
import { projectFolder } from './store.ts'

export const detectorFolder = join(projectFolder, 'detectors')
export const featureFolder = join(projectFolder, 'sql/features')

/** Detectors on their own defaults: what fixtures are written against. */
export const NO_REGIME: RegimeThresholds = { id: 'none', hash: '', thresholds: {} }

export function defaultBundle(): DetectorBundle {
  const source = { detectorFolder, featureFolder, thresholdsFile: null, regime: NO_REGIME }
  return loadCatalogue(source).bundle
}
