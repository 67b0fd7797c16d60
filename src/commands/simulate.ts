/** `flopwatch simulate SCENARIO`: a synthetic fleet as NDJSON, with its ground truth beside it. */
import { basename, join } from 'node:path'
import { type WrittenFile, writeDocument, writeStream } from '../adapters/files/write-streams.ts'
import { Fault } from '../domain/fault.ts'
import { parseInstant } from '../domain/window.ts'
import { formatConfigFault } from '../settings.ts'
import { type PlayedPlan, type PlayTruth, playPlan } from '../simulate/play/plan.ts'
import { planFile } from '../simulate/play/plan-file.ts'
import { isScenarioName, SCENARIOS, type ScenarioName } from '../simulate/scenarios/catalogue.ts'
import { type SimulationOptions, simulate } from '../simulate/simulate.ts'
import type { Truth } from '../simulate/truth.ts'
import { readYaml } from '../yaml-file.ts'
import type { CommandContext } from './context.ts'

/** As the command line gives them; every value but the scenario may be missing. */
export interface SimulateArguments {
  readonly scenario: string
  readonly seed?: string
  /** Folder that the files go to. */
  readonly out?: string
  readonly days?: string
  /** End of the window, RFC 3339. */
  readonly until?: string
  readonly gzip?: boolean
}

/** Told how far the writing of a stream is; `total` is exact where no faults are on. */
export type SimulateProgress = (stream: string, lines: number, total: number) => void

export interface SimulatedFleet {
  readonly directory: string
  readonly files: readonly WrittenFile[]
  readonly truth: Truth | PlayTruth
}

const SEED = 1
const UNTIL = '2026-10-31T00:00:00Z'
const DAYS_MAX = 3660
const SEED_MAX = 2 ** 32 - 1

/** Writes one file per stream and `truth.json`. Throws USAGE and OUTPUT_UNWRITABLE. */
export async function simulateCommand(
  context: Pick<CommandContext, 'stdout'>,
  args: SimulateArguments,
  progress: SimulateProgress = () => undefined,
): Promise<SimulatedFleet> {
  const isFile = /\.ya?ml$/.test(args.scenario)
  const name = isFile ? basename(args.scenario).replace(/\.ya?ml$/, '') : args.scenario
  const directory = args.out ?? join('out', name)
  const simulation = isFile ? readPlan(args) : simulate(readScenario(name), readOptions(args))
  const files: WrittenFile[] = []
  for (const stream of simulation.streams) {
    const onProgress = (lines: number) => progress(stream.name, lines, stream.expected)
    const file = await writeStream(stream, { directory, gzip: args.gzip ?? false, onProgress })
    context.stdout.write(`${describe(file)}\n`)
    files.push(file)
  }
  const truth = typeof simulation.truth === 'function' ? simulation.truth() : simulation.truth
  const path = join(directory, 'truth.json')
  await writeDocument(path, truth)
  context.stdout.write(`${path}: what really happened\n`)
  return { directory, files, truth }
}

function describe(file: WrittenFile): string {
  return `${file.path}: ${file.lines} records, ${(file.bytes / 1e6).toFixed(1)} MB`
}

/** A cloud that a file describes. Throws CONFIG_INVALID with file and line. */
function readPlan(args: SimulateArguments): PlayedPlan {
  const { seed, until, days } = readOptions(args)
  const { value, faults } = readYaml(args.scenario, planFile)
  if (value === null) throw new Fault('CONFIG_INVALID', faults.map(formatConfigFault).join('\n'))
  return playPlan(days === undefined ? value : { ...value, days }, seed, until)
}

function readScenario(name: string): ScenarioName {
  if (isScenarioName(name)) return name
  const known = Object.keys(SCENARIOS).join(', ')
  throw new Fault('USAGE', `There is no scenario "${name}"; choose one of ${known}.`)
}

function readOptions(args: SimulateArguments): SimulationOptions {
  const until = parseInstant(args.until ?? UNTIL)
  if (until === null) throw new Fault('USAGE', `--until "${args.until}" is not an RFC 3339 time.`)
  const seed = readNumber('--seed', args.seed, 0, SEED_MAX) ?? SEED
  const days = readNumber('--days', args.days, 0, DAYS_MAX)
  if (!Number.isInteger(seed)) throw new Fault('USAGE', `--seed "${args.seed}" is not whole.`)
  return { seed, until, ...(days === undefined ? {} : { days }) }
}

function readNumber(
  option: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw new Fault('USAGE', `${option} "${text}" is not a number from ${min} to ${max}.`)
}
