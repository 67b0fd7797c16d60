import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { runPart, startServe } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { type Figure, type SectionResult, spread } from '../figures.ts'
import { type Measured, measured } from '../parts/part.ts'
import { benchFleet, SHAPES, type Shape, writeSamples } from '../sample-lines.ts'

/**
 * HTTP → store: several senders at loopback, bodies plain and packed, against the engine's bare
 * insert of the same samples. The senders share the machine with what they measure.
 */

const SENDERS = 4
const ROWS_PER_BODY = 5000
/** Bodies of one sample: each waits until it is durable, so few of them tell how long that is. */
const SINGLES = 256

const KINDS = [
  { kind: 'plain', gzip: false, rows_per_body: ROWS_PER_BODY },
  { kind: 'gzip', gzip: true, rows_per_body: ROWS_PER_BODY },
  { kind: 'single', gzip: false, rows_per_body: 1 },
] as const
type Kind = (typeof KINDS)[number]

const posted = z.object({ rows: z.number(), seconds: z.number() })

interface Round {
  readonly engine: Measured
  readonly product: Measured
}

export async function benchHttp(bench: BenchContext): Promise<SectionResult> {
  const figures: Figure[] = []
  for (const shape of SHAPES) {
    for (const kind of KINDS) figures.push(...(await benchKind(bench, shape, kind)))
  }
  return { figures, skipped: null }
}

async function benchKind(bench: BenchContext, shape: Shape, kind: Kind): Promise<Figure[]> {
  const { rows: wanted, rounds } = bench.options
  const now = bench.clock.now()
  const isSingle = kind.rows_per_body === 1
  const { fleet, steps } = isSingle
    ? benchFleet(shape, SINGLES, now, SINGLES)
    : benchFleet(shape, wanted, now)
  const file = join(bench.folder, `http-${shape}-${kind.kind}.ndjson`)
  await writeSamples(file, fleet, steps)
  const { size } = await stat(file)
  const rows = fleet.devices * steps
  const title = `HTTP, ${shape}, ${kind.kind}`
  const done: Round[] = []
  for (let round = 0; round < rounds; round += 1) {
    bench.progress(title, round, rounds)
    done.push(await measureRound(bench, file, { fleet, steps, ...kind }))
  }
  bench.progress(title, rounds, rounds)
  const basis = {
    rows,
    bytes_per_row: Math.round(size / rows),
    rows_per_body: kind.rows_per_body,
    senders: SENDERS,
  }
  return figuresOf(`${shape}, ${kind.kind}`, basis, done)
}

type Work = Kind & ReturnType<typeof benchFleet>

async function measureRound(bench: BenchContext, file: string, work: Work): Promise<Round> {
  const data = join(bench.folder, 'http-store')
  const fresh = () => rm(data, { recursive: true, force: true })
  const engine = measured.parse(await runPart(bench, { part: 'bare-insert', file, data }))
  await fresh()
  const server = await startServe(withoutKafka(bench), ['--roles', 'ingest', '--data', data])
  try {
    const { kind: _, ...posting } = work
    const part = { part: 'post-bodies', url: server.url, senders: SENDERS, ...posting } as const
    const answer = posted.parse(await runPart(bench, part))
    const memory_peak_bytes = await server.memoryPeak_bytes()
    return { engine, product: { ...answer, memory_peak_bytes } }
  } finally {
    await server.stop()
    await fresh()
  }
}

/** What comes over HTTP alone must not read topics beside it. */
export function withoutKafka(
  bench: BenchContext,
): Pick<BenchContext, 'projectFolder' | 'environment'> {
  return { ...bench, environment: { ...bench.environment, KAFKA_BROKERS: undefined } }
}

function figuresOf(shape: string, basis: Figure['basis'], rounds: readonly Round[]): Figure[] {
  const figure = (what: string, unit: string, of: (round: Round) => number): Figure => ({
    section: 'http',
    what: `${what} (${shape})`,
    unit,
    value: spread(rounds.map(of)),
    rounds: rounds.length,
    basis,
  })
  const rate = ({ rows, seconds }: Measured) => rows / seconds
  return [
    figure('HTTP → store', 'rows/s', ({ product }) => rate(product)),
    figure(
      'HTTP → store / bare insert',
      'ratio',
      ({ product, engine }) => rate(product) / rate(engine),
    ),
    figure(
      'peak memory, HTTP → store',
      'MiB',
      ({ product }) => product.memory_peak_bytes / 2 ** 20,
    ),
  ]
}
