import { join } from 'node:path'
import { bareInsert } from '../../adapters/clickhouse/yardstick.ts'
import type { PartContext } from '../context.ts'
import { buildHistory, timeTicks } from './history.ts'
import { liveLoad } from './live-load.ts'
import type { Measured, Part } from './part.ts'
import { postBodies } from './post-bodies.ts'
import { readIdly, readTopics } from './read-topics.ts'

/** Does one part in this process and answers what it measured. */
export async function doPart(context: PartContext, part: Part): Promise<unknown> {
  switch (part.part) {
    case 'bare-insert':
      return insertBare(context, part)
    case 'idle-consumer':
      return readIdly(context, part)
    case 'read-topics':
      return readTopics(context, part)
    case 'build-history':
      return buildHistory(context, part)
    case 'time-ticks':
      return timeTicks(context, part)
    case 'post-bodies':
      return postBodies(part)
    case 'live-load':
      return liveLoad(context, part)
  }
}

async function insertBare(
  context: PartContext,
  { file, data }: { readonly file: string; readonly data: string },
): Promise<Measured> {
  const sql = join(context.projectFolder, 'sql', 'bench', 'yardstick-create.sql')
  const inserted = await bareInsert(file, data, sql, () => performance.now())
  return { ...inserted, memory_peak_bytes: context.memoryPeak_bytes() }
}
