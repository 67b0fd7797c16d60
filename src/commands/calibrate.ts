import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import type { App } from '../app.ts'
import { type FitResult, fitRatios, type LabelledRatio } from '../domain/calibration-fit.ts'
import { Fault } from '../domain/fault.ts'
import { type LabelledRun, labelledRun } from '../domain/labelled-run.ts'
import { formatDay } from '../domain/window.ts'
import { createLabelReader } from '../stages/calibrate.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, EXIT, type GlobalOptions, printLine } from './context.ts'
import { folders, openForCommand } from './open.ts'

/**
 * `flopwatch calibrate FILE…`: fits this provider's chip constants from runs whose operations are
 * known, shows what is left over, and writes `config/calibration.yaml`.
 */

export interface CalibrateOptions extends GlobalOptions {
  /** Where the fits go (default: config/calibration.yaml). */
  readonly out?: string
  /** Show without writing. */
  readonly dryRun?: boolean
}

/** Exit code 1 when no chip and tier had enough runs for a fit. */
export async function calibrateCommand(
  context: CommandContext,
  options: CalibrateOptions,
  files: readonly string[],
): Promise<number> {
  const labels = (await Promise.all(files.map(readLabels))).flat()
  const app = await openForCommand(context, options)
  try {
    const { ratios, unused } = await ratiosOf(app, labels)
    const result = fitRatios(ratios)
    if (options.json === true) printLine(context, JSON.stringify({ ...result, unused }, null, 2))
    else printResult(context, result, unused)
    if (result.fits.length === 0) return EXIT.fault
    if (options.dryRun !== true) {
      const out = options.out ?? join(folders(context).config, 'calibration.yaml')
      await writeFits(out, result, `${files.join(', ')}, fitted ${formatDay(context.clock.now())}`)
      printLine(context, `wrote ${out}; every estimate is made anew at the next tick`)
    }
    return EXIT.done
  } finally {
    await app.close()
  }
}

interface Unused {
  readonly run: string
  readonly why: string
}

async function ratiosOf(
  { store, reference }: App,
  labels: readonly LabelledRun[],
): Promise<{ ratios: LabelledRatio[]; unused: Unused[] }> {
  const { catalogue, estimation, calibration } = reference
  const read = createLabelReader({ store, catalogue, priors: estimation, fits: calibration.fits })
  const ratios: LabelledRatio[] = []
  const unused: Unused[] = []
  for (const label of labels) {
    const found = await read(label)
    if (typeof found === 'string') unused.push({ run: label.run, why: found })
    else ratios.push(found)
  }
  return { ratios, unused }
}

async function readLabels(file: string): Promise<LabelledRun[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Fault('INPUT_UNREADABLE', `${file} cannot be read`, { cause })
  })
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const parsed = parseLine(line)
    if (parsed.success) return [parsed.data]
    const [issue] = parsed.error.issues
    const what = `${issue?.path.join('.') || 'the run'}: ${issue?.message ?? 'is not readable'}`
    throw new Fault('INPUT_UNREADABLE', `${file}:${index + 1}: ${what}`)
  })
}

function parseLine(line: string) {
  try {
    return labelledRun.safeParse(JSON.parse(line))
  } catch {
    return z.never('is no JSON object').safeParse(line)
  }
}

const HEADING = `# This provider's own constants, fitted by \`flopwatch calibrate\` from runs whose operations are known.
# ratio: what the chip and tier deliver over the prior; sd: how far single runs lie around it (log10).
`

async function writeFits(out: string, { fits }: FitResult, source: string): Promise<void> {
  try {
    await writeFile(out, HEADING + stringify({ source, fits }))
  } catch (cause) {
    throw new Fault('OUTPUT_UNWRITABLE', `${out} cannot be written`, { cause })
  }
}

function printResult(
  context: CommandContext,
  { fits, residuals }: FitResult,
  unused: readonly Unused[],
): void {
  const right = 'right' as const
  const number = (name: string) => ({ name, align: right })
  const runs = residuals.map(({ run, chip, tier, ratio, residual }) => [
    run,
    chip,
    tier,
    ratio.toFixed(3),
    residual === null ? 'too few runs' : residual.toFixed(3),
  ])
  const columns = [{ name: 'run' }, { name: 'chip' }, { name: 'tier' }]
  printLine(
    context,
    formatTable([...columns, number('true / prior'), number('residual, log10')], runs),
  )
  const fitted = fits.map(fit => [
    fit.chip,
    fit.tier,
    fit.ratio.toFixed(3),
    `${fit.ratio_lo.toFixed(3)} – ${fit.ratio_hi.toFixed(3)}`,
    fit.sd.toFixed(3),
    String(fit.runs),
  ])
  const heads = [number('ratio'), number('90 % of it'), number('sd, log10'), number('runs')]
  printLine(context, formatTable([{ name: 'fit' }, { name: 'tier' }, ...heads], fitted))
  for (const { run, why } of unused) printLine(context, `not used: ${run}: ${why}`)
}
