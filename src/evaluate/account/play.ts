import { DAY_MS, type Instant, parseInstant } from '../../domain/window.ts'
import { createRandom } from '../../simulate/random.ts'
import type { Bench } from '../section.ts'
import { sendRecords } from '../send.ts'
import { drawJob, type Family, type Job } from './job.ts'
import { type Fields, type MeteredJob, meterJob, VIEWS, type View } from './telemetry.ts'

/** Plays jobs through the product itself: bytes into the intake, hours out of the meter. */

/** One job under one view: what was executed, and what the product says of it. */
export interface Trial {
  readonly job: Job
  readonly view: View
  readonly truth: number
  readonly lo: number
  readonly mid: number
  readonly hi: number
  /** Share of the metered device time that rests on each tier. */
  readonly tiers: Readonly<Record<'T1' | 'T2' | 'T3' | 'T4', number>>
}

export const START: Instant = parseInstant('2026-01-05T00:00:00Z') ?? 0
const JOBS_PER_BODY = 20
/** Jobs of a batch share a day, so that one statement of the meter rebuilds few of them. */
const JOBS_PER_DAY = 100

export async function playJobs(
  bench: Bench,
  seed: number,
  families: readonly Family[],
  progress: (done: number) => void,
): Promise<Trial[]> {
  const played: { job: Job; metered: MeteredJob }[] = []
  for (let first = 0; first < families.length; first += JOBS_PER_BODY) {
    const part = families.slice(first, first + JOBS_PER_BODY).map((family, index) => {
      const id = `job-${String(first + index).padStart(5, '0')}`
      const random = createRandom(seed, id)
      const job = drawJob(random, id, family)
      const day = Math.floor((first + index) / JOBS_PER_DAY)
      return { job, metered: meterJob(random, job, START + day * DAY_MS) }
    })
    const all = part.map(({ metered }) => metered)
    await sendRecords(bench.intake, 'telemetry.accelerator', all.flatMap(samplesOf))
    await sendRecords(
      bench.intake,
      'telemetry.billing',
      all.flatMap(({ charges }) => Object.values(charges)),
    )
    // The series are in the store now; only their sums are needed from here on.
    played.push(...part)
    progress(Math.min(1, (first + JOBS_PER_BODY) / families.length) * 0.8)
  }
  await bench.meter.rebuild(START + 1000 * DAY_MS)
  progress(0.95)
  return trialsOf(bench, played)
}

function samplesOf({ samples }: MeteredJob): Fields[] {
  return VIEWS.flatMap(view => [...samples[view]])
}

async function trialsOf(
  bench: Bench,
  played: readonly { job: Job; metered: MeteredJob }[],
): Promise<Trial[]> {
  const totals = await bench.store.query('usage-totals', {})
  const found = new Map(totals.map(row => [row.tenant_id, row]))
  return played.flatMap(({ job, metered }) =>
    VIEWS.flatMap(view => {
      const row = found.get(`${job.id}-${view}`)
      if (row === undefined) return []
      const { lo, mid, hi, t1_s, t2_s, t3_s, t4_s, unmetered_s } = row
      const all = Math.max(t1_s + t2_s + t3_s + t4_s + unmetered_s, 1e-9)
      const tiers = { T1: t1_s / all, T2: t2_s / all, T3: t3_s / all, T4: t4_s / all }
      return [{ job, view, truth: metered.executed[view], lo, mid, hi, tiers }]
    }),
  )
}
