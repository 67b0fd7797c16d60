import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runPart } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { type Figure, type SectionResult, spread } from '../figures.ts'
import {
  deleteAllTopics,
  type FilledTopic,
  fillTopic,
  MESSAGE_KINDS,
  type MessageKind,
  makeTopics,
} from '../fill-topic.ts'
import { type Measured, measured } from '../parts/part.ts'
import { benchFleet, SHAPES, type Shape, writeSamples } from '../sample-lines.ts'
import { type Site, siteOfReading } from '../site.ts'

/**
 * Kafka → store. The topic is filled once; then, in turn, a consumer that does nothing, the product
 * into a fresh store, and the engine alone with the same bytes read from a file.
 */

interface Round {
  readonly idle: Measured
  readonly product: Measured
  readonly engine: Measured
}

export const NO_KAFKA =
  'KAFKA_BROKERS is not set: `npm run bench` starts a broker where it finds Docker, or Java 17 and Maven'

export async function benchKafka(bench: BenchContext): Promise<SectionResult> {
  if (!bench.environment['KAFKA_BROKERS']) return { figures: [], skipped: NO_KAFKA }
  const figures: Figure[] = []
  for (const shape of SHAPES) {
    for (const kind of MESSAGE_KINDS) figures.push(...(await benchTopic(bench, shape, kind)))
  }
  return { figures, skipped: null }
}

/** The figures of one topic. */
export async function benchTopic(
  bench: BenchContext,
  shape: Shape,
  kind: MessageKind,
): Promise<Figure[]> {
  const name = `kafka-${shape}-${kind}`
  const { fleet, steps } = benchFleet(shape, bench.options.rows, bench.clock.now())
  const site = await makeTopics(bench, name)
  try {
    const file = join(bench.folder, `${name}.ndjson`)
    await writeSamples(file, fleet, steps)
    const topic = await fillTopic(bench, site, { fleet, steps, kind })
    const rounds: Round[] = []
    for (let round = 0; round < bench.options.rounds; round += 1) {
      bench.progress(`Kafka, ${shape}, ${kind}`, round, bench.options.rounds)
      const own = await siteOfReading(bench, site.prefix, `${name}-${round}`)
      rounds.push(await measureRound(bench, own, topic, file))
    }
    bench.progress(`Kafka, ${shape}, ${kind}`, bench.options.rounds, bench.options.rounds)
    return figuresOf(bench, topic, `${shape}, ${kind}`, rounds)
  } finally {
    await deleteAllTopics(bench, site)
  }
}

async function measureRound(
  bench: BenchContext,
  site: Site,
  { topic, messages }: FilledTopic,
  file: string,
): Promise<Round> {
  const data = join(bench.folder, 'kafka-store')
  const fresh = () => rm(data, { recursive: true, force: true })
  const read = { site: site.file, messages }
  const idle = await runPart(bench, { part: 'idle-consumer', topic, ...read })
  await fresh()
  const product = await runPart(bench, { part: 'read-topics', data, ...read })
  await fresh()
  const engine = await runPart(bench, { part: 'bare-insert', file, data })
  await fresh()
  return {
    idle: measured.parse(idle),
    product: measured.parse(product),
    engine: measured.parse(engine),
  }
}

function figuresOf(
  bench: BenchContext,
  topic: FilledTopic,
  shape: string,
  rounds: readonly Round[],
): Figure[] {
  const { rows, bytes, messages } = topic
  const basis = {
    rows,
    bytes_per_row: Math.round(bytes / rows),
    rows_per_message: Math.round(rows / messages),
    partitions: bench.options.partitions,
  }
  const figure = (what: string, unit: string, of: (round: Round) => number): Figure => ({
    section: 'kafka',
    what: `${what} (${shape})`,
    unit,
    value: spread(rounds.map(of)),
    rounds: rounds.length,
    basis,
  })
  const rate = (part: Measured) => rows / part.seconds
  const megabytes = (part: Measured) => bytes / part.seconds / 1e6
  return [
    figure('Kafka → store', 'rows/s', ({ product }) => rate(product)),
    figure('Kafka → store', 'MB/s', ({ product }) => megabytes(product)),
    figure('idle consumer', 'MB/s', ({ idle }) => megabytes(idle)),
    figure(
      'Kafka → store / idle consumer',
      'ratio',
      ({ product, idle }) => idle.seconds / product.seconds,
    ),
    figure('bare insert of the same bytes', 'rows/s', ({ engine }) => rate(engine)),
    figure(
      'Kafka → store / bare insert',
      'ratio',
      ({ product, engine }) => engine.seconds / product.seconds,
    ),
    figure(
      'peak memory, Kafka → store',
      'MiB',
      ({ product }) => product.memory_peak_bytes / 2 ** 20,
    ),
  ]
}
