/**
 * Work as the derive stage sees it, without passing through samples: busy islands of devices, at
 * the resolution of their meters. A fleet of weeks takes seconds instead of hours; a test holds
 * both ways together.
 */
import type { Island } from '../../domain/run/island.ts'
import { DAY_MS, floorDay, HOUR_MS, type Instant, SECOND_MS } from '../../domain/window.ts'
import { IDLE } from '../activity.ts'
import { devicePower, loadShare } from '../power.ts'
import { meterName, type Work } from './work.ts'

/** An island with what it really was: seconds by computation. */
export interface TrueIsland extends Island {
  readonly truth: ReadonlyMap<string, number>
}

export interface MeterOptions {
  /** Length of a sample. */
  readonly interval_s: number
  /** Pauses up to here do not end an island, as in the settings of derive. */
  readonly idle_gap_s: number
  /** An interval busy for less than this share reads as idle. */
  readonly share_min: number
}

interface Piece {
  readonly work: Work
  readonly start: Instant
  readonly end: Instant
}

/** Islands by day, each day in the order in which the store gives them. */
export function islandsByDay(
  works: Iterable<Work>,
  options: MeterOptions,
): Map<Instant, TrueIsland[]> {
  const devices = new Map<string, Piece[]>()
  for (const work of works) {
    for (const [day, piece] of byDay(work)) {
      for (let ordinal = work.meters[0]; ordinal <= work.meters[1]; ordinal += 1) {
        const key = `${day}\u0000${meterName(work, ordinal)}`
        const pieces = devices.get(key)
        if (pieces) pieces.push(piece)
        else devices.set(key, [piece])
      }
    }
  }
  const days = new Map<Instant, TrueIsland[]>()
  for (const [key, pieces] of devices) {
    const [day = '', device = ''] = key.split('\u0000')
    const islands = days.get(Number(day)) ?? []
    if (islands.length === 0) days.set(Number(day), islands)
    for (const group of joined(pieces, options)) islands.push(islandOf(device, group, options))
  }
  for (const islands of days.values()) islands.sort(inStoredOrder)
  return new Map([...days].sort(([a], [b]) => a - b))
}

function* byDay(work: Work): Generator<readonly [Instant, Piece]> {
  for (let day = floorDay(work.start); day < work.end; day += DAY_MS) {
    const start = Math.max(work.start, day)
    const end = Math.min(work.end, day + DAY_MS)
    if (end > start) yield [day, { work, start, end }]
  }
}

/** Pieces of one device on one day, parted where an idle pause shows. */
function joined(pieces: readonly Piece[], options: MeterOptions): Piece[][] {
  const groups: Piece[][] = []
  let busy_until = Number.NEGATIVE_INFINITY
  for (const piece of [...pieces].sort((a, b) => a.start - b.start)) {
    const seen = quantise(piece, options)
    const group = groups.at(-1)
    if (group && seen.start - busy_until <= options.idle_gap_s * SECOND_MS) group.push(piece)
    else groups.push([piece])
    busy_until = Math.max(busy_until, seen.end)
  }
  return groups
}

/** Whole intervals that the work makes busy; work too short to show keeps one. */
function quantise({ start, end }: Piece, { interval_s, share_min }: MeterOptions) {
  const interval_ms = interval_s * SECOND_MS
  const sliver_ms = share_min * interval_ms
  const from = Math.floor((start + sliver_ms) / interval_ms) * interval_ms
  const to = Math.ceil((end - sliver_ms) / interval_ms) * interval_ms
  return { start: from, end: Math.max(to, from + interval_ms) }
}

function islandOf(device_id: string, pieces: readonly Piece[], options: MeterOptions): TrueIsland {
  const [first] = pieces
  if (!first) throw new RangeError('an island has at least one piece')
  const { work } = first
  const seen = pieces.map(piece => quantise(piece, options))
  const start = Math.min(...seen.map(piece => piece.start))
  const end = Math.max(...seen.map(piece => piece.end))
  const seconds = coveredSeconds(seen)
  const sum = (of: (work: Work) => number) =>
    pieces.reduce((all, one) => all + of(one.work) * ((one.end - one.start) / SECOND_MS), 0)
  const tensor_s = sum(one => one.tensor_active) * work.units
  const operations = tensor_s * work.chip.peak_ops_per_s.bf16
  const power = sum(one => devicePower(one.chip, loadShare({ ...IDLE, ...one, gpu_util: 0.99 })))
  const idle_s = Math.max(0, seconds - sum(() => 1))
  const truth = new Map<string, number>()
  for (const piece of pieces) {
    const known = truth.get(piece.work.run) ?? 0
    truth.set(piece.work.run, known + ((piece.end - piece.start) / SECOND_MS) * work.units)
  }
  return {
    tenant_id: work.tenant_id,
    chip: work.chip.id,
    fabric_id: work.fabric_id,
    site: work.site,
    device_id,
    device_key: hash(device_id),
    node_key: hash(device_id),
    follows_unseen: false,
    units: work.units,
    workloads: [],
    start,
    end,
    sample_s: options.interval_s,
    cuts: pausesIn(seen) + (start % DAY_MS === 0 ? 0 : 0.5) + (end % DAY_MS === 0 ? 0 : 0.5),
    device_s: seconds * work.units,
    energy_j: (power + idle_s * work.chip.idle_w) * work.units,
    flop: { lo: operations / 2, mid: operations, hi: operations * 2 },
    tier: 'T2',
    tensor_s,
    tensor_device_s: seconds * work.units,
    truth,
  }
}

function pausesIn(seen: readonly { start: Instant; end: Instant }[]): number {
  let pauses = 0
  let until = Number.POSITIVE_INFINITY
  for (const { start, end } of seen) {
    if (start > until) pauses += 1
    until = until === Number.POSITIVE_INFINITY ? end : Math.max(until, end)
  }
  return pauses
}

/** Length of the union of what was seen, which is in order of its start. */
function coveredSeconds(seen: readonly { start: Instant; end: Instant }[]): number {
  let covered_ms = 0
  let until = Number.NEGATIVE_INFINITY
  for (const { start, end } of seen) {
    covered_ms += Math.max(0, end - Math.max(start, until))
    until = Math.max(until, end)
  }
  return covered_ms / SECOND_MS
}

/** FNV-1a, twice with other bases: decimal text of 64 bits, as the store's hashes are. */
function hash(text: string): string {
  const half = (base: number): bigint => {
    let value = base
    for (let index = 0; index < text.length; index += 1) {
      value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
    }
    value = Math.imul(value ^ (value >>> 15), 0x85ebca6b)
    return BigInt((value ^ (value >>> 13)) >>> 0)
  }
  return ((half(0x811c9dc5) << 32n) | half(0x01234567)).toString()
}

function inStoredOrder(a: Island, b: Island): number {
  return (
    compare(a.tenant_id, b.tenant_id) ||
    compare(a.chip, b.chip) ||
    compare(a.fabric_id, b.fabric_id) ||
    a.start - b.start ||
    compare(a.device_id, b.device_id)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export const HOURLY: MeterOptions = {
  interval_s: HOUR_MS / SECOND_MS,
  idle_gap_s: 300,
  share_min: 0.05,
}
