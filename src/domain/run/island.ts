import { assert } from '../fault.ts'
import { addOperations, NO_OPERATIONS, type Operations, type Tier } from '../quantity.ts'
import { floorHour, type Instant, SECOND_MS, type Window } from '../window.ts'
import { type Gang, joinGangs } from './gang.ts'
import { gangId, mainTier } from './run-id.ts'
import { mergeSketches } from './sketch.ts'
import { closeUnseen } from './unseen.ts'

/** A device at work without a long pause, on one day. */
export interface Island extends Window {
  readonly tenant_id: string
  readonly chip: string
  readonly fabric_id: string
  readonly site: string
  readonly device_id: string
  /** Hash of the device id; and of its node's name. */
  readonly device_key: string
  readonly node_key: string
  /** No sample tells of the short pause before it: the device may have worked on. */
  readonly follows_unseen: boolean
  /** Devices that the meter stands for. */
  readonly units: number
  readonly workloads: readonly string[]
  /** Length of its samples, seconds. */
  readonly sample_s: number
  /** Pauses within, and half for a start and an end other than midnight: samples cut in two. */
  readonly cuts: number
  readonly device_s: number
  readonly energy_j: number
  readonly flop: Operations
  readonly tier: Tier
  /** Seconds of full tensor activity, and the device-seconds in which it was measured. */
  readonly tensor_s: number
  readonly tensor_device_s: number
}

export interface GangRules {
  readonly idle_gap_s: number
  readonly gang_start_s: number
  readonly gang_overlap_min: number
}

/** Gang by device key: what was under way when a day ended. */
export type Carried = ReadonlyMap<string, string>

/** A part of the islands that start together is a gang of its own from this share of the largest. */
const PART_SHARE_MIN = 0.25

/**
 * Gangs of one tenant on one day. What a gang of the day before held and is busy at midnight goes
 * on with it; other islands belong together when they start within gang_start_s of each other and
 * last alike. `until`: what is busy shortly before it has not stopped.
 * @param found in any order: sums of fractions follow one of their own
 */
export function gangsOfDay(
  found: readonly Island[],
  carried: Carried,
  day: Window,
  rules: GangRules,
): Gang[] {
  const idle_ms = rules.idle_gap_s * SECOND_MS
  const islands = closeUnseen([...found].sort(inOrder))
  const wentOn = (island: Island) =>
    island.start <= day.start + idle_ms ? (carried.get(island.device_key) ?? '') : ''
  const places = Map.groupBy(islands, one => [one.chip, one.fabric_id, wentOn(one)].join('\u0000'))
  const seen = new Map<string, number>()
  const gangs = [...places.values()].flatMap(place => {
    const continues = place[0] ? wentOn(place[0]) : ''
    const parts = continues === '' ? partsOf(place, rules) : [place]
    return parts.map(part => gangOf(part, continues, seen))
  })
  return joinGangs(gangs, day.end - idle_ms)
}

/** What the next day goes on from: of two gangs that held a device, the one that lasted longer. */
export function carriedFrom(
  gangs: readonly { gang_id: string; end: Instant; members: readonly string[] }[],
  since: Instant,
): Carried {
  const open = gangs.filter(gang => gang.end >= since)
  const byEnd = open.sort((a, b) => a.end - b.end || (a.gang_id < b.gang_id ? -1 : 1))
  return new Map(byEnd.flatMap(gang => gang.members.map(key => [key, gang.gang_id] as const)))
}

function partsOf(islands: readonly Island[], rules: GangRules): Island[][] {
  const byStart = [...islands].sort((a, b) => a.start - b.start || byDevice(a, b))
  // Whoever lost its first sample starts one sample late.
  const sample_s = islands.reduce((most, one) => Math.max(most, one.sample_s), 0)
  const apart_ms = Math.max(rules.gang_start_s, sample_s) * SECOND_MS
  const together = splitWhere(byStart, (a, b) => b.start - a.start > apart_ms)
  return together.flatMap(group => {
    const byLength = [...group].sort((a, b) => lengthOf(a) - lengthOf(b) || byDevice(a, b))
    const alike = splitWhere(byLength, (a, b) => lengthOf(a) < lengthOf(b) * rules.gang_overlap_min)
    return withoutFew(alike)
  })
}

