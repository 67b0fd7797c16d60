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
  /**
   * The marks of devices, in their order, for samples from hour `from` on; those of devices that may
   * be unknown are read. They hold until the next `raise`.
   */
  load(devices: readonly string[], from: Instant): Promise<readonly Mark[]>
  /** Samples of the device are about to be stored, the last of them, and with counters, so late. */
  raise(device: string, end: Instant, counter_end: Instant | null): void
  forget(): void
}

const DEVICES_PER_LOOK = 5000
const NONE = Number.NEGATIVE_INFINITY
/** Of a device of which nothing is known: whatever it sends is looked up. */
export const UNKNOWN: Mark = {
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
  // Changed in place: a live part brings a sample of each of ten thousand devices.
  const marks = new Map<string, { -readonly [K in keyof Mark]: Mark[K] }>()

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

  const look = async (devices: readonly string[], from: Instant): Promise<void> => {
    const rows = await inSlices(devices, DEVICES_PER_LOOK, slice =>
      store.query('sample-newest', { from: from - HOUR_MS, devices: [...slice] }),
    )
    const found = new Map(rows.map(row => [row.device_id, row]))
    for (const device of devices) {
      const stored = found.get(device)
      // What was raised may be on its way to the store still.
      const raised = marks.get(device)
      put(device, {
        floor: from,
        newest: Math.max(stored?.newest ?? NONE, raised?.newest ?? NONE),
        reading: Math.max(stored?.reading ?? NONE, raised?.reading ?? NONE),
      })
    }
  }

  return {
    async load(devices, from) {
      const unknown = devices.filter(device => isShared || !marks.has(device))
      if (unknown.length > 0) await look([...new Set(unknown)], from)
      return devices.map(device => marks.get(device) ?? UNKNOWN)
    },
    raise(device, end, counter_end) {
      const mark = marks.get(device)
      if (!mark) return
      mark.newest = Math.max(mark.newest, end)
      mark.reading = Math.max(mark.reading, counter_end ?? NONE)
    },
    forget: () => marks.clear(),
  }
}
