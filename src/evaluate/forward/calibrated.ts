import type { Fit } from '../../domain/calibration.ts'
import { fitRatios, type LabelledRatio } from '../../domain/calibration-fit.ts'
import { DAY_MS, type Instant } from '../../domain/window.ts'
import { createRandom } from '../../simulate/random.ts'
import { createLabelReader } from '../../stages/calibrate.ts'
import { drawJob, INTERVAL_S, INTERVALS, type Job } from '../account/job.ts'
import { type MeteredJob, meterJob } from '../account/telemetry.ts'
import type { Bench, EvaluationContext } from '../section.ts'
import { sendRecords } from '../send.ts'
import type { FrontierRun } from './frontier.ts'

/**
 * Each run's provider has calibrated: `flopwatch calibrate` on training of its own whose operations are
 * known, on the chip of the run. What the jobs share with the run is what the provider's counters say
 * over the nominal (`counter_gain`, a constant of chip and driver). Tiles, attribution and the share in
 * FP8 are drawn for each job and for the run, so a fit cannot know those of the run.
 */

export const LABELLED_JOBS = 8
/** Over before the runs begin. */
const BEFORE_MS = 30 * DAY_MS

type Place = Pick<Bench, 'store' | 'intake' | 'meter'>
type Drawn = Pick<EvaluationContext, 'seed' | 'catalogue' | 'estimation'>
/** What there is to know of a run before it begins. */
type Planned = Pick<FrontierRun, 'name' | 'chip' | 'start' | 'counter_gain'>

interface Labelled {
  readonly job: Job
  readonly metered: MeteredJob
}

/** The fits of each run's provider, by the name of the run. */
export async function fitProviders(
  bench: Place,
  context: Drawn,
  runs: readonly Planned[],
): Promise<Map<string, readonly Fit[]>> {
  const providers = new Map<string, Labelled[]>()
  for (const run of runs) {
    const jobs = drawLabelled(context.seed, run)
    const samples = jobs.flatMap(({ metered }) => [...metered.samples.T1])
    await sendRecords(bench.intake, 'telemetry.accelerator', samples)
    providers.set(run.name, jobs)
  }
  await bench.meter.rebuild(Math.max(...runs.map(({ start }) => start)))
  const fits = new Map<string, readonly Fit[]>()
  for (const run of runs) {
    const ratios = await ratiosOf(bench, context, providers.get(run.name) ?? [], startOf(run))
    fits.set(run.name, fitRatios(ratios).fits)
  }
  return fits
}

const startOf = ({ start }: Planned): Instant => start - BEFORE_MS

function drawLabelled(seed: number, run: Planned): Labelled[] {
  return Array.from({ length: LABELLED_JOBS }, (_, index) => {
    const id = `${run.name}-known-${index + 1}`
    const random = createRandom(seed, id)
    const job = drawJob(random, id, 'training', run)
    return { job, metered: meterJob(random, job, startOf(run)) }
  })
}

async function ratiosOf(
  { store }: Place,
  { catalogue, estimation }: Drawn,
  jobs: readonly Labelled[],
  start: Instant,
): Promise<LabelledRatio[]> {
  const read = createLabelReader({ store, catalogue, priors: estimation, fits: [] })
  const ratios: LabelledRatio[] = []
  for (const { job, metered } of jobs) {
    const ratio = await read({
      run: job.id,
      operations: metered.executed.T1,
      precision: job.fp8_share > 0 ? 'fp8' : 'bf16',
      tenant_id: `${job.id}-T1`,
      workload_id: '',
      start,
      end: start + INTERVALS * INTERVAL_S * 1000,
    })
    if (typeof ratio !== 'string') ratios.push(ratio)
  }
  return ratios
}
