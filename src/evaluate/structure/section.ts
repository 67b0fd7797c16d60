import { deriveSettings } from '../../domain/derive-settings.ts'
import type { Figure } from '../../domain/evaluation.ts'
import { type Measurement, measurementSchema } from '../../domain/finding.ts'
import { deriveRuns } from '../../domain/run/derive-runs.ts'
import { DAY_MS, HOUR_MS, parseInstant, toSqlTime } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import { H100 } from '../../simulate/chips.ts'
import { baton, split } from '../../simulate/play/evasion.ts'
import { islandsByDay } from '../../simulate/play/islands.ts'
import { drawTenant, type Family } from '../../simulate/play/population.ts'
import { plainRun } from '../../simulate/play/training.ts'
import type { Work } from '../../simulate/play/work.ts'
import { createRandom, type Random } from '../../simulate/random.ts'
import { gangRow, runRow } from '../../stages/derive/rows.ts'
import { shareFigure } from '../figure.ts'
import type { Section } from '../section.ts'
import { entityFigures } from './entities.ts'
import { raise, unlinkedFigures } from './unlinked.ts'

/** Do accounts that no record links give themselves away, and how often are others taken for them? */

const RUNS = { full: 40, quick: 6 }
const STRANGERS = { full: 160, quick: 24 }
const DAYS = 14
const ACCOUNTS = 4
const START = parseInstant('2026-01-05T00:00:00Z') ?? 0
const WINDOW = { start: START, end: START + DAYS * DAY_MS }
const SETTINGS = deriveSettings.parse(undefined)
const METER = { interval_s: 60, idle_gap_s: SETTINGS.idle_gap_s, share_min: 0.05 }
const KINDS: readonly Family[] = ['two-at-once', 'moving', 'fine-tunes', 'hpc', 'serving']

export const structureSection: Section = {
  id: 'structure',
  title: 'Structured runs: accounts that nothing links',
  async evaluate(context) {
    const { store } = await context.openBench()
    const random = createRandom(context.seed, 'structure')
    const runs = context.quick ? RUNS.quick : RUNS.full
    const strangers = context.quick ? STRANGERS.quick : STRANGERS.full
    for (let ordinal = 0; ordinal < runs; ordinal += 1) {
      await write(store, split(drawRun(`split-${ordinal}`, random), ACCOUNTS))
      await write(store, baton(drawRun(`baton-${ordinal}`, random), WINDOW))
      context.progress((0.5 * (ordinal + 1)) / runs)
    }
    for (let ordinal = 0; ordinal < strangers; ordinal += 1) {
      const family = KINDS[ordinal % KINDS.length] ?? 'hpc'
      await write(store, drawTenant(context.seed, ordinal, family, WINDOW).works)
      context.progress(0.5 + (0.4 * (ordinal + 1)) / strangers)
    }
    const figures = [
      ...(await stallFigures(store, runs, strangers)),
      ...(await batonFigures(store, runs, strangers)),
      ...(await unlinkedFigures(store, runs)),
      // Another store, because its strangers have records: it is opened last.
      ...(await entityFigures(context)),
    ]
    return { skipped: null, figures, plots: [], notes: NOTES }
  },
}

/** A run over the whole window, of two to six nodes' worth of meters. */
function drawRun(tenant_id: string, random: Random): Work[] {
  const start = WINDOW.start + Math.round(random.between(0, 12) * HOUR_MS)
  const meters = [0, 4 * random.integer(2, 6) - 1] as const
  const base = { run: tenant_id, tenant_id, chip: H100, site: 'site-a', fabric_id: tenant_id }
  return plainRun({ start, end: WINDOW.end }, { ...base, meters, units: 8 }, random)
}

async function write(store: Store, works: readonly Work[]): Promise<void> {
  for (const own of Map.groupBy(works, work => work.tenant_id).values()) {
    const { gangs, runs } = deriveRuns(islandsByDay(own, METER), SETTINGS)
    const homes = new Map(runs.flatMap(run => run.gang_ids.map(id => [id, run.run_id] as const)))
    await store.append(
      'day_gangs',
      gangs.map(gang => gangRow(gang, homes.get(gang.gang_id) ?? '', 1)),
    )
    await store.append(
      'runs',
      runs.map(run => runRow(run, 1)),
    )
  }
}

/** The bands of the detectors, at their defaults. */
async function stallFigures(store: Store, runs: number, strangers: number): Promise<Figure[]> {
  const rows = await ask(store, 'cross-account-costall', 7, { together_s: 60, site_share_max: 0.2 })
  const hits = rows.filter(
    ({ mid, figures }) =>
      mid >= 10 &&
      (figures['coincidences'] ?? 0) >= 10 &&
      (figures['days'] ?? 0) >= 3 &&
      (figures['surprise'] ?? 0) >= 6,
  )
  await raise(store, 'cross-account-costall', hits, WINDOW.end)
  return countedFigures('stall together', 'split-', hits, runs, strangers)
}

async function batonFigures(store: Store, runs: number, strangers: number): Promise<Figure[]> {
  const rows = await ask(store, 'baton-handoff', 30, { gap_hours_max: 12 })
  const hits = rows.filter(
    ({ mid, figures }) =>
      mid >= 0.9 &&
      (figures['devices'] ?? 0) >= 64 &&
      (figures['lasted_hours'] ?? 0) >= 24 &&
      (figures['chance'] ?? 1) <= 0.01,
  )
  await raise(store, 'baton-handoff', hits, WINDOW.end)
  return countedFigures('hand on', 'baton-', hits, runs, strangers)
}

function countedFigures(
  what: string,
  prefix: string,
  hits: readonly Measurement[],
  runs: number,
  strangers: number,
): Figure[] {
  const isOf = (tenant: string) => tenant.startsWith(prefix)
  const caught = new Set(
    hits
      .filter(({ tenant_ids }) => tenant_ids.every(isOf))
      .map(({ tenant_ids }) => /\d+/.exec(tenant_ids[0] ?? '')?.[0]),
  )
  const accused = new Set(
    hits.flatMap(({ tenant_ids }) => tenant_ids).filter(name => !/^(split|baton)-/.test(name)),
  )
  return [
    shareFigure(`${what}: runs found`, caught.size, runs),
    shareFigure(`${what}: strangers accused`, accused.size, strangers),
  ]
}

async function ask(
  store: Store,
  detector: string,
  days: number,
  parameters: Readonly<Record<string, number>>,
): Promise<Measurement[]> {
  const rows = await store.queryDetector(detector, {
    as_of: toSqlTime(WINDOW.end),
    since: toSqlTime(WINDOW.end - days * DAY_MS),
    tenants: [],
    catalogue: '',
    ...parameters,
  })
  return rows.map(row => measurementSchema.parse(row))
}

const NOTES = [
  'Runs on four unlinked accounts, and runs that a second account goes on with halfway, over fourteen days at samples of a minute, among tenants that train, tune, serve and compute on their own. A stranger is accused when it is one of the two that a finding names.',
  'hi kept: once the findings stand, accounts are linked by them alone, and the upper bound of the entity is held against that of all accounts together.',
  'Four accounts, 30 % noise: shells of one actor share payer, phone, mail domain, address, administrator and network address, each replaced by one of its own with probability 0.3, among strangers of whom a third use one mail provider and a fifth sit behind 16 shared addresses. Runs of 60 to 120 days to 1e26; upper bounds 2.1 times (BF16) or 1.2 times (FP8) the truth, as gauges give. COULD is judged when half of 1e26 is executed.',
]
