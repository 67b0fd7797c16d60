import { createBuildNumbers } from '../../domain/build.ts'
import { deriveSettings } from '../../domain/derive-settings.ts'
import type { Bar, Figure } from '../../domain/evaluation.ts'
import { DAY_MS, HOUR_MS, type Instant, parseInstant } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import { createDerive } from '../../stages/derive.ts'
import { figure } from '../figure.ts'
import type { Section } from '../section.ts'
import { countStatements, timeOf } from './measure.ts'

/** What it costs to derive runs when one hour has changed. */

const DEVICES = { full: 10_000, quick: 1_000 }
const HISTORY_DAYS = { short: 1, long: 30 }
const TENANTS = 64
const TENANT_DEVICES = 64
const ROUNDS = 3
const START = parseInstant('2026-01-05T00:00:00Z') ?? 0
const SECONDS_MAX: Bar = { kind: 'at_most', value: 2 }
/** A cost that grew with history would be thirty times as high after thirty days as after one. */
const GROWTH_MAX: Bar = { kind: 'at_most', value: 1.5 }
const SAME: Bar = { kind: 'within', lo: 1, hi: 1 }

export const costSection: Section = {
  id: 'cost',
  title: "Cost: runs of a dirty hour, a day's last",
  async evaluate(context) {
    const { store } = await context.openBench()
    const { cpu_s } = context
    const devices = context.quick ? DEVICES.quick : DEVICES.full
    const short = await deriveLastHour({ store, cpu_s }, ['short'], devices, HISTORY_DAYS.short)
    context.progress(0.2)
    const long = await deriveLastHour({ store, cpu_s }, ['long'], devices, HISTORY_DAYS.long)
    context.progress(0.8)
    const names = Array.from({ length: TENANTS }, (_, index) => `live-${index}`)
    const one = await deriveLastHour({ store, cpu_s }, ['alone'], TENANT_DEVICES, 1)
    const many = await deriveLastHour({ store, cpu_s }, names, TENANT_DEVICES, 1)
    const label = `${devices} devices`
    const figures = [
      ...timeFigures(`${label}, 1 day of history`, short),
      ...timeFigures(`${label}, 30 days of history`, long),
      figure(
        '30 days over 1 day, CPU',
        long.cpu_s / short.cpu_s,
        'ratio',
        null,
        ROUNDS,
        GROWTH_MAX,
      ),
      ...timeFigures(`${TENANTS} tenants of ${TENANT_DEVICES} devices`, many),
      figure(
        `statements, ${TENANTS} tenants over one`,
        many.statements / one.statements,
        'ratio',
        null,
        1,
        SAME,
      ),
      figure('statements of a tick', many.statements, 'count', null, 1, null),
    ]
    return { skipped: null, figures, plots: [], notes: NOTES }
  },
}

interface Cost {
  readonly wall_s: number
  readonly cpu_s: number
  readonly statements: number
}

function timeFigures(label: string, cost: Cost): Figure[] {
  return [
    figure(`${label}, wall`, cost.wall_s, 's', null, ROUNDS, SECONDS_MAX),
    figure(`${label}, CPU`, cost.cpu_s, 's', null, ROUNDS, null),
  ]
}

/** The least of some rounds: what else the machine does only adds. */
async function deriveLastHour(
  { store, cpu_s }: { readonly store: Store; cpu_s(): number },
  tenants: readonly string[],
  devices: number,
  days: number,
): Promise<Cost> {
  for (const tenant of tenants) {
    for (let day = 0; day < days; day += 1) {
      const from = START + day * DAY_MS
      await store.execute('device-hours-fill', { tenant, from, hours: 24, devices, build: 1 })
    }
  }
  const until = START + days * DAY_MS
  const counted = countStatements(store)
  const derive = createDerive({
    store: counted.store,
    clock: { now: () => until },
    builds: createBuildNumbers(() => until),
    settings: deriveSettings.parse(undefined),
  })
  const from = (hour: Instant) => new Map(tenants.map(tenant => [tenant, hour]))
  await derive(from(START), until)
  const rounds: Cost[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = counted.count()
    const spent = await timeOf(() => derive(from(until - HOUR_MS), until), cpu_s)
    rounds.push({ ...spent, statements: counted.count() - before })
  }
  const least = (of: (cost: Cost) => number) => Math.min(...rounds.map(of))
  return {
    wall_s: least(cost => cost.wall_s),
    cpu_s: least(cost => cost.cpu_s),
    statements: least(cost => cost.statements),
  }
}

const NOTES = [
  'One tenant whose devices, each with its own meter, never rest: its one run reaches over the whole history. The hour that changed is the last of its day, when most of a day has to be read.',
  'Least of three rounds on the machine at hand; CPU is that of all threads of the process, in which the embedded engine runs.',
]
