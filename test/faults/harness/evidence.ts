import { appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import type { Parcel } from './traffic.ts'
import type { World } from './world.ts'

/** What stays behind in the folder of the logs for whoever has to find out how it came to be. */

/** `parcels.ndjson`: what was sent under each id. */
export function noteParcel(logFolder: string, { id, key, samples }: Parcel): void {
  const said = samples.map(({ device, end, revision, power_w, util_128 }) =>
    [device, end, revision, power_w, util_128].join(' '),
  )
  appendFileSync(join(logFolder, 'parcels.ndjson'), `${JSON.stringify({ id, key, said })}\n`)
}

/** `messages.tsv`: partition, offset and id of every message of the log. */
export function noteMessage(logFolder: string, place: readonly number[]): void {
  appendFileSync(join(logFolder, 'messages.tsv'), `${place.join('\t')}\n`)
}

/** `store`: the data directory, to be asked with any ClickHouse. Ends the store's process. */
export async function keepStore({ front, disk, logFolder }: World): Promise<void> {
  await front.kill()
  cpSync(join(disk.folder, 'store'), join(logFolder, 'store'), { recursive: true })
}
