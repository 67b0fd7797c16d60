import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openEventStream } from '../../adapters/kafka/open.ts'
import { startServe } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { deleteAllTopics, makeTopics } from '../fill-topic.ts'
import type { Site } from '../site.ts'
import { measureLoad, type Outcome } from './measure-load.ts'

type Topics = Site & { readonly prefix: string }

/** Topics and a store of its own for one load: a product that starts anew reads what is left in them. */
export async function withTopics<T>(
  bench: BenchContext,
  name: string,
  work: (site: Topics, data: string) => Promise<T>,
): Promise<T> {
  const data = join(bench.folder, 'latency-store')
  const site = await makeTopics(bench, name)
  try {
    return await work(site, data)
  } finally {
    await rm(data, { recursive: true, force: true })
    await deleteAllTopics(bench, site)
  }
}

/** A live fleet over Kafka at so many rows a second, probed for so long. */
export function loadTopic(
  bench: BenchContext,
  rows_per_s: number,
  seconds: number,
): Promise<Outcome> {
  return withTopics(bench, `latency-${rows_per_s}`, async (site, data) => {
    const stream = openEventStream(site.kafka, bench.logger)
    const name = `${site.prefix}telemetry.accelerator`
    const send = (key: string, value: string) => stream.publish(name, [{ key, value, headers: {} }])
    try {
      const server = await startServe(bench, ['--config', site.file, '--data', data])
      const topic = { site: site.file, name }
      return await measureLoad(bench, { rows_per_s, seconds, server, send, topic })
    } finally {
      await stream.close()
    }
  })
}
