import { randomUUID } from 'node:crypto'
import { openEventStream } from '../adapters/kafka/open.ts'
import { deleteTopics } from '../adapters/kafka/yardstick.ts'
import { planTopics } from '../domain/kafka-settings.ts'
import type { OutgoingMessage } from '../ports/event-stream.ts'
import type { BenchContext } from './context.ts'
import { type Fleet, sampleLine } from './sample-lines.ts'
import { type Site, writeSite } from './site.ts'

/** Topics of a benchmark: all that the product reads, of which one is filled. */

/**
 * `batched`: as many samples as fit into 768 KiB; `live`: one of each of a thousand devices, as they
 * come from a fleet that reports now; `single`: one sample a message.
 */
export const MESSAGE_KINDS = ['batched', 'live', 'single'] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

/** A broker takes a megabyte by default. */
const MESSAGE_BYTES_MAX = 786_432
/** Devices whose samples come in one message of a collector. */
export const DEVICES_PER_COLLECTOR = 128
/** The same of a fleet that reports now. */
export const DEVICES_LIVE = 1000
const SINGLES_PER_CALL = 2000

export interface FilledTopic {
  readonly prefix: string
  readonly topic: string
  readonly messages: number
  /** Samples, each counted once. */
  readonly rows: number
  /** Samples of the messages that were sent a second time. */
  readonly rows_twice: number
  /** Of all messages. */
  readonly bytes: number
}

export async function makeTopics(
  bench: BenchContext,
  name: string,
): Promise<Site & { readonly prefix: string }> {
  const prefix = `flopwatch-bench-${randomUUID().slice(0, 8)}.`
  const site = await writeSite(bench, name, { topic_prefix: prefix, group: prefix })
  const stream = openEventStream(site.kafka, bench.logger)
  const { partitions } = bench.options
  await stream.createTopics(planTopics(site.kafka).map(plan => ({ ...plan, partitions })))
  await stream.close()
  return { ...site, prefix }
}

/** The topics that `makeTopics` made. */
export async function deleteAllTopics(bench: BenchContext, { kafka }: Site): Promise<void> {
  const topics = planTopics(kafka).map(plan => plan.name)
  await deleteTopics(kafka, bench.logger, topics)
}

/** Sends all samples of the fleet for so many steps; every n-th message twice where asked. */
export async function fillTopic(
  bench: BenchContext,
  site: Site & { readonly prefix: string },
  {
    fleet,
    steps,
    kind,
    twiceEvery = 0,
  }: {
    readonly fleet: Fleet
    readonly steps: number
    readonly kind: MessageKind
    readonly twiceEvery?: number
  },
): Promise<FilledTopic> {
  const stream = openEventStream(site.kafka, bench.logger)
  const topic = `${site.prefix}telemetry.accelerator`
  let messages = 0
  let bytes = 0
  let rows = 0
  let rows_twice = 0
  try {
    const calls = kind === 'single' ? singles(fleet, steps) : collected(fleet, steps, kind)
    for (const { sent, samples } of calls) {
      const twice = twiceEvery > 0 ? sent.filter((_, at) => (messages + at) % twiceEvery === 0) : []
      await stream.publish(topic, sent)
      await stream.publish(topic, twice)
      messages += sent.length + twice.length
      rows += samples
      rows_twice += (twice.length * samples) / sent.length
      bytes += [...sent, ...twice].reduce((sum, { value }) => sum + value.length, 0)
    }
    return { prefix: site.prefix, topic, messages, rows, rows_twice, bytes }
  } finally {
    await stream.close()
  }
}

interface Call {
  readonly sent: readonly OutgoingMessage[]
  readonly samples: number
}

function* singles(fleet: Fleet, steps: number): Generator<Call> {
  let sent: OutgoingMessage[] = []
  for (let step = 0; step < steps; step += 1) {
    for (let device = 0; device < fleet.devices; device += 1) {
      sent.push(message(`device-${device}`, sampleLine(fleet, device, step)))
      if (sent.length < SINGLES_PER_CALL) continue
      yield { sent, samples: sent.length }
      sent = []
    }
  }
  if (sent.length > 0) yield { sent, samples: sent.length }
}

/** A collector keeps its devices and its key, so its samples stay in order in one partition. */
function* collected(fleet: Fleet, steps: number, kind: 'batched' | 'live'): Generator<Call> {
  const line = sampleLine(fleet, 0, 0).length + 1
  const together = kind === 'live' ? DEVICES_LIVE : DEVICES_PER_COLLECTOR
  const room = Math.max(1, Math.floor(MESSAGE_BYTES_MAX / (line + 16) / together))
  // What is live sends each sample when it is taken.
  const stride = kind === 'live' ? 1 : room
  for (let from = 0; from < steps; from += stride) {
    for (let first = 0; first < fleet.devices; first += together) {
      const last = Math.min(first + together, fleet.devices)
      const lines = block(fleet, { first, last }, from, Math.min(stride, steps - from))
      const sent = [message(`collector-${first}`, lines.join('\n'))]
      yield { sent, samples: lines.length }
    }
  }
}

function block(
  fleet: Fleet,
  { first, last }: { readonly first: number; readonly last: number },
  from: number,
  steps: number,
): string[] {
  const lines: string[] = []
  for (let step = from; step < from + steps; step += 1) {
    for (let device = first; device < last; device += 1) lines.push(sampleLine(fleet, device, step))
  }
  return lines
}

function message(key: string, value: string): OutgoingMessage {
  return { key, value, headers: {} }
}
