import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Catalogue, catalogueFaults, catalogueFile } from './domain/accelerator.ts'
import {
  type Calibration,
  calibrationFaults,
  calibrationFile,
  NO_CALIBRATION,
} from './domain/calibration.ts'
import { contentDigest } from './domain/canonical.ts'
import { type Estimation, estimationFaults, estimationFile } from './domain/estimation.ts'
import { Fault } from './domain/fault.ts'
import {
  createJurisdictions,
  type Jurisdictions,
  jurisdictionFaults,
  jurisdictionsFile,
} from './domain/jurisdiction.ts'
import { type ReferenceRows, referenceRows } from './domain/reference.ts'
import { type Regime, regimeFaults, regimeFile } from './domain/regime.ts'
import { type SkusFile, skuFaults, skusFile } from './domain/sku.ts'
import { type WorkloadWeights, workloadClassFile } from './domain/workload-class.ts'
import { type ConfigFault, readYaml } from './yaml-file.ts'

/**
 * Reads the reference files of `config/`: accelerators, estimation priors, calibration,
 * weights of the workload class, SKUs, regime packs and jurisdictions. All or nothing, with every fault at once. Settings and detectors load elsewhere.
 */

export interface LoadedRegime {
  readonly regime: Regime
  readonly hash: string
}

export interface ReferenceData {
  /** Names the content: equal rows have equal versions, whatever the files' layout. */
  readonly version: string
  readonly catalogue: Catalogue
  readonly estimation: Estimation
  readonly calibration: Calibration
  /** Not among the rows: nothing in the store may come to rest on it. */
  readonly workload: WorkloadWeights
  readonly skus: SkusFile
  /** By regime id. */
  readonly regimes: ReadonlyMap<string, LoadedRegime>
  readonly jurisdictions: Jurisdictions
  /** What goes into the store under `version`. */
  readonly rows: ReferenceRows
}

/** Throws CONFIG_INVALID that names the first fault and how many there are. */
export function openReference(configFolder: string): ReferenceData {
  const { reference, faults } = loadReference(configFolder)
  if (reference) return reference
  const [first] = faults
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
  const where = first ? `${first.file}:${first.line}: ${first.message}` : configFolder
  throw new Fault('CONFIG_INVALID', `${where}${more}`)
}

export function loadReference(configFolder: string): {
  reference: ReferenceData | null
  faults: readonly ConfigFault[]
} {
  const accelerators = readAccelerators(configFolder)
  const catalogue = accelerators.value
  const estimation = readEstimation(configFolder, catalogue)
  const calibration = readCalibration(configFolder, catalogue)
  const skus = readSkus(configFolder, catalogue)
  const workload = readYaml(join(configFolder, 'workload-class.yaml'), workloadClassFile)
  const jurisdictions = readJurisdictions(configFolder)
  const regimes = readRegimes(configFolder)
  const files = [accelerators, estimation, calibration, workload, skus, jurisdictions, regimes]
  const faults = files.flatMap(file => file.faults)
  if (!catalogue || !estimation.value || !workload.value || !skus.value || !jurisdictions.value) {
    return { reference: null, faults }
  }
  if (faults.length > 0) return { reference: null, faults }
  const fits = calibration.value ?? NO_CALIBRATION
  const rows = referenceRows(catalogue, estimation.value, skus.value, fits)
  const reference = {
    version: `ref-${contentDigest({ ...rows }).slice(0, 16)}`,
    catalogue,
    estimation: estimation.value,
    calibration: fits,
    workload: workload.value,
    skus: skus.value,
    regimes: regimes.value,
    jurisdictions: createJurisdictions(jurisdictions.value),
    rows,
  }
  return { reference, faults }
}

interface Loaded<T> {
  readonly value: T
  readonly faults: readonly ConfigFault[]
}

function readAccelerators(folder: string): Loaded<Catalogue | null> {
  const file = join(folder, 'accelerators.yaml')
  const { value, faults, lineOf } = readYaml(file, catalogueFile)
  const more = value ? catalogueFaults(value) : []
  const later = more.map(({ index, message }) => ({
    file,
    line: lineOf(['accelerators', index]),
    message,
  }))
  return { value, faults: [...faults, ...later] }
}

function readEstimation(folder: string, catalogue: Catalogue | null): Loaded<Estimation | null> {
  const file = join(folder, 'estimation.yaml')
  const { value, faults, lineOf } = readYaml(file, estimationFile)
  const more = value && catalogue ? estimationFaults(value, catalogue) : []
  const line = lineOf(['precision'])
  return { value, faults: [...faults, ...more.map(message => ({ file, line, message }))] }
}

/** A provider that never calibrated need not have the file. */
function readCalibration(folder: string, catalogue: Catalogue | null): Loaded<Calibration | null> {
  const file = join(folder, 'calibration.yaml')
  if (!existsSync(file)) return { value: NO_CALIBRATION, faults: [] }
  const { value, faults, lineOf } = readYaml(file, calibrationFile)
  const more = value && catalogue ? calibrationFaults(value, catalogue) : []
  const line = lineOf(['fits'])
  return { value, faults: [...faults, ...more.map(message => ({ file, line, message }))] }
}

function readSkus(folder: string, catalogue: Catalogue | null): Loaded<SkusFile | null> {
  const file = join(folder, 'skus.yaml')
  const { value, faults, lineOf } = readYaml(file, skusFile)
  const more = value && catalogue ? skuFaults(value, catalogue) : []
  const later = more.map(({ provider, sku, message }) => ({
    file,
    line: lineOf(['providers', provider, 'skus', sku]),
    message,
  }))
  return { value, faults: [...faults, ...later] }
}

function readJurisdictions(folder: string) {
  const file = join(folder, 'jurisdictions.yaml')
  const { value, faults } = readYaml(file, jurisdictionsFile)
  const more = value ? jurisdictionFaults(value) : []
  return { value, faults: [...faults, ...more.map(message => ({ file, line: 1, message }))] }
}

function readRegimes(folder: string): Loaded<ReadonlyMap<string, LoadedRegime>> {
  const packs = join(folder, 'regimes')
  const read = listYaml(packs).map(name => {
    const file = join(packs, name)
    const { value, faults } = readYaml(file, regimeFile)
    const id = basename(name, '.yaml')
    const renamed = value && value.id !== id ? [`id: must be ${id}, like the file's name`] : []
    const more = value ? [...renamed, ...regimeFaults(value)] : []
    return {
      loaded: value ? [[id, { regime: value, hash: contentDigest({ ...value }) }] as const] : [],
      faults: [...faults, ...more.map(message => ({ file, line: 1, message }))],
    }
  })
  const none = read.length === 0 ? [{ file: packs, line: 1, message: 'has no regime pack' }] : []
  return {
    value: new Map(read.flatMap(pack => pack.loaded)),
    faults: [...none, ...read.flatMap(pack => pack.faults)],
  }
}

function listYaml(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.yaml'))
      .sort()
  } catch {
    return []
  }
}
