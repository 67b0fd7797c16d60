import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openEventStream } from '../../adapters/kafka/open.ts'
import { deleteTopics } from '../../adapters/kafka/yardstick.ts'
import { planTopics } from '../../domain/kafka-settings.ts'
import { runPart, type Serving, startServe } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { type Figure, quantile, type SectionResult } from '../figures.ts'
import { fillTopic, makeTopics } from '../fill-topic.ts'
import { INTERVAL_S, probeLines, TENANTS } from '../parts/live-load.ts'
import { measured } from '../parts/part.ts'
import { postBody } from '../parts/post-bodies.ts'
import { type Probe, probe } from '../probes.ts'
import { benchFleet, type Fleet } from '../sample-lines.ts'
import type { Site } from '../site.ts'
import { readAccepted, readTicks } from '../tick-metrics.ts'
import { withoutKafka } from './http.ts'
import { NO_KAFKA } from './kafka.ts'

/**
 * From sample to finding while the product does half of what it can: first it is measured what all
 * its roles together can, detection included, then a fleet reports live at half of that, and probes are timed in between.
 */

const PROBE_EVERY_MS = 1000
const LOOK_MS = 50
/** How long a finding may be late before its probe counts as lost. */
const GRACE_S = 60
/**
 * The fleet reports for so long before the first probe: that a device is met for the first time is
 * dear, and happens once.
 */
const WARM_S = 30
/** Operations of a probe: twice the default threshold of a run. */
const PROBE_OPERATIONS = 2e26
/** Devices of the fleets that are sized besides, each reporting every ten seconds. */
const FLEETS = [1_000, 10_000, 50_000] as const
/** Stretches of the run that latencies are told for: the dirty hour grows from one to the next. */
const STRETCHES = 3

interface Load {
  readonly way: string
  /** Without the shares of stages and stretches. */
  readonly isBrief: boolean
  readonly rows_per_s: number
  readonly server: Serving
  readonly send: (tenant_id: string) => Promise<void>
  readonly topic: { readonly site: string; readonly name: string } | null
}

export async function benchLatency(bench: BenchContext): Promise<SectionResult> {
  const http = await overHttp(bench)
  if (!bench.environment['KAFKA_BROKERS'])
    return { figures: http, skipped: `over Kafka: ${NO_KAFKA}` }
  return { figures: [...(await overKafka(bench)), ...http], skipped: null }
}

async function overKafka(bench: BenchContext): Promise<Figure[]> {
  const full = await acceptedFromTopic(bench)
  const half = { way: 'Kafka', isBrief: false, rows_per_s: Math.round(full / 2) }
  const figures = await overTopic(bench, half)
  for (const devices of FLEETS) {
    const way = `Kafka, ${devices.toLocaleString('en')} devices`
    const sized = { way, isBrief: true, rows_per_s: devices / INTERVAL_S }
    figures.push(...(await overTopic(bench, sized)))
  }
  return figures
}

/** Steps of the fleet by which it is measured what the product can. */
const FULL_STEPS = 3

/** What the load will be like: few samples of many devices, the newest of them of now. */
function liveFleet(bench: BenchContext): { readonly fleet: Fleet; readonly steps: number } {
  const devices = Math.ceil(bench.options.rows / FULL_STEPS)
  const from = bench.clock.now() - FULL_STEPS * INTERVAL_S * 1000
  const fleet = {
    shape: 'narrow',
    devices,
    tenants: TENANTS,
    interval_s: INTERVAL_S,
    from,
  } as const
  return { fleet, steps: FULL_STEPS }
}

async function acceptedFromTopic(bench: BenchContext): Promise<number> {
  const data = join(bench.folder, 'latency-store')
  const site = await makeTopics(bench, 'latency')
  try {
    const { fleet, steps } = liveFleet(bench)
    const { rows } = await fillTopic(bench, site, { fleet, steps, kind: 'live', isPacked: true })
    const server = await startServe(bench, ['--config', site.file, '--data', data])
    const full = await accepted(server.url, rows)
    await server.stop()
    return full
  } finally {
    await clear(bench, data, site)
  }
}

/** Each load has topics of its own: a product that starts anew reads what is left in them. */
async function overTopic(
  bench: BenchContext,
  { way, isBrief, rows_per_s }: Pick<Load, 'way' | 'isBrief' | 'rows_per_s'>,
): Promise<Figure[]> {
  const data = join(bench.folder, 'latency-store')
  const site = await makeTopics(bench, `latency-${rows_per_s}`)
  const stream = openEventStream(site.kafka, bench.logger)
  const name = `${site.prefix}telemetry.accelerator`
  const send = (tenant_id: string) => {
    const value = probeLines(tenant_id, bench.clock.now(), PROBE_OPERATIONS)
    return stream.publish(name, [{ key: tenant_id, value, headers: {} }])
  }
  try {
    const server = await startServe(bench, ['--config', site.file, '--data', data])
    const topic = { site: site.file, name }
    return await measureLoad(bench, { way, isBrief, rows_per_s, server, send, topic })
  } finally {
    await stream.close()
    await clear(bench, data, site)
  }
}

async function clear(bench: BenchContext, data: string, { kafka }: Site): Promise<void> {
  await rm(data, { recursive: true, force: true })
  const topics = planTopics(kafka).map(plan => plan.name)
  await deleteTopics(kafka, bench.logger, topics)
}

