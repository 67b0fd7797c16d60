import { afterAll, beforeAll, expect, test } from 'vitest'
import { deriveSettings } from '../../../src/domain/derive-settings.ts'
import { deriveRuns } from '../../../src/domain/run/derive-runs.ts'
import { DAY_MS, HOUR_MS, toSqlTime } from '../../../src/domain/window.ts'
import { scoreRuns } from '../../../src/evaluate/runs/score.ts'
import { H100 } from '../../../src/simulate/chips.ts'
import { EVASIONS } from '../../../src/simulate/play/evasion.ts'
import { islandsByDay } from '../../../src/simulate/play/islands.ts'
import { playSamples } from '../../../src/simulate/play/samples.ts'
import { frontierRun, trainingWork } from '../../../src/simulate/play/training.ts'
import { trainingActivity, type Work } from '../../../src/simulate/play/work.ts'
import { createRandom } from '../../../src/simulate/random.ts'
import { type AppBench, openAppBench } from '../../support/app-bench.ts'

/** Played runs: the short way past the samples gives what the product makes of the samples. */

const START = Date.UTC(2026, 0, 1)
const SETTINGS = deriveSettings.parse(undefined)

let bench: AppBench
beforeAll(async () => {
  bench = await openAppBench()
})
afterAll(() => bench.close())

const work = (run: string, from_h: number, to_h: number, meters: readonly [number, number]) => ({
  ...trainingActivity(0.4),
  run,
  tenant_id: 'acme',
  chip: H100,
  site: 'site-a',
  fabric_id: 'fabric',
  meters,
  units: 8,
  start: START + from_h * HOUR_MS,
  end: START + to_h * HOUR_MS,
})

function draw(interval_s: number): Work[] {
  const { run, tenant_id, chip, site, units } = work('run', 0, 1, [0, 0])
  const plan = {
    base: {
      run,
      tenant_id,
      chip,
      site,
      fabric_id: `f${interval_s}`,
      units,
      meters: [0, 3] as const,
    },
    start: START + 3 * HOUR_MS,
    end: START + 45 * HOUR_MS,
    tensor_active: 0.4,
    ramp: null,
    stages: [],
    stalls_like_devices: 16_384,
    node_loss: 0.3,
    move: null,
  }
  return [...trainingWork(plan, createRandom(3, `agree/${interval_s}`))]
}

test.each([60, 600])('at samples of %d s both ways agree', async interval_s => {
  const works = draw(interval_s).map(one => ({ ...one, tenant_id: `every-${interval_s}` }))
  const held = { start: START, end: START + 2 * DAY_MS }
  await bench.send('telemetry.accelerator', [...playSamples(works, held, interval_s)])
  await bench.rebuild(held.end)
  const { runs } = await bench.outcome({
    runs: `select start, end, device_s, toUInt32(length(segments)) as segments from runs final
      where tenant_id = 'every-${interval_s}' order by start`,
  })
  const found = (runs ?? '').trim().split('\n')
  const metered: unknown[] = found.map(line => JSON.parse(line))
  const options = { interval_s, idle_gap_s: SETTINGS.idle_gap_s, share_min: 0.05 }
  const direct = deriveRuns(islandsByDay(works, options), SETTINGS).runs.map(run => ({
    start: toSqlTime(run.start),
    end: toSqlTime(run.end),
    device_s: expect.closeTo(run.device_s, -4),
    segments: run.segments.length,
  }))
  expect(metered).toEqual(direct)
})

test('a run of 54 days that stood still for hours on its first day is one run', () => {
  // five hours after 24, of which few were undisturbed: looking back alone, two runs
  const random = createRandom(1, 'frontier/11')
  const start = Date.UTC(2026, 0, 5)
  const window = { start, end: start + 54 * DAY_MS }
  const works = frontierRun(window, work('run', 0, 1, [0, 31]), random)
  const options = { interval_s: 60, idle_gap_s: SETTINGS.idle_gap_s, share_min: 0.05 }
  const days = islandsByDay(works, options)
  expect(deriveRuns(days, SETTINGS).runs).toHaveLength(1)
  const chain = { ...SETTINGS.chain, hindsight_min_s: Number.POSITIVE_INFINITY }
  expect(deriveRuns(days, { ...SETTINGS, chain }).runs).toHaveLength(2)
})

test('a score counts device time that runs share: one of three thirds went elsewhere', () => {
  // found: 0-10 h as one run (a and b touch); true: a 6 h, b 4 h on the same meter
  const works = [work('a', 0, 6, [0, 0]), work('b', 6, 10, [0, 0])]
  const options = { interval_s: 60, idle_gap_s: 300, share_min: 0.05 }
  const score = scoreRuns(islandsByDay(works, options), SETTINGS)
  // pairs: (36 + 16) found and true, 100 found, 52 true: 2 × 52 / 152
  expect(score).toMatchObject({ runs_found: 1, runs_true: 2, merged: 1, parted: 0 })
  expect(score.f1).toBeCloseTo(104 / 152, 12)
})

test('hiding a run never changes what it executes', () => {
  const works = draw(60)
  const held = { start: START, end: START + 2 * DAY_MS }
  const executed = (list: readonly Work[]) =>
    list.reduce((sum, { tensor_active, start, end, meters: [first, last] }) => {
      return sum + tensor_active * (end - start) * (last - first + 1)
    }, 0)
  for (const { id, hide } of EVASIONS) {
    const hidden = hide(works, held, createRandom(1, id))
    expect(executed(hidden.works) / executed(works), id).toBeCloseTo(1, 9)
    const last = Math.max(...hidden.works.map(({ end }) => end))
    expect(last, id).toBeLessThanOrEqual(hidden.held.end)
  }
})
