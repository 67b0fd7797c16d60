import { gunzipSync } from 'node:zlib'
import { createBuildNumbers } from '../../domain/build.ts'
import { deriveSettings } from '../../domain/derive-settings.ts'
import type { Figure } from '../../domain/evaluation.ts'
import { type Instant, parseInstant } from '../../domain/window.ts'
import { createRandom } from '../../simulate/random.ts'
import { createDerive } from '../../stages/derive.ts'
import { countFigure, runFigure } from '../figure.ts'
import { type Bench, type EvaluationContext, type Section, skipped } from '../section.ts'
import { sendLines } from '../send.ts'

/** Node power of 21 real training jobs: are they told apart, and is their energy theirs? */

const FILES = ['power_llama2_lora_64x8', 'power_ssd_8x8', 'power_unet3d_9x8'] as const
const UNTIL: Instant = parseInstant('2024-06-01T00:00:00Z') ?? 0
const JOULES_PER_KWH = 3.6e6

/** Segments as the pauses between the jobs are: 6 minutes and more, 68 to 70 s, 14 to 17 s. */
const SEGMENTS: readonly (readonly [tenant: string, idle_gap_s: number, segments: number])[] = [
  ['mlperf-llama2-lora', 300, 10],
  ['mlperf-ssd', 300, 1],
  ['mlperf-unet3d', 300, 1],
  ['mlperf-llama2-lora', 60, 10],
  ['mlperf-ssd', 60, 5],
  ['mlperf-unet3d', 60, 1],
]
const ENERGY_ERROR_MAX = 0.01

export const powerSection: Section = {
  id: 'power',
  title: 'Real power telemetry: segments and energy of 21 logged jobs',
  async evaluate(context) {
    const truth = await context.readData('real/runs.csv')
    const files = await Promise.all(FILES.map(name => context.readData(`real/${name}.ndjson.gz`)))
    if (truth === null || files.some(file => file === null)) {
      return skipped('the recorded power telemetry is not there')
    }
    const bench = await context.openBench()
    for (const file of files) {
      if (file) await sendLines(bench.intake, 'telemetry.accelerator', linesOf(file))
    }
    const metered = await bench.meter.rebuild(UNTIL)
    const tenants = new Map([...metered.tenants])
    const found = new Map<number, ReadonlyMap<string, number>>()
    for (const idle_gap_s of [300, 60]) {
      found.set(idle_gap_s, await segmentsOf(bench, tenants, idle_gap_s))
    }
    const segments = SEGMENTS.map(([tenant, idle_gap_s, expected]) => {
      const count = found.get(idle_gap_s)?.get(tenant) ?? 0
      const bar = { kind: 'within', lo: expected, hi: expected } as const
      return countFigure(`${tenant} segments at ${idle_gap_s} s`, count, 1, bar)
    })
    const energy = await energyFigures(bench, context, Buffer.from(truth).toString())
    return { skipped: null, figures: [...segments, ...energy], plots: [], notes: NOTES }
  },
}

function linesOf(file: Uint8Array): string[] {
  return gunzipSync(file).toString().trimEnd().split('\n')
}

/** Segments by tenant under another idle gap; the runs of the gap before are replaced. */
async function segmentsOf(
  { store }: Bench,
  tenants: ReadonlyMap<string, Instant>,
  idle_gap_s: number,
): Promise<ReadonlyMap<string, number>> {
  const settings = deriveSettings.parse({ idle_gap_s })
  const clock = { now: () => UNTIL + idle_gap_s }
  // Builds of the shorter gap must be newer than those of the longer one.
  const builds = createBuildNumbers(() => UNTIL + (300 - idle_gap_s) * 1000)
  await createDerive({ store, clock, builds, settings })(tenants, UNTIL)
  const runs = await store.query('overview-runs', { limit: 1000 })
  const own = Map.groupBy(runs, run => run.tenant_id)
  return new Map(
    [...own].map(([tenant, list]) => [
      tenant,
      list.reduce((sum, run) => sum + run.segments.length, 0),
    ]),
  )
}

async function energyFigures(
  { store }: Bench,
  context: EvaluationContext,
  csv: string,
): Promise<Figure[]> {
  const jobs = await store.query('overview-jobs', { until: UNTIL, limit: 1000 })
  const read = new Map(jobs.map(job => [job.workload_id, job.energy_j / JOULES_PER_KWH]))
  const [head = '', ...lines] = csv.trim().split('\n')
  const columns = head.split(',')
  const cell = (line: string, name: string) => line.split(',')[columns.indexOf(name)] ?? ''
  const errors = lines.map(line => {
    const logged = Number(cell(line, 'energy_kwh'))
    return Math.abs((read.get(cell(line, 'workload_id')) ?? 0) / logged - 1)
  })
  const random = createRandom(context.seed, 'power-bootstrap')
  const largest = (sorted: readonly number[]) => sorted.at(-1) ?? Number.NaN
  const bar = { kind: 'at_most', value: ENERGY_ERROR_MAX } as const
  return [runFigure('energy of a job, largest error', 'share', errors, largest, random, bar)]
}

const NOTES = [
  'MLPerf Training v4.0 logs: ten LoRA jobs on 64 nodes, five SSD on 8, six U-Net on 9; node power alone, no profiling fields. A segment is a stretch of a run between pauses longer than the idle gap.',
]
