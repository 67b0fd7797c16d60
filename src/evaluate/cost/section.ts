import { createBuildNumbers } from '../../domain/build.ts'
import { deriveSettings } from '../../domain/derive-settings.ts'
import { DAY_MS, HOUR_MS, parseInstant } from '../../domain/window.ts'
import { createDerive } from '../../stages/derive.ts'
import { figure } from '../figure.ts'
import type { Bench, EvaluationContext, Section } from '../section.ts'

/** What it costs to derive runs when one hour of a large tenant has changed. */

const DEVICES = { full: 10_000, quick: 1_000 }
const HISTORY_DAYS = { short: 2, long: 12 }
const ROUNDS = 3
const START = parseInstant('2026-01-05T00:00:00Z') ?? 0
const SECONDS_MAX = 2
/** A cost that grew with history would be six times as high after twelve days as after two. */
const GROWTH_MAX = 1.5

export const costSection: Section = {
  id: 'cost',
  title: "Cost: runs of a dirty hour, a day's last",
  async evaluate(context) {
    const bench = await context.openBench()
    const devices = context.quick ? DEVICES.quick : DEVICES.full
    const short_s = await timeLastHour(bench, context, devices, HISTORY_DAYS.short)
    context.progress(0.4)
    const long_s = await timeLastHour(bench, context, devices, HISTORY_DAYS.long)
    const label = `${devices} devices`
    const bar = { kind: 'at_most', value: SECONDS_MAX } as const
    const figures = [
      figure(`${label}, 2 days of history`, short_s, 's', null, ROUNDS, bar),
      figure(`${label}, 12 days of history`, long_s, 's', null, ROUNDS, bar),
      figure('12 days over 2 days', long_s / short_s, 'ratio', null, ROUNDS, {
        kind: 'at_most',
        value: GROWTH_MAX,
      }),
    ]
    return { skipped: null, figures, plots: [], notes: NOTES }
  },
}

/** Seconds of the fastest of some rounds: what else the machine does only adds. */
async function timeLastHour(
  { store }: Bench,
  context: EvaluationContext,
  devices: number,
  days: number,
): Promise<number> {
  const tenant = `always-on-${days}`
  for (let day = 0; day < days; day += 1) {
    const from = START + day * DAY_MS
    await store.execute('device-hours-fill', { tenant, from, hours: 24, devices, build: 1 })
  }
  const until = START + days * DAY_MS
  const clock = { now: () => until }
  const builds = createBuildNumbers(() => context.seed)
  const derive = createDerive({ store, clock, builds, settings: deriveSettings.parse(undefined) })
  await derive(new Map([[tenant, START]]), until)
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    await derive(new Map([[tenant, until - HOUR_MS]]), until)
    fastest = Math.min(fastest, (performance.now() - began) / 1000)
  }
  return fastest
}

const NOTES = [
  'One tenant whose devices, each with its own meter, never rest: its one run reaches over the whole history. The hour that changed is the last of its day, when most of a day has to be read. Wall time on the machine at hand, the fastest of three rounds.',
]
