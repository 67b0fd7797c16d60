import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '../adapters/logger.ts'
import type { BenchContext } from '../bench/context.ts'
import { machine } from '../bench/figures.ts'
import { partSchema } from '../bench/parts/part.ts'
import { doPart } from '../bench/parts/run.ts'
import { type BenchResult, formatResult } from '../bench/result.ts'
import { SECTIONS, type SectionName } from '../bench/sections.ts'
import { Fault } from '../domain/fault.ts'
import { createProgress, type Progress } from '../terminal/progress.ts'
import { type CommandContext, printLine } from './context.ts'
import { startStreamReading } from './stream-reading.ts'

/** `flopwatch bench`: chooses sections, runs them, prints one table and leaves the result as JSON. */

export interface BenchOptions {
  readonly json?: boolean
  /** Sections by name, separated by commas; all when left out. */
  readonly only?: string
  readonly rounds?: string
  readonly rows?: string
  readonly seconds?: string
  readonly partitions?: string
  /** Folder that gets `bench.json`. */
  readonly out?: string
  /** Inner call: do one part in this process and print what it measured. */
  readonly part?: string
}

export async function benchCommand(context: CommandContext, options: BenchOptions): Promise<void> {
  if (options.part !== undefined) return measurePart(context, options.part)
  const names = readSections(options.only)
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-bench-'))
  const bars = createBars(context)
  const bench: BenchContext = {
    projectFolder: context.projectFolder,
    environment: context.environment,
    clock: context.clock,
    logger: createLogger(context.stderr, 'warn'),
    folder,
    options: {
      rounds: readCount('--rounds', options.rounds, 3),
      rows: readCount('--rows', options.rows, 1_000_000),
      seconds: readCount('--seconds', options.seconds, 60),
      partitions: readCount('--partitions', options.partitions, 4),
    },
    progress: bars.show,
  }
  try {
    const result: BenchResult = { machine: machine(), options: bench.options, sections: {} }
    for (const name of names) result.sections[name] = await SECTIONS[name](bench)
    await writeResult(options.out ?? 'out', result)
    const text = options.json === true ? JSON.stringify(result, null, 2) : formatResult(result)
    printLine(context, text)
  } finally {
    bars.finish()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measurePart(context: CommandContext, text: string): Promise<void> {
  const answer = await doPart(
    {
      projectFolder: context.projectFolder,
      environment: context.environment,
      clock: context.clock,
      logger: createLogger(context.stderr, 'warn'),
      memoryPeak_bytes: () => context.memoryPeak_bytes(),
      startReading: startStreamReading,
    },
    partSchema.parse(JSON.parse(text)),
  )
  printLine(context, JSON.stringify(answer))
}

async function writeResult(folder: string, result: BenchResult): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'bench.json'), `${JSON.stringify(result, null, 2)}\n`)
}

function readSections(text: string | undefined): SectionName[] {
  const all = Object.keys(SECTIONS) as SectionName[]
  if (text === undefined) return all
  const named = text.split(',').map(part => part.trim())
  const chosen = all.filter(name => named.includes(name))
  if (chosen.length === named.length) return chosen
  throw new Fault('USAGE', `--only "${text}" is not a list of ${all.join(', ')}`)
}

function readCount(option: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 1e9) return value
  throw new Fault('USAGE', `${option} "${text}" is not a whole number from 1 up`)
}

/** One bar for each title, one after the other. */
function createBars(context: CommandContext): {
  show: BenchContext['progress']
  finish(): void
} {
  let current: { title: string; bar: Progress } | null = null
  const finish = (): void => {
    current?.bar.finish()
    current = null
  }
  return {
    finish,
    show: (title, done, total) => {
      if (current?.title !== title) {
        finish()
        current = { title, bar: createProgress(context.stderr, title, total, 'rounds') }
      }
      current.bar.at(done, total)
    },
  }
}
