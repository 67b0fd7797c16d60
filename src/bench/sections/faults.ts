import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { runCommand, runPart, startPart } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { type Figure, type SectionResult, spread } from '../figures.ts'
import { deleteAllTopics, type FilledTopic, fillTopic, makeTopics } from '../fill-topic.ts'
import { measured } from '../parts/part.ts'
import { benchFleet } from '../sample-lines.ts'
import { type Site, siteOfReading } from '../site.ts'
import { NO_KAFKA } from './kafka.ts'

/**
 * Kafka → store while every tenth message comes twice and the process is killed again and again,
 * against the same messages undisturbed. What the ledger says afterwards must be exact.
 */

const KILL_EVERY_S = 10
const TWICE_EVERY = 10
/** A process that is killed is missed after so long; until then nobody gets its partitions. */
const SESSION_TIMEOUT_S = 2

const audited = z.object({
  partitions: z.array(
    z.object({
      accepted: z.number(),
      duplicates: z.number(),
      quarantined: z.number(),
      held: z.object({ samples: z.number() }).nullable(),
      faults: z.array(z.string()),
    }),
  ),
})

export async function benchFaults(bench: BenchContext): Promise<SectionResult> {
  if (!bench.environment['KAFKA_BROKERS']) return { figures: [], skipped: NO_KAFKA }
  const base = await makeTopics(bench, 'faults')
  const site = { ...(await withGroup(bench, base.prefix, 'fill')), prefix: base.prefix }
  try {
    const topic = await fillFor(bench, site)
    const calm: number[] = []
    const disturbed: Disturbed[] = []
    for (let round = 0; round < bench.options.rounds; round += 1) {
      bench.progress('Faults', round, bench.options.rounds)
      calm.push(await readCalmly(bench, topic, `calm-${round}`))
      disturbed.push(await readKilled(bench, topic, `killed-${round}`))
    }
    bench.progress('Faults', bench.options.rounds, bench.options.rounds)
    return { figures: figuresOf(bench, topic, calm, disturbed), skipped: null }
  } finally {
    await deleteAllTopics(bench, base)
  }
}

function withGroup(bench: BenchContext, prefix: string, name: string): Promise<Site> {
  return siteOfReading(bench, prefix, name, { session_timeout_s: SESSION_TIMEOUT_S })
}

/** As many rows as the section's time takes undisturbed, by a first reading of a few. */
async function fillFor(
  bench: BenchContext,
  site: Site & { readonly prefix: string },
): Promise<FilledTopic> {
  const { seconds, rows } = bench.options
  const trial = await makeTopics(bench, 'faults-trial')
  const few = benchFleet('narrow', rows, bench.clock.now())
  const filled = await fillTopic(bench, trial, { ...few, kind: 'batched' })
  const data = join(bench.folder, 'faults-trial-store')
  const part = { part: 'read-topics', site: trial.file, data, messages: filled.messages } as const
  const first = measured.parse(await runPart(bench, part))
  await rm(data, { recursive: true, force: true })
  await deleteAllTopics(bench, trial)
  const many = benchFleet('narrow', (filled.rows / first.seconds) * seconds, bench.clock.now())
  return fillTopic(bench, site, { ...many, kind: 'batched', twiceEvery: TWICE_EVERY })
}

/** Seconds from the start of the process to its end. */
async function readCalmly(bench: BenchContext, topic: FilledTopic, name: string): Promise<number> {
  const { file } = await withGroup(bench, topic.prefix, name)
  const data = join(bench.folder, name)
  const begun = performance.now()
  await runPart(bench, { part: 'read-topics', site: file, data, messages: topic.messages })
  const seconds = (performance.now() - begun) / 1000
  await rm(data, { recursive: true, force: true })
  return seconds
}

interface Disturbed {
  readonly seconds: number
  readonly kills: number
  /** What does not add up afterwards; none when all is exact. */
  readonly faults: readonly string[]
}

async function readKilled(
  bench: BenchContext,
  topic: FilledTopic,
  name: string,
): Promise<Disturbed> {
  const { file } = await withGroup(bench, topic.prefix, name)
  const data = join(bench.folder, name)
  const part = { part: 'read-topics', site: file, data, messages: topic.messages } as const
  const begun = performance.now()
  let kills = 0
  for (; ; kills += 1) {
    const child = startPart(bench, part)
    child.stdout?.resume()
    const timer = new AbortController()
    const killing = delay(KILL_EVERY_S * 1000, undefined, { signal: timer.signal })
      .then(() => child.kill('SIGKILL'))
      .catch(() => false)
    const [code, signal] = await once(child, 'exit')
    timer.abort()
    await killing
    if (signal === 'SIGKILL') continue
    if (code !== 0) throw new Error(`the reading process ended with ${code}`)
    break
  }
  const seconds = (performance.now() - begun) / 1000
  const { partitions } = audited.parse(
    await runCommand(bench, ['audit', '--json', '--data', data], [0, 1]),
  )
  await rm(data, { recursive: true, force: true })
  return { seconds, kills, faults: faultsOf(topic, partitions) }
}

type Audited = z.output<typeof audited>['partitions']

function faultsOf(topic: FilledTopic, partitions: Audited): string[] {
  const sum = (of: (line: Audited[number]) => number) =>
    partitions.reduce((total, line) => total + of(line), 0)
  const counts = [
    ['accepted', sum(line => line.accepted), topic.rows],
    ['held', sum(line => line.held?.samples ?? 0), topic.rows],
    ['quarantined', sum(line => line.quarantined), 0],
    ['duplicates', sum(line => line.duplicates), topic.rows_twice],
  ] as const
  return [
    ...partitions.flatMap(line => line.faults),
    ...counts.flatMap(([name, found, due]) =>
      found === due ? [] : [`${name}: ${found} of ${due}`],
    ),
  ]
}

function figuresOf(
  { options }: BenchContext,
  topic: FilledTopic,
  calm: readonly number[],
  disturbed: readonly Disturbed[],
): Figure[] {
  const { rows, rows_twice, bytes, messages } = topic
  const basis = {
    rows,
    rows_twice,
    bytes_per_row: Math.round(bytes / (rows + rows_twice)),
    rows_per_message: Math.round((rows + rows_twice) / messages),
    partitions: options.partitions,
    kill_every_s: KILL_EVERY_S,
    session_timeout_s: SESSION_TIMEOUT_S,
  }
  const figure = (what: string, unit: string, values: readonly number[]): Figure => ({
    section: 'faults',
    what,
    unit,
    value: spread(values),
    rounds: values.length,
    basis,
  })
  const ratios = disturbed.map(({ seconds }, round) => (calm[round] ?? 0) / seconds)
  return [
    figure(
      'undisturbed, start of the process included',
      'rows/s',
      calm.map(s => rows / s),
    ),
    figure(
      'with kills and messages sent twice',
      'rows/s',
      disturbed.map(({ seconds }) => rows / seconds),
    ),
    figure('with kills / undisturbed', 'ratio', ratios),
    figure(
      'kills',
      'kills',
      disturbed.map(({ kills }) => kills),
    ),
    figure(
      'totals or partitions that are off',
      'faults',
      disturbed.map(({ faults }) => faults.length),
    ),
  ]
}