async function overHttp(bench: BenchContext): Promise<Figure[]> {
  const data = join(bench.folder, 'latency-store')
  const fresh = () => rm(data, { recursive: true, force: true })
  const alone = withoutKafka(bench)
  try {
    const { fleet, steps } = benchFleet('narrow', bench.options.rows, bench.clock.now())
    const filled = await startServe(alone, ['--data', data])
    const part = {
      part: 'post-bodies',
      fleet,
      steps,
      rows_per_body: 1000,
      gzip: false,
      senders: 4,
    } as const
    const full = measured
      .pick({ rows: true, seconds: true })
      .parse(await runPart(bench, { ...part, url: filled.url }))
    await filled.stop()
    await fresh()
    const server = await startServe(alone, ['--data', data])
    const send = async (tenant_id: string) => {
      await postBody(server.url, probeLines(tenant_id, bench.clock.now(), PROBE_OPERATIONS), false)
    }
    const rows_per_s = Math.round(full.rows / full.seconds / 2)
    return await measureLoad(bench, {
      way: 'HTTP',
      isBrief: false,
      rows_per_s,
      server,
      send,
      topic: null,
    })
  } finally {
    await fresh()
  }
}

/** Rows a second that a product in all its roles takes from a topic, until it has so many. */
async function accepted(url: string, rows: number): Promise<number> {
  let begun: { readonly at: number; readonly rows: number } | null = null
  for (;;) {
    const now = { at: performance.now(), rows: await readAccepted(url) }
    // The first rows tell that partitions are assigned.
    if (now.rows > 0) begun ??= now
    if (begun && now.rows >= rows) return ((now.rows - begun.rows) * 1000) / (now.at - begun.at)
    await delay(LOOK_MS)
  }
}

/** Load and probes side by side; the server is stopped at the end. */
async function measureLoad(bench: BenchContext, load: Load): Promise<Figure[]> {
  const { seconds } = bench.options
  const { server, rows_per_s, topic } = load
  bench.progress(`Latency, ${load.way}`, 0, 1)
  try {
    const { url } = server
    // Joining a group and the first ticks take seconds once; what is timed is the running product.
    const warming = {
      name: 'warming',
      url,
      seconds: 0.5,
      every_ms: PROBE_EVERY_MS,
      send: load.send,
    }
    await probe({ ...warming, grace_s: GRACE_S })
    const own = { topic, url, rows_per_s, seconds: WARM_S + seconds }
    const [sent, probes] = await Promise.all([
      runPart(bench, { part: 'live-load', shape: 'narrow', ...own }),
      delay(WARM_S * 1000).then(() =>
        probe({ ...warming, name: 'probe', seconds, grace_s: GRACE_S }),
      ),
    ])
    const held = measured.pick({ rows: true, seconds: true }).parse(sent)
    const ticks = await readTicks(url)
    const memory = await server.memoryPeak_bytes()
    bench.progress(`Latency, ${load.way}`, 1, 1)
    return figuresOf(load, { seconds, held, probes, ticks, memory })
  } finally {
    await server.stop()
  }
}

interface Outcome {
  readonly seconds: number
  readonly held: { readonly rows: number; readonly seconds: number }
  readonly probes: readonly Probe[]
  readonly ticks: Awaited<ReturnType<typeof readTicks>>
  readonly memory: number
}

function figuresOf(load: Load, { seconds, held, probes, ticks, memory }: Outcome): Figure[] {
  const basis = { rows_per_s: load.rows_per_s, seconds, probes: probes.length, rows: held.rows }
  const one = (what: string, unit: string, value: number, rounds = 1): Figure => ({
    section: 'latency',
    what: `${what} (${load.way})`,
    unit,
    value: { median: value, min: value, max: value },
    rounds,
    basis,
  })
  const lost = probes.filter(({ latency_ms }) => latency_ms === null).length
  const told = (share: number, of: readonly Probe[]) =>
    quantile(
      of.map(({ latency_ms }) => latency_ms ?? Number.POSITIVE_INFINITY),
      share,
    ) / 1000
  const stretches = Array.from({ length: STRETCHES }, (_, index) => {
    const [from, to] = [index, index + 1].map(at => (at * seconds * 1000) / STRETCHES)
    const own = probes.filter(({ sent_ms }) => sent_ms >= (from ?? 0) && sent_ms < (to ?? 0))
    const share = Math.round((100 * (index + 1)) / STRETCHES)
    return one(
      `sample to finding, p99, up to ${share} % of the rows`,
      's',
      told(0.99, own),
      own.length,
    )
  })
  const heads = [
    one('sample to finding, p50', 's', told(0.5, probes), probes.length),
    one('sample to finding, p99', 's', told(0.99, probes), probes.length),
    one('probes without a finding', 'probes', lost),
    one('load that was held', 'rows/s', held.rows / held.seconds),
    one('mean tick', 's', ticks.mean_s, ticks.count),
  ]
  if (load.isBrief) return heads
  return [
    ...heads,
    ...stretches,
    ...Object.entries(ticks.stages).map(([stage, s]) =>
      one(`of a mean tick ${stage}`, 's', s, ticks.count),
    ),
    one('peak memory, all roles', 'MiB', memory / 2 ** 20),
  ]
}
