import { groupId } from '../../domain/finding.ts'
import { NO_OPERATIONS, type Operations } from '../../domain/quantity.ts'
import { DAY_MS, HOUR_MS, type Instant, parseInstant, type Window } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'
import { H100 } from '../../simulate/chips.ts'
import { EVASIONS, type Hidden } from '../../simulate/play/evasion.ts'
import { heldCharges, type PlayedSample, playSamples } from '../../simulate/play/samples.ts'
import { plainRun } from '../../simulate/play/training.ts'
import type { Work } from '../../simulate/play/work.ts'
import { createRandom } from '../../simulate/random.ts'
import type { Bench } from '../section.ts'
import { sendRecords } from '../send.ts'

/** The same small runs, shown and hidden, through the intake, the meter and the derive stage. */

/** The run as it is, and each way to hide it. */
export const VARIANTS = ['shown', ...EVASIONS.map(({ id }) => id)] as const

/** Largest bounds that the product holds of a variant, by what it sums over. */
export interface Levels {
  readonly run: number
  readonly lineage: number
  readonly tenant: number
  readonly group: number
  /** Interval of the largest run, and of the largest tenant. */
  readonly whole: Readonly<Record<'run' | 'tenant', Operations>>
}

export type Played = ReadonlyMap<string, Levels>

const START: Instant = parseInstant('2026-01-05T00:00:00Z') ?? 0
const HELD_MS = 12 * HOUR_MS
const INTERVAL_S = 600
const METERS = 4
const SEEDS_PER_BODY = 10

interface Told {
  readonly samples: readonly PlayedSample[]
  readonly charges: readonly object[]
  readonly groups: readonly (readonly string[])[]
}

export async function playEvasions(
  bench: Bench,
  seed: number,
  runs: number,
  progress: (done: number) => void,
): Promise<Played[]> {
  for (let first = 0; first < runs; first += SEEDS_PER_BODY) {
    const count = Math.min(SEEDS_PER_BODY, runs - first)
    const told = Array.from({ length: count }, (_, index) => tellRun(seed, first + index)).flat()
    await sendRecords(
      bench.intake,
      'telemetry.accelerator',
      told.flatMap(({ samples }) => samples),
    )
    await sendRecords(
      bench.intake,
      'telemetry.billing',
      told.flatMap(({ charges }) => charges),
    )
    await writeGroups(
      bench.store,
      told.flatMap(({ groups }) => groups),
    )
    progress((0.5 * (first + count)) / runs)
  }
  const until = START + 100 * DAY_MS
  const metered = await bench.meter.rebuild(until)
  progress(0.7)
  await bench.derive(metered.tenants, until)
  progress(0.95)
  return levelsOf(bench.store, runs, until)
}

/** Every variant of one run; the run is drawn once, so that pairs differ by the hiding alone. */
function tellRun(seed: number, ordinal: number): Told[] {
  const held = { start: START, end: START + HELD_MS }
  const works = drawRun(seed, ordinal, held)
  const random = createRandom(seed, `hide/${ordinal}`)
  return VARIANTS.map(variant => {
    const evasion = EVASIONS.find(({ id }) => id === variant)
    const own = works.map(work => named(work, `${ordinal}/${variant}`))
    const hidden: Hidden = evasion
      ? evasion.hide(own, held, random)
      : { works: own, held, tell: sample => sample, linked: true }
    const played = playSamples(hidden.works, hidden.held, INTERVAL_S)
    const tenants = [...new Set(hidden.works.map(work => work.tenant_id))].sort()
    return {
      samples: [...played].flatMap(sample => hidden.tell(sample) ?? []),
      charges: heldCharges(hidden.works, hidden.held),
      groups: hidden.linked ? [tenants] : [],
    }
  })
}

function drawRun(seed: number, ordinal: number, held: Window): Work[] {
  const random = createRandom(seed, `run/${ordinal}`)
  const start = held.start + random.integer(0, 5) * 600_000
  const end = held.end - random.integer(0, 5) * 600_000
  const base = { run: 'run', tenant_id: '', chip: H100, site: 'site-a', fabric_id: '', units: 8 }
  return plainRun({ start, end }, { ...base, meters: [0, METERS - 1] }, random)
}

function named(work: Work, tenant_id: string): Work {
  return { ...work, tenant_id, fabric_id: `${tenant_id}/fabric` }
}

async function writeGroups(store: Store, groups: readonly (readonly string[])[]): Promise<void> {
  const rows = groups.flatMap(tenants =>
    tenants.map(tenant_id => ({
      group_id: groupId(tenants),
      tenant_id,
      links: '[]',
      build: '1',
      is_deleted: 0,
    })),
  )
  await store.append('group_members', rows)
}

/** Per run, the largest upper bound of each level over all that a variant is called. */
async function levelsOf(store: Store, runs: number, until: Instant): Promise<Played[]> {
  const at = { as_of: until, since: START - DAY_MS, tenants: [], catalogue: '' }
  const levels = Array.from(
    { length: runs },
    () => new Map(VARIANTS.map(variant => [variant, nothing()])),
  )
  for (const [level, feature] of FEATURES) {
    for (const row of await store.query(feature, at)) {
      const [ordinal = '', name = ''] = (row.tenant_ids[0] ?? '').split('/')
      const variant = VARIANTS.findLast(id => name === id || name.startsWith(`${id}-`))
      const own = levels[Number(ordinal)]?.get(variant ?? '')
      if (!own) continue
      own[level] = Math.max(own[level], row.hi)
      if (level !== 'run' && level !== 'tenant') continue
      if (row.mid > own.whole[level].mid) own.whole[level] = row
    }
  }
  return levels
}

const nothing = () => ({
  run: 0,
  lineage: 0,
  tenant: 0,
  group: 0,
  whole: { run: NO_OPERATIONS, tenant: NO_OPERATIONS },
})
const FEATURES = [
  ['run', 'run-operations'],
  ['lineage', 'lineage-operations'],
  ['tenant', 'tenant-operations-rolling'],
  ['group', 'group-operations-rolling'],
] as const
