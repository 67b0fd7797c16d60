import { HOUR_MS, type Instant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import { inSlices } from './plan.ts'

/**
 * The newest stored sample of each device, so that a live stream is told from a repeated one
 * without a look-up: what is newer than anything stored cannot be a duplicate. Where other
 * processes write to the same store, what they stored since is asked for with every part: a sample
 * that comes by Kafka here and by HTTP there would be accepted twice, and its partition would miss
 * it. What they store in the very same moment is still counted once by the table's key.
 */

/**
 * `newest` and `reading`, the newest with counters, are right for samples filed under hours from
 * `floor` on, and `reading` for as long before as counters reach; nothing is known below.
 */
export interface Mark {
  readonly floor: Instant
  readonly newest: Instant
  readonly reading: Instant
}

export interface HighWater {
  /** Reads the marks of devices that may be unknown, for samples from hour `from` on. */
  load(devices: ReadonlySet<string>, from: Instant): Promise<void>
  of(device: string): Mark
  /** Samples of the device are about to be stored, the last of them, and with counters, so late. */
  raise(device: string, end: Instant, counter_end: Instant | null): void
  forget(): void
}

const DEVICES_PER_LOOK = 5000
const NONE = Number.NEGATIVE_INFINITY
const UNKNOWN: Mark = {
  floor: Number.POSITIVE_INFINITY,
  newest: Number.POSITIVE_INFINITY,
  reading: NONE,
}

export interface HighWaterOptions {
  readonly devices_max: number
  /** Other processes write to the same store. */
  readonly isShared: boolean
}

export function createHighWater(
  store: Store,
  { devices_max, isShared }: HighWaterOptions,
): HighWater {
  const marks = new Map<string, Mark>()

  /** Oldest knowledge goes first; it is read again when it is wanted. */
  const put = (device: string, mark: Mark): void => {
    if (!marks.has(device) && marks.size >= devices_max) {
      for (const oldest of marks.keys()) {
        marks.delete(oldest)
        break
      }
    }
    marks.set(device, mark)
  }

  return {
    async load(devices, from) {
      const missing = [...devices].filter(device => isShared || !marks.has(device))
      const rows = await inSlices(missing, DEVICES_PER_LOOK, slice =>
        store.query('sample-newest', { from: from - HOUR_MS, devices: [...slice] }),
      )
      const found = new Map(rows.map(row => [row.device_id, row]))
      for (const device of missing) {
        const stored = found.get(device)
        // What was raised may be on its way to the store still.
        const raised = marks.get(device)
        put(device, {
          floor: from,
          newest: Math.max(stored?.newest ?? NONE, raised?.newest ?? NONE),
          reading: Math.max(stored?.reading ?? NONE, raised?.reading ?? NONE),
        })
      }
    },
    of: device => marks.get(device) ?? UNKNOWN,
    raise(device, end, counter_end) {
      const mark = marks.get(device)
      if (!mark) return
      const newest = Math.max(mark.newest, end)
      marks.set(device, { ...mark, newest, reading: Math.max(mark.reading, counter_end ?? NONE) })
    },
    forget: () => marks.clear(),
  }
}
