import { tabLine } from '../../domain/tab-line.ts'
import type { Instant } from '../../domain/window.ts'
import type { StageQueryRow } from '../../ports/queries/stage.ts'
import type { Stage } from '../../ports/stage.ts'
import { inSlices, type StreamDeps, type TableWrite, type TouchedHours } from './plan.ts'
import { spanTouched } from './sample-hours.ts'
import {
  acceptedOf,
  type ContestedSample,
  type Loser,
  loserWrite,
  type SampleCounts,
  settle,
} from './sample-settle.ts'
import type { SampleShares } from './sample-shares.ts'
import { createTouching } from './touched-hours.ts'

/** Samples that may be stored already, or that repeat: what becomes of each. */

/** An hour of a device whose samples must be looked at. */
export interface ContestedHour {
  readonly device_id: string
  readonly hour: Instant
  /** The newest sample known before; Infinity where nothing is known. */
  readonly newest: Instant
  /** The newest with counters; -Infinity for none. */
  readonly reading: Instant
}

export interface Outcome {
  readonly hours: TouchedHours
  readonly losers: TableWrite
  /** Rows that are not to be written; they are in the stage's `excluded`, if there are any. */
  readonly excluded: number
}

/** Settles contested hours; what becomes of their samples is added to the counts of each delivery. */
export async function contest(
  deps: StreamDeps,
  shares: SampleShares,
  stage: Stage,
  {
    contested,
    counts,
  }: { readonly contested: readonly ContestedHour[]; readonly counts: readonly SampleCounts[] },
): Promise<Outcome> {
  const losers: Loser[] = []
  const samples = contested.length === 0 ? [] : await meet(stage, contested)
  const replaced = await loadReplaced(deps, shares, samples)
  const { winners, excluded } = settle(samples, counts, losers, { shares, replaced })
  if (excluded.length > 0) {
    await stage.execute('excluded-create', {})
    const lines = excluded.map(row => tabLine([row]))
    await stage.appendLines('excluded', ['row'], lines)
  }
  const hours = hoursOf(winners, contested)
  return { hours, losers: loserWrite(losers, shares), excluded: excluded.length }
}

/** Hours of devices that a statement can name; with more of them the whole part is looked at. */
const HOURS_NAMED = 500
const CHARACTERS_NAMED = 32_768

/** The samples of these hours, or more, beside what is stored. */
async function meet(
  stage: Stage,
  contested: readonly ContestedHour[],
): Promise<readonly ContestedSample[]> {
  const devices = contested.map(({ device_id }) => device_id)
  const characters = devices.reduce((sum, device) => sum + device.length, 0)
  const isNamed = devices.length <= HOURS_NAMED && characters <= CHARACTERS_NAMED
  const named = isNamed ? { devices, hours: contested.map(({ hour }) => hour) } : NOBODY
  const [found] = await stage.query('contest-rows', { everything: isNamed ? 0 : 1, ...named })
  if (found === undefined) return []
  const wanted = new Set(contested.map(nameOf))
  return found.rows
    .map((row, index) => sampleAt(found, row, index))
    .filter(sample => wanted.has(nameOf(sample)))
}

const NOBODY = { devices: [], hours: [] }

function sampleAt(
  found: StageQueryRow<'contest-rows'>,
  row: number,
  index: number,
): ContestedSample {
  const held_version = found.held_versions[index] ?? ''
  return {
    row,
    device_id: found.devices[index] ?? '',
    hour: found.hours[index] ?? 0,
    end: found.ends[index] ?? 0,
    start: found.starts[index] ?? 0,
    counters: found.counters[index] === 1,
    version: BigInt(found.versions[index] ?? 0),
    tenant_id: found.tenants[index] ?? '',
    offset: found.offsets[index] ?? 0,
    held:
      held_version === ''
        ? null
        : {
            version: BigInt(held_version),
            tenant_id: found.held_tenants[index] ?? '',
            source: found.held_sources[index] ?? '',
            offset: found.held_offsets[index] ?? 0,
          },
  }
}

function nameOf({ device_id, hour }: Pick<ContestedHour, 'device_id' | 'hour'>): string {
  return `${hour} ${device_id}`
}

function hoursOf(
  winners: readonly ContestedSample[],
  contested: readonly ContestedHour[],
): TouchedHours {
  const marks = new Map(contested.map(group => [nameOf(group), group]))
  const touching = createTouching()
  const counted = new Set<string>()
  for (const sample of winners) {
    const { hour, start, end, counters, tenant_id, held } = sample
    const name = nameOf(sample)
    const mark = marks.get(name)
    const one = { hour, start, first_end: end, counter_end: counters ? end : null }
    const span = spanTouched(one, mark && end > mark.newest ? mark.reading : null)
    touching.add(span, [tenant_id], counted.has(name) ? 0 : 1)
    counted.add(name)
    if (held && held.tenant_id !== tenant_id) touching.add(span, [held.tenant_id], 0)
  }
  return touching.hours
}

const DEVICES_PER_LOOK = 2000

/** Only where a partition is read again can a record be one that was accepted and replaced since. */
async function loadReplaced(
  deps: StreamDeps,
  { deliveries }: SampleShares,
  samples: readonly ContestedSample[],
): Promise<ReadonlyMap<string, number>> {
  const sources = deliveries.map(({ origin }) => origin).filter(origin => origin !== '')
  const outdone = samples.filter(({ held, version }) => held !== null && held.version > version)
  if (sources.length === 0 || outdone.length === 0) return new Map()
  const hours = [...new Set(outdone.map(sample => sample.hour))]
  const devices = [...new Set(outdone.map(sample => sample.device_id))]
  const found = await inSlices(devices, DEVICES_PER_LOOK, slice =>
    deps.store.query('sample-losers', { sources, hours, devices: [...slice] }),
  )
  return new Map(
    found.map(row => [acceptedOf(row.source, { ...row, end: row.time }), row.source_offset]),
  )
}
