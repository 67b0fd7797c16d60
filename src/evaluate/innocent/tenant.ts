import { DAY_MS, HOUR_MS, parseInstant, type Window } from '../../domain/window.ts'
import { drawTenant, type Family } from '../../simulate/play/population.ts'
import { heldCharges, type PlayedSample, playSamples } from '../../simulate/play/samples.ts'
import type { Work } from '../../simulate/play/work.ts'
import { createRandom, type Random } from '../../simulate/random.ts'

/** Tenants of every kind and size, told by the meters that a provider may have. */

export const FAMILIES: readonly Family[] = [
  'serving',
  'hpc',
  'batch-embedding',
  'mining',
  'fine-tunes',
  'frontier',
  'two-at-once',
]

/** What telemetry there is, best first. */
export const VIEWS = ['gauges', 'power', 'utilisation', 'bills'] as const
export type View = (typeof VIEWS)[number]

const START = parseInstant('2026-01-05T00:00:00Z') ?? 0
export const WINDOW: Window = { start: START, end: START + 2 * DAY_MS }
/** Two days stand for a year. */
const PERIODS_PER_YEAR = 365 / 2
const INTERVAL_S = 600
const DEVICES = { least: 256, most: 32_768 }
/** What is played of each tenant: one node, whose meter stands for all of it. */
const DEVICES_PLAYED = 8
/** Share of training that runs in FP8 on chips that have it, and of its operations at twice the rate. */
const FP8 = { jobs: 0.3, operations: 0.87 }
/** Systematic errors of a provider's gauges and power meters, as standard deviations of log10. */
const METER_ERROR = { gauge: 0.05, power: 0.03 }

export interface InnocentTenant {
  readonly tenant_id: string
  readonly family: Family
  readonly view: View
  /** What was played, times this, is a year of all its devices. */
  readonly scale: number
  /** Executed in a year like these days. */
  readonly operations: number
  readonly samples: readonly PlayedSample[]
  readonly charges: readonly object[]
}

/** A tenant of 256 to 32,768 devices, equally likely per factor of size. */
export function drawInnocent(seed: number, ordinal: number, view: View): InnocentTenant {
  const family = FAMILIES[ordinal % FAMILIES.length] ?? 'serving'
  const name = `${view}/${family}/${ordinal}`
  const random = createRandom(seed, `innocent/${name}`)
  const devices = DEVICES.least * (DEVICES.most / DEVICES.least) ** random.between(0, 1)
  const scale = (PERIODS_PER_YEAR * devices) / DEVICES_PLAYED
  const works = drawTenant(seed, ordinal, family, WINDOW).works.flatMap(work =>
    work.meters[0] === 0
      ? [{ ...work, tenant_id: name, fabric_id: name, meters: [0, 0] as const }]
      : [],
  )
  const gain = {
    gauge: gainOf(METER_ERROR.gauge, random),
    power: gainOf(METER_ERROR.power, random),
  }
  const isFp8 = random.chance(FP8.jobs)
  const samples = view === 'bills' ? [] : [...playSamples(works, WINDOW, INTERVAL_S)]
  return {
    tenant_id: name,
    family,
    view,
    scale,
    operations: scale * works.reduce((sum, work) => sum + executed(work, isFp8), 0),
    samples: samples.map(sample => told(sample, view, gain)),
    charges: heldCharges(works, WINDOW),
  }
}

function gainOf(sd: number, random: Random): number {
  // Twelve uniform draws less six: close to a normal deviate.
  const deviate = Array.from({ length: 12 }, () => random.between(0, 1)).reduce((a, b) => a + b, -6)
  return 10 ** (sd * deviate)
}

/** Tensor and vector operations; at a given activity FP8 does nearly twice as many. */
function executed(work: Work, isFp8: boolean): number {
  const { bf16, fp8 } = work.chip.peak_ops_per_s
  const share = isFp8 ? FP8.operations : 0
  const perCycle = 1 / (1 - share + (share * bf16) / fp8)
  const seconds = ((work.end - work.start) / HOUR_MS) * 3600 * work.units
  const tensor = work.tensor_active * bf16 * perCycle
  return seconds * (tensor + work.fp64_active * work.chip.fp64_ops_per_s)
}

function told(
  sample: PlayedSample,
  view: View,
  gain: { readonly gauge: number; readonly power: number },
): PlayedSample {
  const value = (field: string) => Number(sample[field])
  const power_w = Math.round(value('power_w') * gain.power)
  const gauges = { tensor_active: Math.min(1, value('tensor_active') * gain.gauge) }
  const blank = { tensor_active: null, sm_active: null, dram_active: null, fp64_active: null }
  switch (view) {
    case 'gauges':
      return { ...sample, ...gauges, power_w }
    case 'power':
      return { ...sample, ...blank, gpu_util: null, power_w }
    default:
      return { ...sample, ...blank, power_w: null }
  }
}
