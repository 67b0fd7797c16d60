import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand, runPart } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { type Figure, type SectionResult, spread } from '../figures.ts'
import { type Measured, measured } from '../parts/part.ts'
import { benchFleet, SHAPES, type Shape, writeSamples } from '../sample-lines.ts'

/**
 * File → store against the engine's bare insert of the same bytes. The ratio is the figure to
 * quote: the machine's own speed drops out of it.
 */

interface Round {
  readonly product: Measured
  readonly engine: Measured
}

export async function benchFile(bench: BenchContext): Promise<SectionResult> {
  const figures: Figure[] = []
  for (const shape of SHAPES) figures.push(...(await benchShape(bench, shape)))
  return { figures, skipped: null }
}

async function benchShape(bench: BenchContext, shape: Shape): Promise<Figure[]> {
  const { fleet, steps } = benchFleet(shape, bench.options.rows, bench.clock.now())
  const file = join(bench.folder, `file-${shape}.ndjson`)
  await writeSamples(file, fleet, steps)
  const { size } = await stat(file)
  const data = join(bench.folder, 'file-store')
  const fresh = () => rm(data, { recursive: true, force: true })
  const rounds: Round[] = []
  for (let round = 0; round < bench.options.rounds; round += 1) {
    bench.progress(`File, ${shape}`, round, bench.options.rounds)
    const engine = await runPart(bench, { part: 'bare-insert', file, data })
    await fresh()
    const product = await runCommand(bench, ['ingest', file, '--data', data, '--json'])
    await fresh()
    rounds.push({ product: measured.parse(product), engine: measured.parse(engine) })
  }
  bench.progress(`File, ${shape}`, bench.options.rounds, bench.options.rounds)
  const rows = fleet.devices * steps
  return figuresOf(shape, { rows, bytes_per_row: Math.round(size / rows) }, rounds)
}

function figuresOf(shape: Shape, basis: Figure['basis'], rounds: readonly Round[]): Figure[] {
  const figure = (what: string, unit: string, of: (round: Round) => number): Figure => ({
    section: 'file',
    what: `${what} (${shape})`,
    unit,
    value: spread(rounds.map(of)),
    rounds: rounds.length,
    basis,
  })
  const rate = ({ rows, seconds }: Measured) => rows / seconds
  return [
    figure('file → store, checked and counted once', 'rows/s', ({ product }) => rate(product)),
    figure('bare insert of the same bytes', 'rows/s', ({ engine }) => rate(engine)),
    figure(
      'file → store / bare insert',
      'ratio',
      ({ product, engine }) => rate(product) / rate(engine),
    ),
    figure(
      'peak memory, file → store',
      'MiB',
      ({ product }) => product.memory_peak_bytes / 2 ** 20,
    ),
  ]
}
