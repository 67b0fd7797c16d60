import { randomUUID } from 'node:crypto'
import { openEventStream } from '../../adapters/kafka/open.ts'
import { idleConsumer } from '../../adapters/kafka/yardstick.ts'
import { openApp } from '../../app.ts'
import type { EventStream } from '../../ports/event-stream.ts'
import type { Store } from '../../ports/store.ts'
import { loadSettings } from '../../settings.ts'
import type { PartContext } from '../context.ts'
import type { Measured } from './part.ts'

/** The ingest role over real topics, until the ledger of partitions has so many messages. */
export async function readTopics(
  context: PartContext,
  {
    site,
    data,
    messages,
  }: { readonly site: string; readonly data: string; readonly messages: number },
): Promise<Measured> {
  const app = await openApp({ ...context, siteFile: site, flags: { data } })
  const stream = openEventStream(app.settings.kafka, app.logger)
  try {
    const watched = watchLedger(stream, app.store, messages)
    const reading = await context.startReading(app, watched.stream, app.intake)
    const seconds = await watched.finished
    await reading.stop()
    const lines = await app.store.query('audit-partitions', { since: 0 })
    const rows = lines.reduce((sum, line) => sum + line.consumed, 0)
    return { rows, seconds, memory_peak_bytes: context.memoryPeak_bytes() }
  } finally {
    await stream.close()
    await app.close()
  }
}

/** Once no verdict came for so long the ledger is asked. */
const STILL_MS = 1000
/** Longer than a group waits for a member that was killed. */
const STALLED_MS = 120_000

/**
 * The same stream, watched: `finished` tells the seconds from the assignment of partitions to the
 * verdict that made the last message durable. Counted by the ledger alone, and only when nothing
 * moves: a verdict may come to nothing though its rows are kept, and asking costs what is measured.
 */
function watchLedger(
  stream: EventStream,
  store: Store,
  messages: number,
): { readonly stream: EventStream; readonly finished: Promise<number> } {
  const { promise: finished, resolve, reject } = Promise.withResolvers<number>()
  const begun = performance.now()
  let since = 0
  let last = 0
  const look = async (): Promise<void> => {
    const durable = await countDurable(store)
    if (durable >= messages) return resolve(Math.max(0, last - since) / 1000)
    if (performance.now() - Math.max(begun, last) < STALLED_MS) return void still.refresh()
    reject(new Error(`reading stands still at ${durable} of ${messages} messages`))
  }
  const still = setTimeout(() => void look().catch(reject), STILL_MS)
  return {
    finished,
    stream: {
      ...stream,
      consume: options =>
        stream.consume({
          ...options,
          assigned(partitions, generation) {
            if (partitions.length > 0) since = since || performance.now()
            options.assigned?.(partitions, generation)
          },
          async batch(batch) {
            const verdict = await options.batch(batch)
            last = performance.now()
            still.refresh()
            return verdict
          },
        }),
    },
  }
}

async function countDurable(store: Store): Promise<number> {
  const lines = await store.query('audit-partitions', { since: 0 })
  return lines.reduce((sum, line) => sum + line.messages, 0)
}

/** The yardstick: what the library can fetch from these topics when nobody looks at it. */
export async function readIdly(
  context: PartContext,
  {
    site,
    topic,
    messages,
  }: { readonly site: string; readonly topic: string; readonly messages: number },
): Promise<Measured & { readonly bytes: number }> {
  const configFolder = `${context.projectFolder}/config`
  const { settings } = loadSettings({ ...context, configFolder, siteFile: site, flags: {} })
  const read = await idleConsumer(
    settings.kafka,
    context.logger,
    { topic, group: `bench-idle-${randomUUID()}`, messages },
    () => performance.now(),
  )
  return { ...read, rows: read.messages, memory_peak_bytes: context.memoryPeak_bytes() }
}
