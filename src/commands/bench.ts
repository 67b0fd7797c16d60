import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { z } from 'zod'
import { bareInsert } from '../adapters/clickhouse/yardstick.ts'
import { createProgress } from '../terminal/progress.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, printLine } from './context.ts'
import { folders } from './open.ts'
import { simulateCommand } from './simulate.ts'

/**
 * `flopwatch bench`: the file path against the engine's bare insert of the same bytes, in turn,
 * each in a process of its own, because the engine holds one data folder per process. The ratio
 * is the figure to quote: the machine's own speed drops out of it.
 */

export interface BenchOptions {
  readonly json?: boolean
  /** Simulated days of 32 devices at ten seconds: 276,480 samples each. */
  readonly days?: string
  readonly rounds?: string
  /** Inner call: measure the yardstick over this file and print it. */
  readonly yardstick?: string
}

const measured = z.object({ rows: z.number(), seconds: z.number(), memory_peak_bytes: z.number() })
type Measured = z.output<typeof measured>

export async function benchCommand(context: CommandContext, options: BenchOptions): Promise<void> {
  if (options.yardstick !== undefined) return measureYardstick(context, options.yardstick)
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-bench-'))
  try {
    const silent = { stdout: { write: () => true } }
    const days = options.days ?? '2'
    await simulateCommand(silent as never, { scenario: 'small', out: folder, days, seed: '1' })
    const file = join(folder, 'telemetry.accelerator.ndjson')
    const rounds = Math.max(1, Number(options.rounds ?? '3'))
    const pairs = await measurePairs(context, file, folder, rounds)
    printResult(context, pairs, options.json === true)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Pair {
  readonly product: Measured
  readonly yardstick: Measured
}

async function measurePairs(
  context: CommandContext,
  file: string,
  folder: string,
  rounds: number,
): Promise<Pair[]> {
  const pairs: Pair[] = []
  const progress = createProgress(context.stderr, 'Benchmark', rounds, 'rounds')
  for (let round = 0; round < rounds; round++) {
    const yardstick = await inner(context, ['bench', '--yardstick', file])
    const data = join(folder, `store-${round}`)
    const product = await inner(context, ['ingest', file, '--data', data, '--json'])
    pairs.push({ product, yardstick })
    await rm(data, { recursive: true, force: true })
    progress.at(round + 1)
  }
  progress.finish()
  return pairs
}

async function inner(context: CommandContext, words: string[]): Promise<Measured> {
  const main = join(context.projectFolder, 'src', 'main.ts')
  const { stdout } = await promisify(execFile)('node', [main, ...words], { maxBuffer: 1 << 24 })
  return measured.parse(JSON.parse(stdout))
}

async function measureYardstick(context: CommandContext, file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-yardstick-'))
  try {
    const sql = join(folders(context).sql, 'bench', 'yardstick-create.sql')
    const result = await bareInsert(file, folder, sql, () => performance.now())
    printLine(context, JSON.stringify({ ...result, memory_peak_bytes: context.memoryPeak_bytes() }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function printResult(context: CommandContext, pairs: readonly Pair[], json: boolean): void {
  const rate = ({ rows, seconds }: Measured) => rows / seconds
  const ratio = middle(pairs.map(({ product, yardstick }) => rate(product) / rate(yardstick)))
  const result = {
    machine: { cores: cpus().length, model: cpus()[0]?.model ?? '', memory_bytes: totalmem() },
    rows: pairs[0]?.product.rows ?? 0,
    rounds: pairs.length,
    file_rows_per_s: middle(pairs.map(pair => rate(pair.product))),
    yardstick_rows_per_s: middle(pairs.map(pair => rate(pair.yardstick))),
    ratio,
    memory_peak_bytes: Math.max(...pairs.map(pair => pair.product.memory_peak_bytes)),
  }
  if (json) {
    printLine(context, JSON.stringify(result, null, 2))
    return
  }
  const count = (value: number) => Math.round(value).toLocaleString('en')
  const columns = [{ name: 'what' }, { name: 'figure', align: 'right' as const }]
  const rows = [
    ['file → store, checked and counted once', `${count(result.file_rows_per_s)} rows/s`],
    ['bare engine insert of the same bytes', `${count(result.yardstick_rows_per_s)} rows/s`],
    ['ratio (median of pairs)', ratio.toFixed(2)],
    ['peak memory of the product', `${count(result.memory_peak_bytes / 2 ** 20)} MiB`],
    ['samples, rounds, cores', `${count(result.rows)}, ${result.rounds}, ${result.machine.cores}`],
  ]
  printLine(context, formatTable(columns, rows))
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}
