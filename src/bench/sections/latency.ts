import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runPart, startServe } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { type Figure, quantile, type SectionResult } from '../figures.ts'
import { INTERVAL_S } from '../parts/live-load.ts'
import { measured } from '../parts/part.ts'
import { postBody } from '../parts/post-bodies.ts'
import type { Probe } from '../probes.ts'
import { benchFleet } from '../sample-lines.ts'
import { findFullLoad } from './full-load.ts'
import { withoutKafka } from './http.ts'
import { NO_KAFKA } from './kafka.ts'
import { measureLoad, type Outcome } from './measure-load.ts'
import { loadTopic } from './topic-load.ts'

/**
 * From sample to finding while the product does half of what it can: first it is measured what all
 * its roles together can, detection included, then a fleet reports live at half of that.
 */

/** Devices of the fleets that are sized besides, each reporting every ten seconds. */
const FLEETS = [1_000, 10_000, 50_000] as const
/** Stretches of the run that latencies are told for: the dirty hour grows from one to the next. */
const STRETCHES = 3
/** How long a load is held while the full one is looked for. */
const TRIAL_S = 30

export async function benchLatency(bench: BenchContext): Promise<SectionResult> {
  const http = await overHttp(bench)
  if (!bench.environment['KAFKA_BROKERS'])
    return { figures: http, skipped: `over Kafka: ${NO_KAFKA}` }
  return { figures: [...(await overKafka(bench)), ...http], skipped: null }
}

async function overKafka(bench: BenchContext): Promise<Figure[]> {
  const { seconds } = bench.options
  const full = await findFullLoad(bench, rows_per_s => loadTopic(bench, rows_per_s, TRIAL_S))
  const figures = full === null ? [] : headsOf('Kafka, full load', full)
  const fleets = FLEETS.map(devices => ({
    way: `Kafka, ${devices.toLocaleString('en')} devices`,
    rows_per_s: devices / INTERVAL_S,
    tell: headsOf,
  }))
  const half = Math.round((full?.load.rows_per_s ?? 0) / 2)
  const halves = half > 0 ? [{ way: 'Kafka', rows_per_s: half, tell: allOf }] : []
  const loads = [...halves, ...fleets]
  for (const [index, { way, rows_per_s, tell }] of loads.entries()) {
    bench.progress('Latency over Kafka', index, loads.length)
    figures.push(...tell(way, await loadTopic(bench, rows_per_s, seconds)))
  }
  bench.progress('Latency over Kafka', loads.length, loads.length)
  return figures
}

async function overHttp(bench: BenchContext): Promise<Figure[]> {
  const data = join(bench.folder, 'latency-store')
  const fresh = () => rm(data, { recursive: true, force: true })
  const alone = withoutKafka(bench)
  bench.progress('Latency over HTTP', 0, 2)
  try {
    const full = await takenOverHttp(bench, data)
    await fresh()
    bench.progress('Latency over HTTP', 1, 2)
    const server = await startServe(alone, ['--data', data])
    const send = async (_: string, lines: string) => {
      await postBody(server.url, lines, false)
    }
    const { seconds } = bench.options
    const rows_per_s = Math.round(full / 2)
    const outcome = await measureLoad(bench, { rows_per_s, seconds, server, send, topic: null })
    bench.progress('Latency over HTTP', 2, 2)
    return allOf('HTTP', outcome)
  } finally {
    await fresh()
  }
}

/** Rows a second of bodies that come as fast as they are acknowledged, to all roles together. */
async function takenOverHttp(bench: BenchContext, data: string): Promise<number> {
  const { fleet, steps } = benchFleet('narrow', bench.options.rows, bench.clock.now())
  const server = await startServe(withoutKafka(bench), ['--data', data])
  try {
    const own = { fleet, steps, rows_per_body: 1000, gzip: false, senders: 4 }
    const posted = await runPart(bench, { part: 'post-bodies', ...own, url: server.url })
    const { rows, seconds } = measured.pick({ rows: true, seconds: true }).parse(posted)
    return rows / seconds
  } finally {
    await server.stop()
  }
}

type ToFigure = (what: string, unit: string, value: number, rounds?: number) => Figure

function figureOf(way: string, { load, sent, probes }: Outcome): ToFigure {
  const { rows_per_s, seconds } = load
  const basis = { rows_per_s, seconds, probes: probes.length, rows: sent.rows }
  return (what, unit, value, rounds = 1) => ({
    section: 'latency',
    what: `${what} (${way})`,
    unit,
    value: { median: value, min: value, max: value },
    rounds,
    basis,
  })
}

/** The share of latencies, in seconds; a probe without a finding is later than all others. */
function latency_s(share: number, probes: readonly Probe[]): number {
  const all = probes.map(({ latency_ms }) => latency_ms ?? Number.POSITIVE_INFINITY)
  return quantile(all, share) / 1000
}

function headsOf(way: string, outcome: Outcome): Figure[] {
  const { sent, probes, ticks, memory_bytes, accepted_per_s } = outcome
  const figure = figureOf(way, outcome)
  const lost = probes.filter(({ latency_ms }) => latency_ms === null).length
  return [
    figure('sample to finding, p50', 's', latency_s(0.5, probes), probes.length),
    figure('sample to finding, p99', 's', latency_s(0.99, probes), probes.length),
    figure('probes without a finding', 'probes', lost),
    figure('load that was sent', 'rows/s', sent.rows / sent.seconds),
    figure('of it accepted', 'rows/s', accepted_per_s),
    figure('mean tick', 's', ticks.mean_s, ticks.count),
    figure('peak memory, all roles', 'MiB', memory_bytes / 2 ** 20),
  ]
}

/** The same, by stretches of the time and by stages of a tick as well. */
function allOf(way: string, outcome: Outcome): Figure[] {
  const { probes, ticks, load } = outcome
  const figure = figureOf(way, outcome)
  const stretches = Array.from({ length: STRETCHES }, (_, index) => {
    const [from = 0, to = 0] = [index, index + 1].map(at => (at * load.seconds * 1000) / STRETCHES)
    const own = probes.filter(({ sent_ms }) => sent_ms >= from && sent_ms < to)
    const share = Math.round((100 * (index + 1)) / STRETCHES)
    const what = `sample to finding, p99, up to ${share} % of the rows`
    return figure(what, 's', latency_s(0.99, own), own.length)
  })
  const stages = Object.entries(ticks.stages).map(([stage, s]) =>
    figure(`of a mean tick ${stage}`, 's', s, ticks.count),
  )
  return [...headsOf(way, outcome), ...stretches, ...stages]
}
