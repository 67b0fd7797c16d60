import { addOperations } from '../quantity.ts'
import { SECOND_MS } from '../window.ts'
import type { Island } from './island.ts'

/**
 * Pauses of which no sample tells. A device that lost a sample or two worked on, as a rule; but where
 * those that worked with it are seen to have rested just then, it rested too. Taken for work, such a
 * pause ties what was before a restart to what came after on one device and not on the others, and
 * parts the run.
 */

/** A pause of up to so many samples was work unless others tell otherwise. */
const SAMPLES_MAX = 2.5

/** Islands of one day with unseen pauses closed, except where company shows that they were rests. */
export function closeUnseen(islands: readonly Island[]): readonly Island[] {
  if (!islands.some(island => island.follows_unseen)) return islands
  const places = Map.groupBy(islands, one => [one.chip, one.fabric_id].join('\u0000'))
  return [...places.values()].flatMap(closeInPlace)
}

function closeInPlace(islands: readonly Island[]): Island[] {
  const devices = [...Map.groupBy(islands, island => island.device_key).values()].map(own =>
    own.sort((a, b) => a.start - b.start),
  )
  const worked = workTest(devices)
  return devices.flatMap(own => {
    const closed: Island[] = []
    for (const [index, island] of own.entries()) {
      const [piece, whole] = [own[index - 1], closed.at(-1)]
      const isOne = piece && whole && island.follows_unseen && worked(piece, island)
      if (isOne) closed[closed.length - 1] = joined(whole, island)
      else closed.push(island)
    }
    return closed
  })
}

/** Devices that did the same, counted in samples because theirs may end at other seconds. */
interface Cell {
  readonly start: number
  readonly end: number
  units: number
}

/**
 * Whether a device worked on between two islands, by what others are seen to have done. Over a short
 * pause it did unless more of those that started or stopped with it rested than worked; over a longer
 * one only where more worked than rested.
 */
function workTest(devices: readonly (readonly Island[])[]) {
  const all = devices.flat()
  const sample_ms = SECOND_MS * all.reduce((most, one) => Math.max(most, one.sample_s), 1)
  const at = (instant: number) => Math.round(instant / sample_ms)
  const stretches = cellsOf(all.map(one => [at(one.start), at(one.end), one.units]))
  const rests = cellsOf(devices.flatMap(own => restsOf(own, at)))
  const known = new Map<string, boolean>()
  return (before: Island, after: Island): boolean => {
    const isShort = after.start - before.end <= SAMPLES_MAX * sample_ms
    const [first, start] = [at(before.start), at(before.end)]
    const [end, last] = [at(after.start), at(after.end)]
    const key = [isShort, first, start, end, last].join()
    const answer = known.get(key) ?? didWork()
    known.set(key, answer)
    return answer

    function didWork(): boolean {
      const rested = unitsOf(rests, one => isNear(one.start, start) && isNear(one.end, end))
      const through = stretches.filter(one => one.start <= start && one.end >= end)
      const beside = (one: Cell) => isNear(one.start, first) || isNear(one.end, last)
      return isShort ? rested <= unitsOf(through, beside) : rested < unitsOf(through, () => true)
    }
  }
}

/** Pauses of a device in which samples say that it rested. */
function restsOf(own: readonly Island[], at: (instant: number) => number) {
  return own.slice(1).flatMap((after, index) => {
    const before = own[index]
    if (!before || after.follows_unseen) return []
    return [[at(before.end), at(after.start), after.units] as const]
  })
}

function cellsOf(stretches: readonly (readonly [number, number, number])[]): Cell[] {
  const cells = new Map<string, Cell>()
  for (const [start, end, units] of stretches) {
    const key = `${start} ${end}`
    const cell = cells.get(key)
    if (cell) cell.units += units
    else cells.set(key, { start, end, units })
  }
  return [...cells.values()]
}

function unitsOf(cells: readonly Cell[], counts: (cell: Cell) => boolean): number {
  return cells.reduce((sum, cell) => (counts(cell) ? sum + cell.units : sum), 0)
}

/** A lost sample at its edge makes a pause one sample longer. */
function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1
}

/** Two halves of cut samples less: the pause was none. */
function joined(before: Island, after: Island): Island {
  const workloads = [...new Set([...before.workloads, ...after.workloads])].sort().slice(0, 100)
  return {
    ...before,
    workloads,
    end: Math.max(before.end, after.end),
    cuts: before.cuts + after.cuts - 1,
    device_s: before.device_s + after.device_s,
    energy_j: before.energy_j + after.energy_j,
    flop: addOperations(before.flop, after.flop),
    tier: after.device_s > before.device_s ? after.tier : before.tier,
    tensor_s: before.tensor_s + after.tensor_s,
    tensor_device_s: before.tensor_device_s + after.tensor_device_s,
  }
}