function inOrder(a: Island, b: Island): number {
  return a.start - b.start || byDevice(a, b) || a.end - b.end
}

function lengthOf(island: Window): number {
  return island.end - island.start
}

function byDevice(a: Island, b: Island): number {
  return a.device_id < b.device_id ? -1 : a.device_id > b.device_id ? 1 : 0
}

function splitWhere<T>(values: readonly T[], isBreak: (before: T, after: T) => boolean): T[][] {
  const parts: T[][] = []
  for (const value of values) {
    const part = parts.at(-1)
    const before = part?.at(-1)
    if (part && before !== undefined && !isBreak(before, value)) part.push(value)
    else parts.push([value])
  }
  return parts
}

/** Parts that are few against the largest are devices of it that failed: they go to it. */
function withoutFew(parts: readonly Island[][]): Island[][] {
  const units = (part: readonly Island[]) => part.reduce((sum, island) => sum + island.units, 0)
  const largest = parts.reduce((best, part) => (units(part) >= units(best) ? part : best), [])
  const isFew = (part: readonly Island[]) => units(part) < units(largest) * PART_SHARE_MIN
  const few = parts.filter(isFew).flat()
  return parts
    .filter(part => !isFew(part))
    .map(part => (part === largest ? [...part, ...few] : part))
}

/** A device that begins two gangs within an hour has them told apart by their order. */
function gangOf(islands: readonly Island[], continues: string, seen: Map<string, number>): Gang {
  const [first] = islands
  assert(first !== undefined, 'a gang has at least one island')
  const { tenant_id, chip, fabric_id } = first
  const sum = (of: (island: Island) => number) => islands.reduce((all, one) => all + of(one), 0)
  const start = islands.reduce((least, one) => Math.min(least, one.start), first.start)
  const first_device = least(islands, island => island.device_id)
  const parts = [tenant_id, chip, fabric_id, String(floorHour(start)), first_device]
  const before = seen.get(parts.join('\u0000')) ?? 0
  seen.set(parts.join('\u0000'), before + 1)
  const [device_s, tensor_device_s] = [sum(one => one.device_s), sum(one => one.tensor_device_s)]
  const energy_j = sum(one => one.energy_j)
  const units = new Map(islands.map(island => [island.device_key, island.units]))
  return {
    gang_id: gangId(...parts, ...(before > 0 ? [String(before)] : [])),
    tenant_id,
    chip,
    fabric_id,
    site: least(islands, island => island.site),
    start,
    end: islands.reduce((most, one) => Math.max(most, one.end), first.end),
    devices: [...units.values()].reduce((all, one) => all + one, 0),
    first_device,
    nodes: mergeSketches(
      islands.map(island => island.node_key),
      [],
    ),
    members: [...units.keys()],
    workloads: [...new Set(islands.flatMap(island => island.workloads))].sort().slice(0, 100),
    sample_s: islands.reduce((most, one) => Math.max(most, one.sample_s), 0),
    edge_s: sum(one => one.cuts * one.sample_s * one.units),
    device_s,
    energy_j,
    flop: islands.reduce((all, island) => addOperations(all, island.flop), NO_OPERATIONS),
    tier: mainTier(islands),
    tensor_mean: tensor_device_s === 0 ? null : sum(one => one.tensor_s) / tensor_device_s,
    power_mean_w: energy_j === 0 ? null : energy_j / device_s,
    links: continues === '' ? [] : [{ gang_id: continues, p: 1, is_stage: false }],
  }
}

function least(islands: readonly Island[], of: (island: Island) => string): string {
  return islands.map(of).sort()[0] ?? ''
}
