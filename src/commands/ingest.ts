import { openInput } from '../adapters/files/open-input.ts'
import { FAULTS, Fault } from '../domain/fault.ts'
import { type DeliveryKind, IMPORTS, isDeliveryKind, STREAMS } from '../domain/streams.ts'
import { createProgress, type Progress } from '../terminal/progress.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, EXIT, type GlobalOptions, printLine } from './context.ts'
import { type FileProgress, type FileResult, ingestFiles } from './ingest-files.ts'
import { openForCommand } from './open.ts'

/** `flopwatch ingest FILE…`: files into the store, with a bar, an account and an exit code. */

export interface IngestOptions extends GlobalOptions {
  /** Stream of all files; told from each file when left out. */
  readonly stream?: string
  /** Billing files that state their billing periods anew. */
  readonly replacePeriod?: boolean
}

export async function ingestCommand(
  context: CommandContext,
  options: IngestOptions,
  paths: readonly string[],
): Promise<number> {
  if (paths.length === 0)
    throw new Fault('USAGE', 'name at least one file, or - for standard input')
  const stream = readStream(options.stream)
  const app = await openForCommand(context, options)
  const bars = createBars(context)
  const started = context.clock.now()
  try {
    const open = (path: string) =>
      path === '-' ? Promise.resolve({ bytes: context.stdin, bytes_total: null }) : openInput(path)
    const given = { stream, replace_period: options.replacePeriod === true }
    const results = await ingestFiles(app.intake, { open }, paths, given, bars.show)
    bars.finish()
    const seconds = (context.clock.now() - started) / 1000
    if (options.json === true) printJson(context, results, seconds)
    else printAccount(context, results)
    return exitOf(results)
  } finally {
    bars.finish()
    await app.close()
  }
}

function readStream(name: string | undefined): DeliveryKind | null {
  if (name === undefined) return null
  if (isDeliveryKind(name)) return name
  throw new Fault('USAGE', `no stream "${name}"; there are ${[...STREAMS, ...IMPORTS].join(', ')}`)
}

function exitOf(results: readonly FileResult[]): number {
  if (results.some(result => result.fault !== null)) return EXIT.fault
  const quarantined = results.some(result => (result.receipt?.quarantined ?? 0) > 0)
  return quarantined ? EXIT.quarantined : EXIT.done
}

const MEGABYTE = 1e6

/** One bar a file; standard input has no known length and gets none. */
function createBars(context: CommandContext): { show: FileProgress; finish(): void } {
  let current: { path: string; bar: Progress } | null = null
  const finish = (): void => {
    current?.bar.finish()
    current = null
  }
  return {
    finish,
    show: ({ path, bytes, bytes_total }) => {
      if (bytes_total === null) return
      if (current?.path !== path) {
        finish()
        const title = path.split('/').at(-1) ?? path
        const bar = createProgress(context.stderr, title, bytes_total / MEGABYTE, 'MB')
        current = { path, bar }
      }
      current.bar.at(bytes / MEGABYTE)
    },
  }
}

const COUNTS = ['accepted', 'duplicates', 'quarantined'] as const

function printAccount(context: CommandContext, results: readonly FileResult[]): void {
  const columns = [
    { name: 'file' },
    { name: 'stream' },
    ...COUNTS.map(name => ({ name, align: 'right' as const })),
  ]
  const rows = results.map(({ path, receipt }) => [
    path,
    receipt?.stream ?? '',
    ...COUNTS.map(name => (receipt ? receipt[name].toLocaleString('en') : '')),
  ])
  if (results.length > 1) {
    const sums = totals(results)
    rows.push(['all files', '', ...COUNTS.map(name => sums[name].toLocaleString('en'))])
  }
  printLine(context, formatTable(columns, rows))
  for (const { fault } of results) {
    if (fault) context.stderr.write(`flopwatch: ${fault.message}. ${FAULTS[fault.code].remedy}\n`)
  }
}

function printJson(context: CommandContext, results: readonly FileResult[], seconds: number): void {
  const sums = totals(results)
  const answer = {
    rows: sums.consumed,
    ...sums,
    seconds,
    memory_peak_bytes: context.memoryPeak_bytes(),
    files: results.map(({ path, receipt, fault }) => ({
      path,
      ...receipt,
      fault: fault && { error: fault.code, message: fault.message },
    })),
  }
  printLine(context, JSON.stringify(answer, null, 2))
}

function totals(results: readonly FileResult[]) {
  const sum = (name: 'consumed' | 'revised' | 'conflicts' | (typeof COUNTS)[number]): number =>
    results.reduce((total, { receipt }) => total + (receipt?.[name] ?? 0), 0)
  return {
    consumed: sum('consumed'),
    accepted: sum('accepted'),
    duplicates: sum('duplicates'),
    quarantined: sum('quarantined'),
    revised: sum('revised'),
    conflicts: sum('conflicts'),
  }
}
