import { setTimeout as delay } from 'node:timers/promises'
import { startServe } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { fillTopic } from '../fill-topic.ts'
import { INTERVAL_S, TENANTS } from '../parts/live-load.ts'
import { readAccepted } from '../tick-metrics.ts'
import type { Outcome } from './measure-load.ts'
import { withTopics } from './topic-load.ts'

/**
 * The full load over Kafka: the largest fleet that may report live while the product, in all its roles,
 * keeps up. A backlog is taken in faster, since ticks then wait; that is only where the search begins.
 */

const LOOK_MS = 50
/** Steps of the fleet by which a backlog is made. */
const STEPS = 3
/** Halvings of the search: the answer is right to a sixteenth of what a backlog is taken in at. */
const HALVINGS = 4
/** Of the load, what must have been accepted as it came; the rest is the edge of the time. */
const KEPT_UP_MIN = 0.97

/** @returns what was measured under the full load; null when not even a sixteenth was kept up with */
export async function findFullLoad(
  bench: BenchContext,
  tryLoad: (rows_per_s: number) => Promise<Outcome>,
): Promise<Outcome | null> {
  let best: Outcome | null = null
  let [low, high] = [0, await takenFromBacklog(bench)]
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    bench.progress('Latency, full load over Kafka', halving, HALVINGS)
    const middle = Math.round((low + high) / 2)
    const outcome = await tryLoad(middle)
    const keepsUp = outcome.accepted_per_s >= KEPT_UP_MIN * middle
    if (keepsUp) best = outcome
    ;[low, high] = keepsUp ? [middle, high] : [low, middle]
  }
  bench.progress('Latency, full load over Kafka', HALVINGS, HALVINGS)
  return best
}

/** Rows a second that the product takes from a topic of few samples of many devices. */
function takenFromBacklog(bench: BenchContext): Promise<number> {
  return withTopics(bench, 'latency-backlog', async (site, data) => {
    const devices = Math.ceil(bench.options.rows / STEPS)
    const from = bench.clock.now() - STEPS * INTERVAL_S * 1000
    const own = { devices, tenants: TENANTS, interval_s: INTERVAL_S, from }
    const fleet = { shape: 'narrow', ...own } as const
    const { rows } = await fillTopic(bench, site, { fleet, steps: STEPS, kind: 'live' })
    const server = await startServe(bench, ['--config', site.file, '--data', data])
    try {
      return await accepted(server.url, rows)
    } finally {
      await server.stop()
    }
  })
}

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
