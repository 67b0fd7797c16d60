import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { canonicalJson, sha256Hex } from './domain/canonical.ts'
import {
  type Detector,
  type DetectorBundle,
  type DetectorDefinition,
  detectorProblems,
  detectorSchema,
  type EffectiveParameter,
  type Override,
  type Parameter,
  type RegimeThresholds,
  rangeProblem,
  thresholdsSchema,
} from './domain/detector.ts'
import { Fault } from './domain/fault.ts'
import { type ConfigFault, readYaml } from './yaml-file.ts'

/**
 * Loads the detector folders, settles every parameter (default, then regime pack, then the
 * analysts' thresholds) and freezes the result under one hash. All or nothing: a bundle with one
 * fault is not used.
 */

export interface CatalogueSource {
  readonly detectorFolder: string
  /** Features' SQL is part of a rule: a change there is a change of the detectors that use it. */
  readonly featureFolder: string
  /** `config/thresholds.yaml`, or null to run on defaults and regime alone (fixtures do). */
  readonly thresholdsFile: string | null
  readonly regime: RegimeThresholds
}

/** A folder as read: what the file says, and the hash of the rule. */
export interface DetectorFolder {
  readonly id: string
  readonly file: string
  readonly definition: DetectorDefinition
  readonly hash: string
  lineOf(path: readonly (string | number)[]): number
}

const lockSchema = z.record(
  z.string(),
  z.strictObject({ version: z.int().positive(), hash: z.string().length(64) }),
)
export type Lock = z.output<typeof lockSchema>

/** Throws DETECTOR_INVALID that names the first fault and how many there are. */
export function openCatalogue(source: CatalogueSource): DetectorBundle {
  const { bundle, faults } = loadCatalogue(source)
  const [first] = faults
  if (!first) return bundle
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
  throw new Fault('DETECTOR_INVALID', `${first.file}:${first.line}: ${first.message}${more}`)
}

/** Everything that is wrong at once; the bundle holds the detectors that are right. */
export function loadCatalogue(source: CatalogueSource): {
  bundle: DetectorBundle
  faults: readonly ConfigFault[]
} {
  const { folders, faults } = readDetectorFolders(source)
  const lock = readLock(source.detectorFolder)
  const overrides = readOverrides(source.thresholdsFile, folders)
  const settled = folders.map(folder => {
    const locked = lock.value[folder.id]
    const parameters = settleParameters(folder, source.regime, overrides.value)
    const detector: Detector = {
      id: folder.id,
      version: locked?.version ?? 0,
      hash: folder.hash,
      definition: folder.definition,
      parameters: parameters.value,
    }
    return { detector, faults: [...parameters.faults, ...lockFaults(folder, locked?.hash)] }
  })
  const detectors = settled.map(({ detector }) => detector)
  return {
    bundle: { detectors, hash: bundleHash(detectors, source.regime) },
    faults: [...faults, ...lock.faults, ...overrides.faults, ...settled.flatMap(one => one.faults)],
  }
}

