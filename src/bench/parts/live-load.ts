import { setTimeout as delay } from 'node:timers/promises'
import { openEventStream } from '../../adapters/kafka/open.ts'
import { formatInstant } from '../../domain/window.ts'
import { loadSettings } from '../../settings.ts'
import type { PartContext } from '../context.ts'
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
const TENANTS = 64
/** Devices whose samples come in one message or body. */
const DEVICES_PER_MESSAGE = 1000

type Send = (key: string, text: string) => Promise<void>

export async function liveLoad(
  context: PartContext,
  load: LiveLoad,
): Promise<{ readonly rows: number; readonly seconds: number }> {
  const { send, close } = openSender(context, load)
  const turns = INTERVAL_S * TURNS_PER_S
  const devices = Math.ceil(load.rows_per_s * INTERVAL_S)
  const share = Math.ceil(devices / turns)
  const begun = performance.now()
  let rows = 0
  for (let turn = 0; turn < load.seconds * TURNS_PER_S; turn += 1) {
    const due = (turn / TURNS_PER_S) * 1000 - (performance.now() - begun)
    if (due > 0) await delay(due)
    const first = (turn % turns) * share
    const last = Math.min(first + share, devices)
    const now = context.clock.now()
    const fleet = {
      shape: load.shape,
      devices,
      tenants: TENANTS,
      interval_s: INTERVAL_S,
      from: now,
    }
    for (let from = first; from < last; from += DEVICES_PER_MESSAGE) {
      const to = Math.min(from + DEVICES_PER_MESSAGE, last)
      const lines = Array.from({ length: to - from }, (_, at) => sampleLine(fleet, from + at, 0))
      await send(`collector-${from}`, lines.join('\n'))
      rows += lines.length
    }
  }
  await close()
  return { rows, seconds: (performance.now() - begun) / 1000 }
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
