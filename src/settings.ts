import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from './domain/fault.ts'
import {
  assembleSettings,
  type Settings,
  type SettingsEnvironment,
  type SettingsFile,
  settingsEnvironment,
  settingsFile,
} from './domain/settings.ts'
import { type ConfigFault, readYaml } from './yaml-file.ts'

/**
 * Settings in layers, later ones win: defaults of the schema, `config/default.yaml`, the site's
 * `--config` file, the environment (endpoints and secrets only), flags of one run. Every value
 * keeps its origin, and every fault is told at once with the place it came from.
 */

export interface SettingsSource {
  readonly configFolder: string
  /** The file of `--config`, or null. */
  readonly siteFile: string | null
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Values of `SETTING_FLAGS` by flag name, as typed. */
  readonly flags: Readonly<Record<string, string | undefined>>
}

export interface LoadedSettings {
  readonly settings: Settings
  /** What the files hold after layering, for printing. */
  readonly file: SettingsFile
  readonly environment: SettingsEnvironment
  /** Dotted key → where its value came from, e.g. `config/default.yaml:12`. */
  readonly origins: ReadonlyMap<string, string>
}

/** Keys that existed once → what took their place. A site's file that uses one fails with it. */
const REMOVED_KEYS: Readonly<Record<string, string>> = {}

type Path = readonly string[]
type Tree = { readonly [key: string]: unknown }

/** Flags that override a setting for one run, with the key and how the text is read. */
export const SETTING_FLAGS: Readonly<
  Record<string, { readonly path: Path; readonly read: (text: string) => unknown }>
> = {
  host: { path: ['http', 'host'], read: text => text },
  port: { path: ['http', 'port'], read: Number },
  data: { path: ['store', 'path'], read: text => text },
  regime: { path: ['regime'], read: text => text },
  'idle-gap': { path: ['derive', 'idle_gap_s'], read: readDuration },
}

interface Layer {
  readonly tree: Tree
  /** Where a key of this layer stands. */
  place(path: Path): { readonly file: string; readonly line: number }
}

/** Throws CONFIG_INVALID with all faults, one a line. */
export function loadSettings(source: SettingsSource): LoadedSettings {
  const { loaded, faults } = readSettings(source)
  if (loaded) return loaded
  const lines = faults.map(formatConfigFault)
  const [first = 'the configuration cannot be read'] = lines
  const message = lines.length > 1 ? `${lines.length} faults:\n  ${lines.join('\n  ')}` : first
  throw new Fault('CONFIG_INVALID', message)
}

/** Loads without throwing, for `flopwatch check`. `removed` is a parameter for its test. */
export function readSettings(
  source: SettingsSource,
  removed: Readonly<Record<string, string>> = REMOVED_KEYS,
): { loaded: LoadedSettings | null; faults: readonly ConfigFault[] } {
  const files = [join(source.configFolder, 'default.yaml'), source.siteFile]
    .filter(file => file !== null)
    .map(readLayer)
  const layers = [...files.flatMap(({ layer }) => (layer ? [layer] : [])), ...flagLayers(source)]
  const gone = layers.flatMap(layer => removedFaults(layer, removed))
  const tree = layers.map(layer => layer.tree).reduce(mergeTrees, {})
  const merged = settingsFile.safeParse(tree)
  const environment = readEnvironment(source.environment)
  const faults = [
    ...files.flatMap(({ faults }) => faults),
    ...gone,
    ...regimeFault(tree['regime'], source, layers),
    ...(merged.error?.issues ?? [])
      .flatMap(issue => issueFaults(issue, layers))
      .filter(fault => !gone.some(known => known.file === fault.file && known.line === fault.line)),
    ...environment.faults,
  ]
  if (faults.length > 0 || !merged.success || !environment.value) return { loaded: null, faults }
  const loaded = {
    settings: assembleSettings(merged.data, environment.value),
    file: merged.data,
    environment: environment.value,
    origins: new Map(leaves(merged.data).map(path => [path.join('.'), originOf(path, layers)])),
  }
  return { loaded, faults }
}

/** `serve` on anything but loopback needs tokens: throws BIND_REFUSED. */
export function checkBind(http: Settings['http']): void {
  if (isLoopback(http.host) || http.tokens.length > 0) return
  throw new Fault(
    'BIND_REFUSED',
    `will not listen on ${http.host} without tokens; 127.0.0.1 needs none`,
  )
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
  )
}

/** `config/default.yaml:12: http.port: …`; faults outside files have no line. */
export function formatConfigFault({ file, line, message }: ConfigFault): string {
  return line > 0 ? `${file}:${line}: ${message}` : `${file}: ${message}`
}

/** Seconds of `90`, `90s`, `1.5m`, `2h` or `1d`; NaN otherwise, which the schema then refuses. */
export function readDuration(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(s|m|h|d)?$/.exec(text.trim())
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[found?.[2] ?? 's'] ?? 1
  return Number(found?.[1] ?? Number.NaN) * unit
}

