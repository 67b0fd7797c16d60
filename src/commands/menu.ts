import { Command } from 'commander'
import { checkCommand } from './check.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { type DetectOptions, detectCommand } from './detect.ts'
import { lockDetectors } from './detector-lock.ts'
import { newDetector } from './detector-new.ts'
import { explainCommand } from './explain.ts'
import { migrateCommand } from './migrate.ts'
import { folders, openForCommand } from './open.ts'
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
  return menu
}

type Add = <O extends object>(usage: string, about: string, run: Run<O>) => Command

function addRunning(add: Add): void {
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
  add<GlobalOptions>('explain <finding>', "print a finding's evidence tree", explain).option(
    '--json',
    'print for machines',
  )
  add<GlobalOptions>('check', 'check settings, detectors and their fixtures', checkCommand)
}

function addTending(add: Add): void {
  add<GlobalOptions>('migrate', 'bring the schema up to this release', migrateCommand)
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
    await explainCommand({ print, store: app.store }, finding, { json: options.json === true })
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