/** Folder names are detector ids; a leading underscore marks the template. */
export function readDetectorFolders(
  source: Pick<CatalogueSource, 'detectorFolder' | 'featureFolder'>,
): { folders: DetectorFolder[]; faults: ConfigFault[] } {
  const ids = readdirSync(source.detectorFolder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(entry => entry.name)
    .sort()
  const read = ids.map(id => readDetectorFolder(id, source))
  return {
    folders: read.flatMap(({ folder }) => (folder ? [folder] : [])),
    faults: read.flatMap(({ faults }) => faults),
  }
}

function readDetectorFolder(
  id: string,
  source: Pick<CatalogueSource, 'detectorFolder' | 'featureFolder'>,
): { folder: DetectorFolder | null; faults: ConfigFault[] } {
  const file = join(source.detectorFolder, id, 'detector.yaml')
  const { value: definition, text, faults, lineOf } = readYaml(file, detectorSchema)
  if (!definition) return { folder: null, faults: [...faults] }
  const sqlFile =
    definition.kind === 'query'
      ? join(source.detectorFolder, id, 'query.sql')
      : join(source.featureFolder, `${definition.feature}.sql`)
  const sql = readOptional(sqlFile)
  const problems = detectorProblems(definition).map(({ path, message }) => ({
    file,
    line: lineOf(path),
    message: `${path.join('.')}: ${message}`,
  }))
  if (sql === null) problems.push({ file: sqlFile, line: 1, message: 'the SQL file is missing' })
  const hash = sha256Hex([text, sql ?? ''].join('\u0000'))
  return { folder: { id, file, definition, hash, lineOf }, faults: problems }
}

export function lockFile(detectorFolder: string): string {
  return join(detectorFolder, 'LOCK.yaml')
}

export function readLock(detectorFolder: string): { value: Lock; faults: readonly ConfigFault[] } {
  const { value, faults } = readYaml(lockFile(detectorFolder), lockSchema)
  return { value: value ?? {}, faults }
}

function lockFaults(folder: DetectorFolder, lockedHash: string | undefined): ConfigFault[] {
  if (lockedHash === folder.hash) return []
  const what = lockedHash === undefined ? 'is not in LOCK.yaml' : 'differs from LOCK.yaml'
  const message = `${folder.id} ${what}; run \`npm run detector:lock\``
  return [{ file: folder.file, line: 1, message }]
}

function readOverrides(file: string | null, folders: readonly DetectorFolder[]) {
  if (file === null) return { value: [], faults: [] }
  const { value, faults, lineOf } = readYaml(file, thresholdsSchema)
  const overrides = value?.overrides ?? []
  const problems = overrides.flatMap((override, index) => {
    const message = overrideProblem(override, folders)
    return message ? [{ file, line: lineOf(['overrides', index]), message }] : []
  })
  return { value: overrides, faults: [...faults, ...problems] }
}

function overrideProblem(override: Override, folders: readonly DetectorFolder[]): string | null {
  const folder = folders.find(({ id }) => id === override.detector)
  if (!folder) return `there is no detector ${override.detector}`
  const parameter = folder.definition.parameters[override.parameter]
  if (!parameter) return `${override.detector} has no parameter ${override.parameter}`
  const problem = rangeProblem(override.value, parameter)
  return problem && `${override.detector}.${override.parameter}: ${problem}`
}

function settleParameters(
  folder: DetectorFolder,
  regime: RegimeThresholds,
  overrides: readonly Override[],
) {
  const faults: ConfigFault[] = []
  const value: Record<string, EffectiveParameter> = {}
  for (const [name, parameter] of Object.entries(folder.definition.parameters)) {
    const settled = settleParameter(parameter, regime)
    const override = overrides.findLast(
      candidate => candidate.detector === folder.id && candidate.parameter === name,
    )
    value[name] = override
      ? { ...settled, value: override.value, origin: overrideOrigin(override) }
      : settled
    const problem = rangeProblem(value[name].value, parameter)
    if (!problem) continue
    const line = folder.lineOf(['parameters', name])
    faults.push({
      file: folder.file,
      line,
      message: `${name} from ${value[name].origin}: ${problem}`,
    })
  }
  return { value, faults }
}

/** A regime that has no threshold of the name leaves the detector's own default in place. */
function settleParameter(parameter: Parameter, regime: RegimeThresholds): EffectiveParameter {
  const { unit, compare } = parameter
  const legal = parameter.regime && regime.thresholds[parameter.regime.threshold]
  if (!parameter.regime || !legal) {
    return { value: parameter.default, unit, compare, origin: 'default' }
  }
  const { share, threshold } = parameter.regime
  const value = share === undefined ? legal.value : String(Number(legal.value) * Number(share))
  const part = share === undefined ? '' : `${share} of `
  return {
    value,
    unit,
    compare: share === undefined ? legal.compare : compare,
    origin: `regime ${regime.id}: ${part}${threshold}`,
  }
}

function overrideOrigin({ by, since, reason }: Override): string {
  return `thresholds.yaml by ${by} since ${since}: ${reason}`
}

/** What a finding's bundle_hash stands for: every rule, every value in use, and the regime. */
function bundleHash(detectors: readonly Detector[], regime: RegimeThresholds): string {
  const rules = detectors.map(({ id, version, hash, parameters }) => {
    const values = Object.entries(parameters).map(([name, { value, unit, compare }]) => {
      return { name, value, unit, compare }
    })
    return { id, version, hash, values }
  })
  return sha256Hex(canonicalJson({ rules, regime: regime.id, regime_hash: regime.hash }))
}

function readOptional(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