function readLayer(file: string): { layer: Layer | null; faults: readonly ConfigFault[] } {
  const { value, faults, lineOf } = readYaml(file, z.record(z.string(), z.unknown()).nullable())
  if (faults.length > 0) return { layer: null, faults }
  return { layer: { tree: value ?? {}, place: path => ({ file, line: lineOf(path) }) }, faults }
}

function flagLayers({ flags }: SettingsSource): Layer[] {
  return Object.entries(SETTING_FLAGS).flatMap(([flag, { path, read }]) => {
    const text = flags[flag]
    if (text === undefined) return []
    const tree = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), read(text))
    return [{ tree: tree as Tree, place: () => ({ file: `flag --${flag}`, line: 0 }) }]
  })
}

function readEnvironment(variables: SettingsSource['environment']): {
  value: SettingsEnvironment | null
  faults: readonly ConfigFault[]
} {
  const set = Object.entries(variables).filter(([, value]) => value !== undefined && value !== '')
  const stray = set.flatMap(([name]) =>
    name.startsWith('FLOPWATCH_') && !(name in settingsEnvironment.shape) ? [name] : [],
  )
  const given = Object.fromEntries(set)
  const fromFiles = SECRET_FILES.filter(name => given[`${name}_FILE`] !== undefined).map(name =>
    readSecret(name, given),
  )
  const values = fromFiles.map(({ name, value }) => [name, value])
  const parsed = settingsEnvironment.safeParse({ ...given, ...Object.fromEntries(values) })
  const faults = [
    ...stray.map(name => ({ name, message: 'is no variable that is read' })),
    ...fromFiles.flatMap(({ name, message }) =>
      message === null ? [] : [{ name: `${name}_FILE`, message }],
    ),
    ...(parsed.error?.issues ?? []).map(issue => ({
      name: String(issue.path[0]),
      message: issue.message,
    })),
  ].map(({ name, message }) => ({ file: 'environment', line: 0, message: `${name} ${message}` }))
  return { value: parsed.data ?? null, faults }
}

/** Secrets that may come in a file, as supervisors of containers hand them over. */
const SECRET_FILES = Object.keys(settingsEnvironment.shape).filter(
  name => `${name}_FILE` in settingsEnvironment.shape,
)

function readSecret(
  name: string,
  given: Readonly<Record<string, string | undefined>>,
): { name: string; value: string | undefined; message: string | null } {
  const { [name]: value, [`${name}_FILE`]: path = '' } = given
  if (value !== undefined) return { name, value, message: `stands beside ${name}; set one of them` }
  try {
    return { name, value: readFileSync(path, 'utf8').trim(), message: null }
  } catch {
    return { name, value, message: `names ${path}, which cannot be read` }
  }
}

function removedFaults(layer: Layer, removed: Readonly<Record<string, string>>): ConfigFault[] {
  return Object.entries(removed).flatMap(([key, successor]) => {
    const path = key.split('.')
    if (lookUp(layer.tree, path) === undefined) return []
    return [{ ...layer.place(path), message: `${key} was removed; use ${successor}` }]
  })
}

/** A pack that is not there is told at the setting that names it. */
function regimeFault(regime: unknown, source: SettingsSource, layers: readonly Layer[]) {
  const pack = join(source.configFolder, 'regimes', `${regime}.yaml`)
  if (typeof regime !== 'string' || existsSync(pack)) return []
  const place = placeOf(['regime'], layers) ?? { file: pack, line: 0 }
  return [{ ...place, message: `regime: there is no pack ${pack}` }]
}

function issueFaults(issue: z.core.$ZodIssue, layers: readonly Layer[]): ConfigFault[] {
  const path = issue.path.map(String)
  const unknown = { file: 'settings', line: 0 }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      ...(placeOf([...path, key], layers) ?? unknown),
      message: `${[...path, key].join('.')}: there is no such setting${hint(key)}`,
    }))
  }
  const message = `${path.join('.') || 'the file'}: ${issue.message}`
  return [{ ...(placeOf(path, layers) ?? unknown), message }]
}

function hint(key: string): string {
  return /token|password|user|url|broker|cluster/i.test(key)
    ? '; endpoints and secrets come from the environment'
    : ''
}

/** The place in the last layer that has the key: the value that won. */
function placeOf(path: Path, layers: readonly Layer[]) {
  return layers.findLast(layer => lookUp(layer.tree, path) !== undefined)?.place(path) ?? null
}

function originOf(path: Path, layers: readonly Layer[]): string {
  const place = placeOf(path, layers)
  if (place === null) return 'built-in default'
  return place.line > 0 ? `${place.file}:${place.line}` : place.file
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lookUp(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree)
}

/** Keys of both; where both hold trees they merge, otherwise the later value replaces. */
function mergeTrees(base: Tree, over: Tree): Tree {
  const merged = Object.entries(over).map(([key, value]) => {
    const below = base[key]
    return [key, isTree(value) && isTree(below) ? mergeTrees(below, value) : value]
  })
  return { ...base, ...Object.fromEntries(merged) }
}

function leaves(tree: Tree, under: Path = []): Path[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    isTree(value) ? leaves(value, [...under, key]) : [[...under, key]],
  )
}
