import { timeBounds } from '../../domain/ingest-settings.ts'
import { readSample } from '../../domain/records/accelerator-sample.ts'
import { rankOf } from '../../domain/records/version.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { DAY_MS, HOUR_MS, type Instant, toSqlTime } from '../../domain/window.ts'
import { createHighWater, type HighWater } from './high-water.ts'
import {
  type DeliveryContext,
  inSlices,
  type Plan,
  planOf,
  type StreamDeps,
  type StreamStage,
} from './plan.ts'
import { hoursTouched, originOf, type SampleRow, sampleRow, sampleTable } from './sample-row.ts'

/** Accelerator telemetry. A sample counts once, whoever sends it, in whatever order. */
export function createSampleStage(deps: StreamDeps): StreamStage & { forget(): void } {
  const highWater = createHighWater(deps.store, deps.settings.devices_max)
  return {
    begin(delivery) {
      const limits = {
        ...timeBounds(deps.settings, delivery.received_at),
        extra_characters_max: deps.settings.extra_characters_max,
      }
      const rows: SampleRow[] = []
      return {
        add(record) {
          const read = readSample(record.value, limits)
          if (!read.ok) return read.rejection
          rows.push(sampleRow(read.value, record.offset ?? 0))
          return null
        },
        plan: () => planSamples(deps, highWater, delivery, rows),
      }
    },
    forget: () => highWater.forget(),
  }
}

/** What is held under one identity. */
interface Holder {
  readonly version: bigint
  readonly tenant_id: string
  /** Where the stored content came from; null when it came with this part. */
  readonly stored: { readonly source: string; readonly offset: number } | null
  readonly row: SampleRow | null
}

/** Identities by device and end of interval. */
type Holders = Map<string, Map<Instant, Holder>>

interface Loser {
  readonly row: SampleRow
  readonly version: bigint
  readonly tenant_id: string
  /** The origin of a content that had been accepted before; null for one that never was. */
  readonly stored: { readonly source: string; readonly offset: number } | null
}

async function planSamples(
  deps: StreamDeps,
  highWater: HighWater,
  delivery: DeliveryContext,
  rows: readonly SampleRow[],
): Promise<Plan> {
  if (rows.length === 0) return planOf({})
  const devices = new Set(rows.map(row => row.device_id))
  await highWater.load(devices, smallest(rows.map(row => row.hour)))
  const isNew = (row: SampleRow): boolean => {
    const mark = highWater.of(row.device_id)
    return row.hour >= mark.floor && row.end > mark.newest
  }
  const known = rows.filter(row => !isNew(row))
  const holders = await loadStored(deps, known)
  const replaced = await loadReplaced(deps, delivery, known, holders)
  const { counts, losers } = settle(rows, holders, { source: originOf(delivery), replaced })
  const hours = new Set<Instant>()
  const winners: SampleRow[] = []
  for (const [device, held] of holders) {
    for (const { row } of held.values()) {
      if (row === null) continue
      winners.push(row)
      const before = isNew(row) ? highWater.of(device).newest : null
      const [first, last] = hoursTouched(row, before)
      for (let hour = first; hour <= last; hour += HOUR_MS) hours.add(hour)
    }
  }
  const ends = rows.map(row => row.end)
  return planOf({
    ...counts,
    hours,
    writes: [loserWrite(losers, delivery), sampleWrite(winners, delivery)],
    time_min: smallest(ends),
    time_max: -smallest(ends.map(end => -end)),
    announce() {
      for (const row of winners) highWater.raise(row.device_id, row.end)
    },
  })
}

/** What a part is settled against besides the holders. */
interface Own {
  readonly source: string
  /** Contents of this very partition that were accepted and replaced since: identity → offset. */
  readonly replaced: ReadonlyMap<string, number>
}

/**
 * Record by record, as if each had come alone: the larger version holds the identity. Losers are
 * kept for the conflict table, all of them, which makes that set free of order too. A record that
 * is met again under its own origin was accepted before, and is again.
 */
