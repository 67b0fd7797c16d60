import { setTimeout as delay } from 'node:timers/promises'
import { openEventStream } from '../../adapters/kafka/open.ts'
import { formatInstant, type Instant } from '../../domain/window.ts'
import { loadSettings } from '../../settings.ts'
import type { PartContext } from '../context.ts'
import { DEVICES_LIVE } from '../fill-topic.ts'
import { type Fleet, type Shape, sampleLine } from '../sample-lines.ts'
import { postBody } from './post-bodies.ts'

/**
 * A fleet that reports as it goes: every device once in its interval, stamped with the present. To a
 * topic it goes packed, as collectors of many devices send: unpacked, the sender of the benchmark took
 * half a core of what is measured.
 */

export interface LiveLoad {
  readonly shape: Shape
  /** Settings file and topic to send to; null sends to `url`. */
  readonly topic: { readonly site: string; readonly name: string } | null
  readonly url: string
  readonly rows_per_s: number
  readonly seconds: number
}

export const INTERVAL_S = 10
/** Turns of a second: each sends the devices that report in it. */
const TURNS_PER_S = 4
export const TENANTS = 64

type Send = (key: string, body: Buffer) => Promise<void>

export async function liveLoad(
  context: PartContext,
  load: LiveLoad,
): Promise<{ readonly rows: number; readonly seconds: number }> {
  const { send, close } = openSender(context, load)
  const turns = turnsOf(load, context.clock.now())
  const begun = performance.now()
  let rows = 0
  for (let turn = 0; turn < load.seconds * TURNS_PER_S; turn += 1) {
    const due = (turn / TURNS_PER_S) * 1000 - (performance.now() - begun)
    if (due > 0) await delay(due)
    const at = context.clock.now()
    for (const reading of turns[turn % turns.length] ?? []) {
      await send(reading.key, stamped(reading, at))
      rows += reading.times_at.length
    }
  }
  await close()
  return { rows, seconds: (performance.now() - begun) / 1000 }
}

/** What a collector sends each time: one sample of each of its devices. */
export interface Reading {
  readonly key: string
  readonly body: Buffer
  /** Where in the body the time of each sample stands. */
  readonly times_at: readonly number[]
}

/** The readings of each turn of an interval. */
function turnsOf({ shape, rows_per_s }: LiveLoad, from: Instant): Reading[][] {
  const devices = Math.ceil(rows_per_s * INTERVAL_S)
  const fleet = { shape, devices, tenants: TENANTS, interval_s: INTERVAL_S, from }
  const turns = INTERVAL_S * TURNS_PER_S
  const share = Math.ceil(devices / turns)
  return Array.from({ length: turns }, (_, turn) => {
    const last = Math.min((turn + 1) * share, devices)
    const readings: Reading[] = []
    for (let first = turn * share; first < last; first += DEVICES_LIVE)
      readings.push(readingOf(fleet, first, Math.min(first + DEVICES_LIVE, last)))
    return readings
  })
}

/**
 * Made beforehand: a sender on the same machine must not take the cores from what is measured.
 * @param first of the devices, up to but without `last`
 */
export function readingOf(fleet: Fleet, first: number, last: number): Reading {
  const lines = Array.from({ length: last - first }, (_, at) => sampleLine(fleet, first + at, 0))
  const times_at: number[] = []
  let end = 0
  for (const line of lines) {
    times_at.push(end + BEFORE_TIME.length)
    end += Buffer.byteLength(line) + 1
  }
  return { key: `collector-${first}`, body: Buffer.from(lines.join('\n')), times_at }
}

/** How a line begins. */
const BEFORE_TIME = '{"time":"'

/** The body as of an instant; the same memory each time. */
export function stamped({ body, times_at }: Reading, at: Instant): Buffer {
  const time = Buffer.from(formatInstant(at))
  for (const place of times_at) time.copy(body, place)
  return body
}

function openSender(
  context: PartContext,
  { topic, url }: LiveLoad,
): { readonly send: Send; close(): Promise<void> } {
  if (topic === null) {
    const send: Send = async (_, body) => {
      await postBody(url, body, false)
    }
    return { send, close: async () => undefined }
  }
  const configFolder = `${context.projectFolder}/config`
  const source = { ...context, configFolder, siteFile: topic.site, flags: {} }
  const { kafka } = loadSettings(source).settings
  const stream = openEventStream(kafka, context.logger, { isPacked: true })
  return {
    send: (key, value) => stream.publish(topic.name, [{ key, value, headers: {} }]),
    close: () => stream.close(),
  }
}

/**
 * Samples of a tenant that nobody has met, whose devices count more operations among them than
 * the threshold of a run: its finding is due at once.
 */
export function probeLines(tenant_id: string, at: number, operations: number): string {
  const devices = 8
  return Array.from({ length: devices }, (_, device) =>
    JSON.stringify({
      time: formatInstant(at),
      interval_s: INTERVAL_S,
      device_id: `${tenant_id}/gpu-${device}`,
      tenant_id,
      accelerator: 'NVIDIA H100 80GB HBM3',
      node_id: `${tenant_id}/node`,
      fabric_id: tenant_id,
      site: 'bench',
      operations: operations / devices,
    }),
  ).join('\n')
}
