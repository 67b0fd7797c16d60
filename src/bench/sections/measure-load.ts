import { setTimeout as delay } from 'node:timers/promises'
import { runPart, type Serving } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { probeLines } from '../parts/live-load.ts'
import { measured } from '../parts/part.ts'
import { type Probe, probe } from '../probes.ts'
import { readAccepted, readTicks, type TickMetrics } from '../tick-metrics.ts'

/** A fleet that reports live to a running product, with probes between. */

const PROBE_EVERY_MS = 1000
/** Operations of a probe: twice the default threshold of a run. */
const PROBE_OPERATIONS = 2e26
/** How long a finding may be late before its probe counts as lost. */
const GRACE_S = 60
/**
 * The fleet reports for so long before the first probe: that a device is met for the first time is
 * dear, and happens once.
 */
const WARM_S = 30

export interface Load {
  readonly rows_per_s: number
  /** How long probes are sent. */
  readonly seconds: number
  readonly server: Serving
  /** Resolves once the lines of this tenant are acknowledged. */
  readonly send: (tenant_id: string, lines: string) => Promise<void>
  readonly topic: { readonly site: string; readonly name: string } | null
}

export interface Outcome {
  readonly load: Load
  /** What the sender got away; less than the load where the machine had no room for it. */
  readonly sent: { readonly rows: number; readonly seconds: number }
  /** Of it, what the product accepted each second while probes were sent. */
  readonly accepted_per_s: number
  readonly probes: readonly Probe[]
  readonly ticks: TickMetrics
  readonly memory_bytes: number
}

/** Load and probes side by side; the server is stopped at the end. */
export async function measureLoad(bench: BenchContext, load: Load): Promise<Outcome> {
  const { server, rows_per_s, topic, seconds } = load
  const { url } = server
  const send = (tenant_id: string) =>
    load.send(tenant_id, probeLines(tenant_id, bench.clock.now(), PROBE_OPERATIONS))
  const probing = { url, every_ms: PROBE_EVERY_MS, send, grace_s: GRACE_S }
  try {
    // Joining a group and the first ticks take seconds once; what is timed is the running product.
    await probe({ ...probing, name: 'warming', seconds: 0.5 })
    const own = { topic, url, rows_per_s, seconds: WARM_S + seconds }
    const sending = runPart(bench, { part: 'live-load', shape: 'narrow', ...own })
    const warm = delay(WARM_S * 1000)
    const [answer, probes, accepted_per_s] = await Promise.all([
      sending,
      warm.then(() => probe({ ...probing, name: 'probe', seconds })),
      warm.then(() => acceptedWhile(url, sending)),
    ])
    const memory_bytes = await server.memoryPeak_bytes()
    const ticks = await readTicks(url)
    const sent = measured.pick({ rows: true, seconds: true }).parse(answer)
    return { load, sent, accepted_per_s, probes, ticks, memory_bytes }
  } finally {
    await server.stop()
  }
}

async function acceptedWhile(url: string, sending: Promise<unknown>): Promise<number> {
  const begun = { at: performance.now(), rows: await readAccepted(url) }
  await sending
  return ((await readAccepted(url)) - begun.rows) / ((performance.now() - begun.at) / 1000)
}
