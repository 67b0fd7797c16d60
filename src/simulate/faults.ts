/**
 * What happens to samples between the meter and the product: losses, doubles, disorder, gaps,
 * clocks that run wrong and counters that start again. The devices and the truth are untouched.
 */
import { type Instant, SECOND_MS, type Window } from '../domain/window.ts'
import { createRandom, type Random } from './random.ts'
import type { Sample } from './sample.ts'

export interface Faults {
  /** Share of samples that never arrive. */
  readonly drop_share: number
  /** Share of samples that are sent twice, with the same content. */
  readonly duplicate_share: number
  /** Samples are shuffled within runs of this many; 0 or 1 keeps their order. */
  readonly reorder_span: number
  /** No sample of the devices concerned arrives in this window. */
  readonly gap: (Window & { readonly devices_share: number }) | null
  /** Devices whose clock is off by so much, for good. */
  readonly skew: { readonly devices_share: number; readonly offset_s: number } | null
  /** Devices whose energy and cycle counters start again from zero at the instant. */
  readonly reset: { readonly devices_share: number; readonly at: Instant } | null
}

export const NO_FAULTS: Faults = {
  drop_share: 0,
  duplicate_share: 0,
  reorder_span: 0,
  gap: null,
  skew: null,
  reset: null,
}

/** Applies the faults in the order in which they happen: at the meter first, on the way after. */
export function applyFaults(
  samples: Iterable<Sample>,
  faults: Faults,
  seed: number,
): Iterable<Sample> {
  if (faults === NO_FAULTS) return samples
  const metered = atTheMeter(samples, faults, seed)
  const sent = onTheWay(metered, faults, createRandom(seed, 'faults/way'))
  if (faults.reorder_span < 2) return sent
  return shuffleSpans(sent, faults.reorder_span, createRandom(seed, 'faults/order'))
}

function* atTheMeter(samples: Iterable<Sample>, faults: Faults, seed: number): Generator<Sample> {
  const { gap, skew, reset } = faults
  const gapped = createSelection(seed, 'faults/gap', gap?.devices_share ?? 0)
  const skewed = createSelection(seed, 'faults/skew', skew?.devices_share ?? 0)
  const restart = createRestarts(seed, reset)
  for (const sample of samples) {
    const { device_id } = sample.meter
    if (gap !== null && within(gap, sample.time) && gapped(device_id)) continue
    const read = restart(sample)
    const offset_ms = skew !== null && skewed(device_id) ? skew.offset_s * SECOND_MS : 0
    yield offset_ms === 0 ? read : { ...read, time: read.time + offset_ms }
  }
}

/** A sample lies in the window where its interval ends. */
function within(window: Window, end: Instant): boolean {
  return end > window.start && end <= window.end
}

/** Chooses a fixed share of devices; the same device is always answered alike. */
function createSelection(seed: number, label: string, share: number): (device: string) => boolean {
  const chosen = new Map<string, boolean>()
  return device => {
    const known = chosen.get(device)
    if (known !== undefined) return known
    const answer = createRandom(seed, `${label}/${device}`).chance(share)
    chosen.set(device, answer)
    return answer
  }
}

/** Counters restart between two samples: the last reading before `at` becomes the new zero. */
function createRestarts(seed: number, reset: Faults['reset']): (sample: Sample) => Sample {
  if (reset === null) return sample => sample
  const selected = createSelection(seed, 'faults/reset', reset.devices_share)
  const zeroes = new Map<string, Sample>()
  return sample => {
    const { device_id } = sample.meter
    if (!selected(device_id)) return sample
    if (sample.time <= reset.at) {
      zeroes.set(device_id, sample)
      return sample
    }
    return sinceZero(sample, zeroes.get(device_id))
  }
}

function sinceZero(sample: Sample, zero: Sample | undefined): Sample {
  if (zero === undefined) return sample
  const cycles =
    sample.cycles === null || zero.cycles === null
      ? null
      : {
          mma_cycles_total: sample.cycles.mma_cycles_total - zero.cycles.mma_cycles_total,
          sm_cycles_total: sample.cycles.sm_cycles_total - zero.cycles.sm_cycles_total,
        }
  return { ...sample, cycles, energy_total_j: sample.energy_total_j - zero.energy_total_j }
}

function* onTheWay(samples: Iterable<Sample>, faults: Faults, random: Random): Generator<Sample> {
  for (const sample of samples) {
    if (random.chance(faults.drop_share)) continue
    yield sample
    if (random.chance(faults.duplicate_share)) yield sample
  }
}

/** Fisher–Yates within runs of `span` samples: memory stays bounded by one run. */
function* shuffleSpans(samples: Iterable<Sample>, span: number, random: Random): Generator<Sample> {
  let held: Sample[] = []
  for (const sample of samples) {
    held.push(sample)
    if (held.length < span) continue
    yield* shuffle(held, random)
    held = []
  }
  yield* shuffle(held, random)
}

function* shuffle(samples: Sample[], random: Random): Generator<Sample> {
  for (let left = samples.length; left > 0; left -= 1) {
    const pick = random.integer(0, left - 1)
    const sample = samples[pick]
    const last = samples[left - 1]
    if (sample !== undefined && last !== undefined) {
      samples[pick] = last
      yield sample
    }
  }
}
