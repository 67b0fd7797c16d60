import { Command, Option } from 'commander'
import { createClassify } from '../stages/classify.ts'
import { type AuditOptions, auditCommand } from './audit.ts'
import { type BenchOptions, benchCommand } from './bench.ts'
import { type CalibrateOptions, calibrateCommand } from './calibrate.ts'
import { type CaseOptions, caseCommand } from './case.ts'
import { checkCommand } from './check.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { type DemoOptions, demoCommand } from './demo.ts'
import { type DetectOptions, detectCommand } from './detect.ts'
import { lockDetectors } from './detector-lock.ts'
import { newDetector } from './detector-new.ts'
import { type EvaluateOptions, evaluateCommand } from './evaluate.ts'
import { explainCommand } from './explain.ts'
import { type IngestOptions, ingestCommand } from './ingest.ts'
import { type MigrateOptions, migrateCommand } from './migrate.ts'
import { folders, openForCommand } from './open.ts'
import { type QuarantineOptions, quarantineCommand } from './quarantine.ts'
import { type ReportOptions, reportCommand } from './report.ts'
import { type ServeOptions, serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'
import { type SimulateOptions, simulateWithProgress } from './simulate-progress.ts'

/** Every command with its options, in the order in which a newcomer meets them. */

/** Runs a command; a number it returns becomes the exit code. */
type Run<O> = (context: CommandContext, options: O, words: string[]) => unknown

export function buildMenu(context: CommandContext, setExit: (code: number) => void): Command {
  const menu = new Command('flopwatch')
    .description('Detects foreign-person AI training runs in accelerator and billing telemetry.')
    .exitOverride()
    .configureOutput({
      writeOut: text => context.stdout.write(text),
      writeErr: text => context.stderr.write(text),
    })
  const add = <O extends object>(usage: string, about: string, run: Run<O>): Command =>
    menu
      .command(usage)
      .description(about)
      .option('--config <file>', 'a site settings file over config/default.yaml')
      .option('--data <folder>', 'data folder of the embedded store')
      .option('--verbose', 'log every step on standard error')
      .action(async (...given: unknown[]) => {
        const command = given.at(-1)
        if (!(command instanceof Command)) return
        const result = await run(context, command.opts<O>(), command.args)
        if (typeof result === 'number') setExit(result)
      })
  addRunning(add)
  addJudging(add)
  addTending(add)
  addMeasuring(add)
  return menu
}

type Add = <O extends object>(usage: string, about: string, run: Run<O>) => Command

function addRunning(add: Add): void {
  add<DemoOptions>(
    'demo',
    'simulate a cloud, ingest, detect, report and serve, in one go',
    demoCommand,
  )
    .option('--out <folder>', 'where everything goes, emptied first (default: out/demo)')
    .option('--seed <n>', 'another seed, another cloud')
    .option('--days <n>', 'length of the simulated time (default: 60)')
    .option('--host <address>', 'address of the pages')
    .option('--port <n>', 'port of the pages')
    .option('--no-serve', 'end after the reports')
  add<ServeOptions>('serve', 'take streams in, detect, answer and show pages', serveCommand)
    .option('--roles <list>', 'of ingest, detect, api (default: all)')
    .option('--host <address>', 'address to listen on')
    .option('--port <n>', 'port to listen on')
  add<IngestOptions>(
    'ingest <files...>',
    'read files into the store; - is standard input',
    ingestCommand,
  )
    .option('--stream <name>', 'what the files hold (default: told from their records)')
    .option('--replace-period', 'billing files that state their billing periods anew')
    .option('--json', 'print for machines')
  add<SimulateOptions>(
    'simulate <scenario>',
    'write a synthetic fleet with its ground truth',
    (context, options, [scenario = '']) => simulateWithProgress(context, options, scenario),
  )
    .option('--seed <n>', 'same seed, same bytes')
    .option('--out <folder>', 'where the files go (default: out/<scenario>)')
    .option('--days <n>', 'length of the simulated time')
    .option('--until <time>', 'end of the simulated time')
    .option('--gzip', 'compress the streams')
}

function addJudging(add: Add): void {
  add<DetectOptions>('detect', 'run all stages and print runs, findings and cases', detectCommand)
    .option('--as-of <time>', 'look no further than this instant (default: now)')
    .option('--idle-gap <duration>', 'a longer pause ends a busy stretch, e.g. 60s or 5m')
    .option('--json', 'print for machines')
  add<ReportOptions>(
    'report [id]',
    'write report packages of open cases, or of one',
    (context, options, [id]) =>
      reportCommand(context, id === undefined ? options : { ...options, id }),
  )
    .option('--format <format>', 'json, html or pdf (default: all)')
    .option('--out <folder>', 'where packages go (default: reports)')
    .option('--json', 'print for machines')
  add<CaseOptions>(
    'case [id] [action]',
    'show cases, or one; with an action and --by, act on it',
    caseCommand,
  )
    .option('--by <name>', 'who acts')
    .option('--reason <text>', 'why, or the question, answer or statement of the action')
    .option('--set <field=value>', 'what else the action says, once per field', collect)
    .option('--at <time>', 'when it happened, or the day to show clocks for (default: now)')
    .option('--seen <version>', 'refuse if the case is no longer at this version')
    .option('--json', 'print for machines')
  add<GlobalOptions>('explain <finding>', "print a finding's evidence tree", explain).option(
    '--json',
    'print for machines',
  )
  add<GlobalOptions>('check', 'check settings, detectors and their fixtures', checkCommand)
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

function addMeasuring(add: Add): void {
  add<BenchOptions>('bench', 'measure the product against yardsticks in the same run', benchCommand)
    .option('--only <sections>', 'of file, kafka, http, latency, tick, faults (default: all)')
    .option('--rounds <n>', 'measurements of each kind, in turn (default: 3)')
    .option('--rows <n>', 'samples of a measurement (default: 1000000)')
    .option('--seconds <n>', 'length of what runs for a time (default: 60)')
    .option('--partitions <n>', 'of the topics (default: 4)')
    .option('--out <folder>', 'where bench.json goes (default: out)')
    .option('--json', 'print for machines')
    .addOption(new Option('--part <json>', 'inner call').hideHelp())
  add<CalibrateOptions>(
    'calibrate <files...>',
    "fit the provider's chip constants from runs whose operations are known",
    calibrateCommand,
  )
    .option('--out <file>', 'where the fits go (default: config/calibration.yaml)')
    .option('--dry-run', 'show without writing')
    .option('--json', 'print for machines')
  add<EvaluateOptions>(
    'evaluate',
    'measure the estimates on jobs with known truth and on published runs',
    (context, options) => evaluateCommand(context, options),
  )
    .option('--quick', 'a tenth of the jobs, not to be quoted')
    .option('--seed <n>', 'other jobs')
    .option('--only <sections>', 'of the sections, comma-separated')
    .option(
      '--published <folder>',
      'published runs and recorded telemetry (default: ../shared/data)',
    )
    .option('--out <folder>', 'where the page and the numbers go (default: out/evaluate)')
    .option('--json', 'print for machines')
}

function addTending(add: Add): void {
  add<AuditOptions>(
    'audit',
    'set what partitions delivered against what the store holds',
    auditCommand,
  )
    .option('--since <time>', 'only what was received since')
    .option('--rewind <place>', 'have topic/partition@offset read again from there')
    .option('--json', 'print for machines')
  add<QuarantineOptions>(
    'quarantine [action] [ids...]',
    'list, show ID or replay [ID…]: what was not taken in',
    quarantineCommand,
  )
    .option('--stream <name>', 'of one stream')
    .option('--reason <code>', 'with one reason')
    .option('--limit <n>', 'at most so many')
    .option('--json', 'print for machines')
  add<MigrateOptions>('migrate', 'bring the schema up to this release', migrateCommand).option(
    '--topics',
    "create Kafka's topics instead; those that exist stay as they are",
  )
  add<GlobalOptions>(
    'config',
    'print the settings in effect and their origin',
    settingsCommand,
  ).option('--json', 'print for machines')
  add<GlobalOptions>(
    'detector:new <id>',
    'start a detector folder from the template',
    (context, _, [id = '']) =>
      printLine(context, `wrote ${newDetector(folders(context).detectors, id)}`),
  )
  add<GlobalOptions>('detector:lock', 'give changed detectors their next version', lock)
}

async function explain(
  context: CommandContext,
  options: GlobalOptions,
  [finding = '']: string[],
): Promise<void> {
  const app = await openForCommand(context, options)
  try {
    const print = (text: string) => printLine(context, text)
    const { store, reference } = app
    const classify = createClassify(store, reference.workload, reference.version)
    await explainCommand({ print, store, classify }, finding, { json: options.json === true })
  } finally {
    await app.close()
  }
}

function lock(context: CommandContext): number {
  const { detectors, sql } = folders(context)
  const { changed, faults } = lockDetectors({
    detectorFolder: detectors,
    featureFolder: `${sql}/features`,
  })
  for (const { file, line, message } of faults) printLine(context, `${file}:${line}: ${message}`)
  for (const id of changed) printLine(context, `${id}: next version`)
  if (changed.length === 0 && faults.length === 0) printLine(context, 'nothing has changed')
  return faults.length === 0 ? 0 : 1
}
