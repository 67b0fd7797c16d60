import type { Instant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import { inSlices } from './plan.ts'

/**
 * The newest stored sample of each device, so that a live stream is told from a repeated one
 * without a look-up: what is newer than anything stored cannot be a duplicate. Where other
 * processes write to the same store, what they stored since is asked for with every part: a sample
 * that comes by Kafka here and by HTTP there would be accepted twice, and its partition would miss
 * it. What they store in the very same moment is still counted once by the table's key.
 */

/** `newest` is right for samples filed under hours from `floor` on; nothing is known below it. */
export interface Mark {
  readonly floor: Instant
  readonly newest: Instant
}

export interface HighWater {
  /** Reads the marks of devices that may be unknown, for samples from hour `from` on. */
  load(devices: ReadonlySet<string>, from: Instant): Promise<void>
  of(device: string): Mark
  /** A sample of the device is about to be stored. */
  raise(device: string, end: Instant): void
  forget(): void
}

const DEVICES_PER_LOOK = 5000
const UNKNOWN: Mark = { floor: Number.POSITIVE_INFINITY, newest: Number.POSITIVE_INFINITY }

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
        store.query('sample-newest', { from, devices: [...slice] }),
      )
      const newest = new Map(rows.map(row => [row.device_id, row.newest]))
      for (const device of missing) {
        const stored = newest.get(device) ?? Number.NEGATIVE_INFINITY
        // What was raised may be on its way to the store still.
        const raised = marks.get(device)?.newest ?? Number.NEGATIVE_INFINITY
        put(device, { floor: from, newest: Math.max(stored, raised) })
      }
    },
    of: device => marks.get(device) ?? UNKNOWN,
    raise(device, end) {
      const mark = marks.get(device)
      if (mark && end > mark.newest) marks.set(device, { ...mark, newest: end })
    },
    forget: () => marks.clear(),
  }
}
