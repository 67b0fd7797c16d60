/**
 * Ways to hide a run, one at a time: what changes in what is done, and in what is said of it. The
 * operations that are executed stay the same; only how they look changes.
 */
import { HOUR_MS, MINUTE_MS, type Window } from '../../domain/window.ts'
import type { Random } from '../random.ts'
import type { PlayedSample } from './samples.ts'
import type { Work } from './work.ts'

/** A run as it is hidden. */
export interface Hidden {
  readonly works: readonly Work[]
  readonly held: Window
  /** What becomes of a sample; null when it never arrives. */
  readonly tell: (sample: PlayedSample) => PlayedSample | null
  /** Whether identity records say that the accounts belong together. */
  readonly linked: boolean
}

export interface Evasion {
  readonly id: string
  readonly title: string
  readonly hide: (works: readonly Work[], held: Window, random: Random) => Hidden
}

const honest = (sample: PlayedSample): PlayedSample => sample
const asIs = { tell: honest, linked: true }
const field = (sample: PlayedSample, name: string): number => Number(sample[name] ?? 0)

/** The meters are dealt out to so many accounts, on fabrics of their own. */
export function split(works: readonly Work[], accounts: number): Work[] {
  return works.flatMap(work => {
    const [first, last] = work.meters
    const parts = Array.from({ length: accounts }, (_, account) => {
      const own = Array.from({ length: last - first + 1 }, (_, index) => first + index)
      return { account, own: own.filter(ordinal => ordinal % accounts === account) }
    })
    return parts.flatMap(({ account, own }) =>
      own.map(ordinal => ({
        ...work,
        tenant_id: `${work.tenant_id}-${account}`,
        fabric_id: `${work.fabric_id}-${account}`,
        meters: [ordinal, ordinal] as const,
      })),
    )
  })
}

/** The same work at a lower pace for longer, after the pause that `at` leaves. */
function stretched(works: readonly Work[], start: number, factor: number): Work[] {
  const at = (instant: number) => start + (instant - start) * factor
  return works.map(work => ({
    ...work,
    start: at(work.start),
    end: at(work.end),
    tensor_active: work.tensor_active / factor,
    sm_active: work.sm_active / factor,
    dram_active: work.dram_active / factor,
  }))
}

/** Work is cut to `on_ms` in each period; the rest comes later. */
function pausing(works: readonly Work[], start: number, on_ms: number, off_ms: number): Work[] {
  return works.flatMap(work => {
    const parts: Work[] = []
    for (let from = work.start; from < work.end; ) {
      const period = Math.floor((from - start) / on_ms)
      const to = Math.min(work.end, start + (period + 1) * on_ms)
      const shift = period * off_ms
      parts.push({ ...work, start: from + shift, end: to + shift })
      from = to
    }
    return parts
  })
}

function longer(held: Window, factor: number): Window {
  return { start: held.start, end: held.start + (held.end - held.start) * factor }
}

export const EVASIONS: readonly Evasion[] = [
  {
    id: 'split-linked',
    title: 'four accounts of one owner, each on a fabric of its own',
    hide: (works, held) => ({ ...asIs, works: split(works, 4), held }),
  },
  {
    id: 'split-unlinked',
    title: 'four accounts that nothing in the identity records links',
    hide: (works, held) => ({ ...asIs, works: split(works, 4), held, linked: false }),
  },
  {
    id: 'split-sites',
    title: 'two sites, joined by little traffic',
    hide: (works, held) => {
      const elsewhere = (work: Work): Work =>
        work.meters[0] % 2 === 0
          ? work
          : { ...work, site: 'site-b', fabric_id: `${work.fabric_id}-b` }
      const single = split(works, 1).map((work, index) => ({
        ...work,
        tenant_id: works[0]?.tenant_id ?? `tenant-${index}`,
      }))
      return { ...asIs, works: single.map(elsewhere), held }
    },
  },
  {
    id: 'baton-linked',
    title: 'a second account of the same owner goes on halfway',
    hide: (works, held) => ({ ...asIs, works: baton(works, held), held }),
  },
  {
    id: 'throttled',
    title: 'a third of the pace for three times as long',
    hide: (works, held) => ({
      ...asIs,
      works: stretched(works, held.start, 3),
      held: longer(held, 3),
    }),
  },
  {
    id: 'pausing',
    title: 'six hours on, eighteen off',
    hide: (works, held) => ({
      ...asIs,
      works: pausing(works, held.start, 6 * HOUR_MS, 18 * HOUR_MS),
      held: longer(held, 4),
    }),
  },
  {
    id: 'duty-cycle',
    title: 'a minute on, nine off: below the idle line on average',
    hide: (works, held) => ({
      ...asIs,
      works: pausing(works, held.start, MINUTE_MS, 9 * MINUTE_MS),
      held: longer(held, 10),
    }),
  },
  {
    id: 'job-ids',
    title: 'another job id and another declared use with every sample',
    hide: (works, held, random) => ({
      works,
      held,
      linked: true,
      tell: sample => ({
        ...sample,
        workload_id: `job-${random.integer(0, 1e9)}`,
        declared_use: 'inference',
      }),
    }),
  },
  {
    id: 'dark-half',
    title: 'half of the nodes send nothing',
    hide: (works, held) => ({
      works,
      held,
      linked: true,
      tell: sample => (Number(/\d+$/.exec(sample.device_id)?.[0]) % 2 === 0 ? null : sample),
    }),
  },
  {
    id: 'dark-hours',
    title: 'nothing is sent for a third of the time',
    hide: (works, held) => ({
      works,
      held,
      linked: true,
      tell: sample => (Number(sample.time.slice(11, 13)) < 8 ? null : sample),
    }),
  },
  {
    id: 'silent-zero',
    title: 'profiling fields held at zero, power and utilisation true',
    hide: (works, held) => ({
      works,
      held,
      linked: true,
      tell: sample => ({ ...sample, tensor_active: 0, sm_active: 0, dram_active: 0 }),
    }),
  },
  {
    id: 'no-profiling',
    title: 'power alone is sent',
    hide: (works, held) => ({
      works,
      held,
      linked: true,
      tell: ({ tensor_active: _, sm_active: __, dram_active: ___, gpu_util: ____, ...sample }) =>
        sample as PlayedSample,
    }),
  },
  {
    id: 'understated',
    title: 'the guest halves its tensor activity, power is true',
    hide: (works, held) => ({
      works,
      held,
      linked: true,
      tell: sample => ({ ...sample, tensor_active: field(sample, 'tensor_active') / 2 }),
    }),
  },
  {
    id: 'false-precision',
    title: 'an FP8 run attested as BF16',
    hide: (works, held) => ({
      works,
      held,
      linked: true,
      tell: sample => ({
        ...sample,
        precision: 'bf16',
        precision_source: 'customer-attestation',
      }),
    }),
  },
  {
    id: 'lossy',
    title: 'a tenth of the samples is lost, at random',
    hide: (works, held, random) => ({
      works,
      held,
      linked: true,
      tell: sample => (random.chance(0.1) ? null : sample),
    }),
  },
]

export function baton(works: readonly Work[], held: Window): Work[] {
  const middle = (held.start + held.end) / 2
  const under = (owner: string, work: Work): Work => ({
    ...work,
    tenant_id: `${work.tenant_id}-${owner}`,
    fabric_id: `${work.fabric_id}-${owner}`,
  })
  return works.flatMap(work => {
    const before = { ...work, end: Math.min(work.end, middle) }
    const after = { ...work, start: Math.max(work.start, middle) }
    return [under('a', before), under('b', after)].filter(({ start, end }) => end > start)
  })
}
