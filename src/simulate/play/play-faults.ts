import { formatInstant, parseInstant, SECOND_MS } from '../../domain/window.ts'
import { createRandom } from '../random.ts'
import type { PlayedSample } from './samples.ts'

/** What happens to played samples between the meter and the product. Shares are 0 to 1. */
export interface PlayFaults {
  /** Samples that never arrive; that arrive twice. */
  readonly drop_share: number
  readonly duplicate_share: number
  /** Devices whose profiling fields read zero for good. */
  readonly silent_zero_share: number
  /** Devices whose clock is off by skew_s. */
  readonly skew_share: number
  readonly skew_s: number
  /** Devices that send nothing from one hour of each day to another, UTC. */
  readonly gap_share: number
  readonly gap_hours: readonly [from: number, until: number]
}

/** Gives the lines that arrive for a sample: none, one or two. */
export function createPlayFaults(
  faults: PlayFaults,
  seed: number,
): (sample: PlayedSample) => Iterable<string> {
  const random = createRandom(seed, 'play-faults')
  const chosen = new Map<string, { silent: boolean; skewed: boolean; gapped: boolean }>()
  const fateOf = (device: string) => {
    const known = chosen.get(device)
    if (known) return known
    const own = createRandom(seed, `play-faults/${device}`)
    const fate = {
      silent: own.chance(faults.silent_zero_share),
      skewed: own.chance(faults.skew_share),
      gapped: own.chance(faults.gap_share),
    }
    chosen.set(device, fate)
    return fate
  }
  const [from, until] = faults.gap_hours
  return sample => {
    const fate = fateOf(sample.device_id)
    const hour = Number(sample.time.slice(11, 13))
    if (fate.gapped && hour >= from && hour < until) return []
    if (faults.drop_share > 0 && random.chance(faults.drop_share)) return []
    const line = JSON.stringify({
      ...sample,
      ...(fate.silent ? SILENT : {}),
      ...(fate.skewed ? { time: shifted(sample.time, faults.skew_s) } : {}),
    })
    const isTwice = faults.duplicate_share > 0 && random.chance(faults.duplicate_share)
    return isTwice ? [line, line] : [line]
  }
}

const SILENT = { tensor_active: 0, sm_active: 0, dram_active: 0, fp64_active: 0 }

function shifted(time: string, by_s: number): string {
  return formatInstant((parseInstant(time) ?? 0) + by_s * SECOND_MS)
}