function settle(rows: readonly SampleRow[], holders: Holders, own: Own) {
  const counts = { accepted: 0, duplicates: 0, revised: 0, conflicts: 0 }
  const losers: Loser[] = []
  for (const row of rows) {
    let held = holders.get(row.device_id)
    if (held === undefined) {
      held = new Map()
      holders.set(row.device_id, held)
    }
    const holder = held.get(row.end)
    const { version, tenant_id } = row
    if (holder === undefined) {
      counts.accepted += 1
      held.set(row.end, { version, tenant_id, stored: null, row })
      continue
    }
    if (holder.version === version) {
      if (isAgain(holder.stored, own.source, row)) {
        counts.accepted += 1
        held.set(row.end, { ...holder, stored: null })
      } else counts.duplicates += 1
      continue
    }
    if (rankOf(holder.version) === rankOf(version)) counts.conflicts += 1
    if (holder.version > version) {
      if (own.replaced.get(nameOf(row)) === row.offset) counts.accepted += 1
      else counts.duplicates += 1
      losers.push({ row, version, tenant_id, stored: null })
      continue
    }
    counts.accepted += 1
    counts.revised += 1
    const before = holder.row ? { source: own.source, offset: holder.row.offset } : holder.stored
    losers.push({ row, version: holder.version, tenant_id: holder.tenant_id, stored: before })
    held.set(row.end, { version, tenant_id, stored: null, row })
  }
  return { counts, losers }
}

function isAgain(stored: Holder['stored'], source: string, row: SampleRow): boolean {
  return stored !== null && stored.source === source && stored.offset === row.offset
}

function nameOf({ device_id, end, version }: Pick<SampleRow, 'device_id' | 'end' | 'version'>) {
  return JSON.stringify([device_id, end, String(version)])
}

/** Keys per look-up; with the devices' names they stay well under a request's length bound. */
const KEYS_PER_LOOK = 8000
const DEVICES_PER_LOOK = 2000

async function loadStored(deps: StreamDeps, rows: readonly SampleRow[]): Promise<Holders> {
  const holders: Holders = new Map()
  const byDevice = Map.groupBy(rows, row => row.device_id)
  await inSlices([...byDevice.keys()], DEVICES_PER_LOOK, async devices => {
    const places = new Map(devices.map((device, index) => [device, index + 1]))
    const wanted = devices.flatMap(device => byDevice.get(device) ?? [])
    return inSlices(wanted, KEYS_PER_LOOK, async slice => {
      const stored = await deps.store.query('sample-versions', {
        hours: [...new Set(slice.map(row => row.hour))],
        devices: [...devices],
        places: slice.map(row => places.get(row.device_id) ?? 0),
        times: slice.map(row => row.end),
      })
      for (const { device_id, time, version, tenant_id, source, source_offset } of stored) {
        const held = holders.get(device_id) ?? new Map<Instant, Holder>()
        const origin = { source, offset: source_offset }
        holders.set(device_id, held.set(time, { version, tenant_id, stored: origin, row: null }))
      }
      return []
    })
  })
  return holders
}

/** Only where a partition is read again can a record be one that was accepted and replaced since. */
async function loadReplaced(
  deps: StreamDeps,
  delivery: DeliveryContext,
  rows: readonly SampleRow[],
  holders: Holders,
): Promise<ReadonlyMap<string, number>> {
  const outdone = rows.filter(row => {
    const holder = holders.get(row.device_id)?.get(row.end)
    return holder !== undefined && holder.version > row.version
  })
  if (delivery.origin === '' || outdone.length === 0) return new Map()
  const devices = [...new Set(outdone.map(row => row.device_id))]
  const found = await inSlices(devices, DEVICES_PER_LOOK, slice =>
    deps.store.query('sample-losers', {
      source: delivery.origin,
      hours: [...new Set(outdone.map(row => row.hour))],
      devices: [...slice],
    }),
  )
  return new Map(found.map(row => [nameOf({ ...row, end: row.time }), row.source_offset] as const))
}

function sampleWrite(winners: readonly SampleRow[], delivery: DeliveryContext) {
  return {
    table: 'samples',
    ...sampleTable(winners, delivery),
    partitions: winners.map(row => Math.floor(row.hour / DAY_MS)),
  }
}

const LOSER_COLUMNS = [
  'hour',
  'device_id',
  'time',
  'version',
  'revision',
  'tenant_id',
  'batch_id',
  'source',
  'source_offset',
  'was_stored',
]

/**
 * Written before the samples: once a winner has replaced a loser, nobody could name the loser any
 * more. A loser whose winner never arrives is no conflict, because readers want two contents.
 */
function loserWrite(losers: readonly Loser[], delivery: DeliveryContext) {
  const lines = losers.map(({ row, version, tenant_id, stored }) => {
    const cells = [toSqlTime(row.hour).slice(0, 19), row.device_id, toSqlTime(row.end)]
    const rest = [Number(rankOf(version)), tenant_id, delivery.batch_id]
    const origin = [stored?.source ?? '', stored?.offset ?? 0, stored === null ? 0 : 1]
    return tabLine([...cells, String(version), ...rest, ...origin])
  })
  const partitions = losers.map(({ row }) => Math.floor(row.hour / DAY_MS / 28))
  return { table: 'sample_losers', columns: LOSER_COLUMNS, lines, partitions }
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}
