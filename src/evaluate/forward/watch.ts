import type { Detector } from '../../domain/detector.ts'
import { assert } from '../../domain/fault.ts'
import type { Evaluation } from '../../domain/finding.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../domain/window.ts'
import { runDetector } from '../../stages/detect.ts'
import type { Bench } from '../section.ts'
import { countedShare, type FrontierRun, hourOf, type Priors } from './frontier.ts'

/** What the shipped detectors say of a run at chosen instants. */

/** True progress, as a share of the threshold, at which the detectors are asked. */
export const STAGES = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.9] as const

export interface Seen {
  /** Whether what is committed raised COULD at the first stage. */
  readonly capacity: boolean
  /** By stage: whether the rate raised COULD; predicted over true remaining time. */
  readonly rate: readonly boolean[]
  readonly remaining: readonly number[]
  /** The same against the time until the middle of the estimate itself passes. */
  readonly remaining_counted: readonly number[]
  /** Whether the signature alone raised COULD, the day before the first hour. */
  readonly signed: boolean
  readonly presumption: Presumption
}

/** What is said of the same run where its provider has calibrated. */
export interface SeenCalibrated {
  readonly remaining: number
  readonly presumption: Presumption
  /** Whether the interval of the counted operations holds the true ones. */
  readonly held: boolean
}

/** Whether the presumption stood before 0.8 of the threshold, and at 1.25 of it. */
export interface Presumption {
  readonly early: boolean
  readonly late: boolean
}

/** True progress at which the remaining time has a bar. */
export const JUDGED = 0.25

export async function watchRun(bench: Bench, run: FrontierRun, priors: Priors): Promise<Seen> {
  const ask = asker(bench, [run.name])
  const crossing = hourOf(run, 1)
  const counted = hourOf(run, 1 / countedShare(run, priors).mid)
  const stages: Stage[] = []
  for (const stage of STAGES) {
    const hour = hourOf(run, stage)
    const rated = await project(ask, run, hour)
    stages.push({
      rate: rated.isCould,
      remaining: rated.eta_h / (crossing - hour),
      remaining_counted: rated.eta_h / (counted - hour),
    })
  }
  const first = run.start + hourOf(run, STAGES[0]) * HOUR_MS
  return {
    capacity: (await ask('capacity-could-result', first)).some(isCould),
    rate: stages.map(stage => stage.rate),
    remaining: stages.map(stage => stage.remaining),
    remaining_counted: stages.map(stage => stage.remaining_counted),
    signed: (await ask('capacity-could-result', run.start - DAY_MS)).some(isCould),
    presumption: await presume(ask, run),
  }
}

/** The run under the name of the tenant whose hours were counted with the provider's fits. */
export async function watchCalibrated(
  bench: Bench,
  run: FrontierRun,
  tenant: string,
  priors: Priors,
): Promise<SeenCalibrated> {
  const ask = asker(bench, [tenant])
  const hour = hourOf(run, JUDGED)
  const { eta_h } = await project(ask, run, hour)
  const { lo, hi } = countedShare(run, priors)
  return {
    remaining: eta_h / (hourOf(run, 1) - hour),
    presumption: await presume(ask, run),
    held: lo <= 1 && hi >= 1,
  }
}

type Ask = ReturnType<typeof asker>

async function project(ask: Ask, run: FrontierRun, hour: number) {
  const [rated] = await ask('projected-crossing', run.start + hour * HOUR_MS)
  const eta_h = (rated?.measurement.figures['eta_mid_days'] ?? Number.NaN) * 24
  return { eta_h, isCould: rated !== undefined && isCould(rated) }
}

async function presume(ask: Ask, run: FrontierRun): Promise<Presumption> {
  const at = (share: number) => run.start + hourOf(run, share) * HOUR_MS
  return {
    early: (await ask('entity-rolling-ceiling', at(0.8) - HOUR_MS)).some(isPresumed),
    late: (await ask('entity-rolling-ceiling', at(1.25))).some(isPresumed),
  }
}

interface Stage {
  readonly rate: boolean
  readonly remaining: number
  readonly remaining_counted: number
}

/** Asks one detector about some tenants and whoever is grouped with them. */
export function asker(bench: Bench, tenants: readonly string[]) {
  return (detector: string, asOf: Instant): Promise<Evaluation[]> =>
    runDetector(bench.store, detectorOf(bench, detector), {
      asOf,
      tenants,
      catalogue: bench.catalogueVersion,
    })
}

function detectorOf(bench: Bench, id: string): Detector {
  const found = bench.detectors.find(detector => detector.id === id)
  assert(found !== undefined, `there is no detector ${id}`)
  return found
}

/** COULD or beyond: what is presumed could result as well. */
export function isCould({ outcome }: Evaluation): boolean {
  return outcome.kind === 'finding' && outcome.state !== 'present'
}

function isPresumed({ outcome }: Evaluation): boolean {
  return outcome.kind === 'finding' && ['presume', 'crossed'].includes(outcome.state)
}
