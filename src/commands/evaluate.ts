import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  renderEvaluation,
  uncertaintyText,
  valueText,
  verdict,
} from '../adapters/render/evaluation-page.ts'
import type { App } from '../app.ts'
import { createBuildNumbers } from '../domain/build.ts'
import { barText, type EvaluationReport, type SectionResult } from '../domain/evaluation.ts'
import { Fault } from '../domain/fault.ts'
import { SECTIONS } from '../evaluate/catalogue.ts'
import { runSections } from '../evaluate/run.ts'
import type { Bench, EvaluationContext } from '../evaluate/section.ts'
import { openReference } from '../reference.ts'
import { createDerive } from '../stages/derive.ts'
import { createGroup } from '../stages/group.ts'
import { createMeter } from '../stages/meter.ts'
import { createProgress } from '../terminal/progress.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, printLine } from './context.ts'
import { folders, openForCommand } from './open.ts'

/**
 * `flopwatch evaluate`: how good the numbers are, measured on simulated jobs with known truth and,
 * where the folder is there, on published runs. Writes a JSON result and a page with plots.
 */

export interface EvaluateOptions {
  readonly json?: boolean
  readonly quick?: boolean
  readonly seed?: string
  readonly out?: string
  /** Sections by id, comma-separated (default: all). */
  readonly only?: string
  /** Folder of published runs and recorded telemetry. */
  readonly published?: string
}

/** The seed to quote: no constant was chosen on it (those of `config/` name theirs). */
const SEED = 20261211

export async function evaluateCommand(
  context: CommandContext,
  options: EvaluateOptions,
): Promise<void> {
  const seed = Number(options.seed ?? SEED)
  if (!Number.isSafeInteger(seed)) throw new Fault('USAGE', '--seed must be a whole number')
  const benches = createBenches(context)
  const published = options.published ?? join(context.projectFolder, '..', 'shared', 'data')
  const reference = openReference(folders(context).config)
  const evaluation: EvaluationContext = {
    seed,
    quick: options.quick === true,
    catalogue: reference.catalogue,
    estimation: reference.estimation,
    workload: reference.workload,
    openBench: benches.open,
    cpu_s: context.cpu_s,
    readData: name => readOrNull(join(published, name)),
    progress: () => undefined,
  }
  try {
    const sections = await evaluateSections(context, options, evaluation)
    const report = { seed, quick: evaluation.quick, catalogue: reference.version, sections }
    await writeReport(options.out ?? join('out', 'evaluate'), report)
    if (options.json === true) printLine(context, JSON.stringify(report, null, 2))
    else printReport(context, report, options.out ?? join('out', 'evaluate'))
  } finally {
    await benches.close()
  }
}

/** Scratch stores, one open at a time, because the engine holds one data folder per process. */
function createBenches(context: CommandContext) {
  const scratch = mkdtemp(join(tmpdir(), 'flopwatch-evaluate-'))
  let app: App | null = null
  let opened = 0
  return {
    async open(): Promise<Bench> {
      await app?.close()
      opened += 1
      app = await openForCommand(context, { data: join(await scratch, `store-${opened}`) })
      return benchOf(app)
    },
    async close(): Promise<void> {
      await app?.close()
      await rm(await scratch, { recursive: true, force: true })
    },
  }
}

function benchOf(app: App): Bench {
  const { store, intake, reference, settings, clock, bundle, identity } = app
  const builds = createBuildNumbers(clock.now)
  const meter = createMeter({
    store,
    clock,
    builds,
    settings: settings.meter,
    catalogueVersion: reference.version,
  })
  const group = createGroup({ store, build: builds, ownership: identity.ownership })
  const derive = createDerive({ store, clock, builds, settings: settings.derive })
  const { detectors } = bundle
  return { store, intake, meter, group, derive, detectors, catalogueVersion: reference.version }
}

async function evaluateSections(
  context: CommandContext,
  options: EvaluateOptions,
  evaluation: EvaluationContext,
): Promise<SectionResult[]> {
  const wanted = options.only?.split(',')
  const sections = SECTIONS.filter(({ id }) => wanted === undefined || wanted.includes(id))
  if (sections.length === 0) {
    const known = SECTIONS.map(({ id }) => id).join(', ')
    throw new Fault('USAGE', `--only names no section; there are ${known}`)
  }
  const bar = createProgress(context.stderr, 'Evaluation', 100 * sections.length, '%')
  const results = await runSections(sections, evaluation, (section, done) =>
    bar.at(100 * (sections.indexOf(section) + done)),
  )
  bar.finish()
  return results
}

/** Null when there is no such file; any other fault is one. */
async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return null
    throw new Fault('INPUT_UNREADABLE', `${path} cannot be read`, { cause: fault })
  }
}

async function writeReport(folder: string, report: EvaluationReport): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'evaluation.json'), `${JSON.stringify(report, null, 2)}\n`)
    await writeFile(join(folder, 'evaluation.html'), renderEvaluation(report))
  } catch (cause) {
    throw new Fault('OUTPUT_UNWRITABLE', `${folder} cannot be written`, { cause })
  }
}

function printReport(context: CommandContext, report: EvaluationReport, folder: string): void {
  for (const section of report.sections) {
    printLine(context, `\n${section.title}`)
    if (section.skipped !== null) printLine(context, `  skipped: ${section.skipped}`)
    else printLine(context, figureTable(section))
  }
  const quick = report.quick ? ' (quick: not to be quoted)' : ''
  printLine(context, `\nseed ${report.seed}${quick}, reference data ${report.catalogue}`)
  printLine(
    context,
    `${join(folder, 'evaluation.html')} has the plots, evaluation.json the numbers`,
  )
}

function figureTable({ figures }: SectionResult): string {
  const right = 'right' as const
  return formatTable(
    [
      { name: 'figure' },
      { name: 'value', align: right },
      { name: '95 % interval', align: right },
      { name: 'runs', align: right },
      { name: 'bar', align: right },
      { name: '' },
    ],
    figures.map(figure => [
      figure.name,
      valueText(figure),
      uncertaintyText(figure),
      String(figure.n),
      figure.bar === null ? '' : barText(figure.bar),
      verdict(figure),
    ]),
  )
}
