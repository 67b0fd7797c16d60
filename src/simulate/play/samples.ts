/** Work as meters report it: one AcceleratorSample per meter and interval, in order of time. */
import { formatInstant, SECOND_MS, type Window } from '../../domain/window.ts'
import { IDLE } from '../activity.ts'
import { devicePower, hostPower, loadShare } from '../power.ts'
import { meterName, type Work } from './work.ts'

export interface PlayedSample {
  readonly time: string
  readonly interval_s: number
  readonly device_id: string
  readonly tenant_id: string
  readonly [field: string]: string | number | null
}

interface Seat {
  readonly device_id: string
  /** In order of their start. */
  readonly works: readonly Work[]
  /** Works before this one are over. */
  first: number
}

/**
 * Samples of everything that the works touch, from `held.start` to `held.end`; a meter between two
 * works reports that it is idle. Readings are means over the interval. Computed while it is read.
 */
export function* playSamples(
  works: readonly Work[],
  held: Window,
  interval_s: number,
): Generator<PlayedSample, undefined> {
  const seats = seatsOf(works)
  const interval_ms = interval_s * SECOND_MS
  for (let end = held.start + interval_ms; end <= held.end; end += interval_ms) {
    const time = formatInstant(end)
    for (const seat of seats) {
      yield sampleOf(seat, { start: end - interval_ms, end }, time, interval_s)
    }
  }
}

function seatsOf(works: readonly Work[]): Seat[] {
  const seats = new Map<string, Work[]>()
  for (const work of works) {
    for (let ordinal = work.meters[0]; ordinal <= work.meters[1]; ordinal += 1) {
      const key = `${work.tenant_id}\u0000${meterName(work, ordinal)}`
      const own = seats.get(key)
      if (own) own.push(work)
      else seats.set(key, [work])
    }
  }
  return [...seats].map(([key, own]) => ({
    device_id: key.split('\u0000')[1] ?? '',
    works: own.sort((a, b) => a.start - b.start),
    first: 0,
  }))
}

function sampleOf(seat: Seat, interval: Window, time: string, interval_s: number): PlayedSample {
  const { device_id, works } = seat
  const any = works[0]
  if (!any) throw new RangeError('a meter works at some time')
  const activity = activityOf(seat, interval)
  const load = loadShare(activity)
  const { chip, units } = any
  return {
    time,
    interval_s,
    device_id,
    node_id: device_id,
    tenant_id: any.tenant_id,
    accelerator: chip.id,
    device_count: units,
    site: any.site,
    fabric_id: any.fabric_id,
    tensor_active: round(activity.tensor_active, 1e5),
    sm_active: round(activity.sm_active, 1e4),
    dram_active: round(activity.dram_active, 1e4),
    gpu_util: round(activity.gpu_util, 1e3),
    fp64_active: round(activity.fp64_active, 1e4),
    sm_clock_mhz: chip.clock_ref_mhz,
    power_w: Math.round(units * (devicePower(chip, load) + hostPower(chip, load))),
    power_scope: 'node',
  }
}

/** Means over the interval of whatever works then; works that are over are passed for good. */
function activityOf(seat: Seat, interval: Window) {
  const sum = { ...IDLE }
  while ((seat.works[seat.first]?.end ?? Number.POSITIVE_INFINITY) <= interval.start)
    seat.first += 1
  for (let index = seat.first; index < seat.works.length; index += 1) {
    const work = seat.works[index]
    if (!work || work.start >= interval.end) break
    const share = shareOf(work, interval)
    sum.tensor_active += share * work.tensor_active
    sum.sm_active += share * work.sm_active
    sum.dram_active += share * work.dram_active
    sum.fp64_active += share * work.fp64_active
    sum.gpu_util += share * 0.99
  }
  return sum
}

function shareOf(work: Window, interval: Window): number {
  const shared_ms = Math.min(work.end, interval.end) - Math.max(work.start, interval.start)
  return Math.max(0, shared_ms) / (interval.end - interval.start)
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps
}

/** What the provider bills for meters that were held: all of them, whether or not they report. */
export function heldCharges(works: readonly Work[], held: Window): PlayedCharge[] {
  const hours = (held.end - held.start) / 3_600_000
  const devices = new Map<string, { work: Work; units: number }>()
  for (const { works: own } of seatsOf(works)) {
    const work = own[0]
    if (!work) continue
    const units = (devices.get(work.tenant_id)?.units ?? 0) + work.units
    devices.set(work.tenant_id, { work, units })
  }
  return [...devices].map(([tenant_id, { work, units }]) => ({
    BillingAccountId: tenant_id,
    SubAccountId: tenant_id,
    x_TenantId: tenant_id,
    ChargePeriodStart: formatInstant(held.start),
    ChargePeriodEnd: formatInstant(held.end),
    ChargeCategory: 'Usage',
    ConsumedQuantity: units * hours,
    ConsumedUnit: 'Hours',
    SkuId: work.chip.id,
  }))
}

export interface PlayedCharge {
  readonly [field: string]: string | number
}
