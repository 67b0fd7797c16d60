import { setTimeout as delay } from 'node:timers/promises'
import { openEventStream } from '../../adapters/kafka/open.ts'
import { formatInstant, type Instant } from '../../domain/window.ts'
import { loadSettings } from '../../settings.ts'
import type { PartContext } from '../context.ts'
import { DEVICES_LIVE } from '../fill-topic.ts'
import { type Shape, sampleLine } from '../sample-lines.ts'
import { postBody } from './post-bodies.ts'

/** A fleet that reports as it goes: every device once in its interval, stamped with the present. */

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

type Send = (key: string, text: string) => Promise<void>

export async function liveLoad(
  context: PartContext,
  load: LiveLoad,
): Promise<{ readonly rows: number; readonly seconds: number }> {
  const { send, close } = openSender(context, load)
  const turns = INTERVAL_S * TURNS_PER_S
  const devices = Math.ceil(load.rows_per_s * INTERVAL_S)
  const share = Math.ceil(devices / turns)
  const rests = restsOf(load, devices, context.clock.now())
  const begun = performance.now()
  let rows = 0
  for (let turn = 0; turn < load.seconds * TURNS_PER_S; turn += 1) {
    const due = (turn / TURNS_PER_S) * 1000 - (performance.now() - begun)
    if (due > 0) await delay(due)
    const first = (turn % turns) * share
    const last = Math.min(first + share, devices)
    const head = lineHead(context.clock.now())
    for (let from = first; from < last; from += DEVICES_LIVE) {
      const to = Math.min(from + DEVICES_LIVE, last)
      const lines = rests.slice(from, to).map(rest => head + rest)
      await send(`collector-${from}`, lines.join('\n'))
      rows += lines.length
    }
  }
  await close()
  return { rows, seconds: (performance.now() - begun) / 1000 }
}

/** How a line begins, its time included. */
function lineHead(at: Instant): string {
  return `{"time":"${formatInstant(at)}"`
}

/**
 * What follows the time in the line of each device, made beforehand: a sender on the same machine
 * must not take the cores from what is measured.
 */
function restsOf({ shape }: LiveLoad, devices: number, from: Instant): string[] {
  const fleet = { shape, devices, tenants: TENANTS, interval_s: INTERVAL_S, from }
  const { length } = lineHead(from)
  return Array.from({ length: devices }, (_, device) => sampleLine(fleet, device, 0).slice(length))
}

function openSender(
  context: PartContext,
  { topic, url }: LiveLoad,
): { readonly send: Send; close(): Promise<void> } {
  if (topic === null) {
    const send: Send = async (_, text) => {
      await postBody(url, text, false)
    }
    return { send, close: async () => undefined }
  }
  const configFolder = `${context.projectFolder}/config`
  const source = { ...context, configFolder, siteFile: topic.site, flags: {} }
  const stream = openEventStream(loadSettings(source).settings.kafka, context.logger)
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
