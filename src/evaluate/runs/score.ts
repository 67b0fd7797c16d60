import type { DeriveSettings } from '../../domain/derive-settings.ts'
import { deriveRuns } from '../../domain/run/derive-runs.ts'
import type { Gang } from '../../domain/run/gang.ts'
import type { Run } from '../../domain/run/run.ts'
import type { Instant } from '../../domain/window.ts'
import type { TrueIsland } from '../../simulate/play/islands.ts'

/** Runs as found against runs as they were: what shares a run, by device time. */

export interface RunScore {
  /** Harmonic mean of precision and recall over pairs of device-seconds. */
  readonly f1: number
  readonly runs_found: number
  /** Found runs of which at least a twentieth belongs to another true run. */
  readonly merged: number
  readonly runs_true: number
  /** True runs of which at least a twentieth was found apart. */
  readonly parted: number
  /** True runs that are part of a lineage in truth: found in one lineage. */
  readonly device_s: number
}

const SHARE_MIN = 0.05

export function scoreRuns(
  days: ReadonlyMap<Instant, readonly TrueIsland[]>,
  settings: DeriveSettings,
): RunScore {
  const { gangs, runs } = deriveRuns(days, settings)
  const cells = crossTable(days, gangs, runs)
  const found = sums(cells, ([, run]) => run)
  const really = sums(cells, ([truth]) => truth)
  const both = cells.reduce((sum, [, , seconds]) => sum + seconds ** 2, 0)
  const squares = (values: ReadonlyMap<string, number>) =>
    [...values.values()].reduce((sum, seconds) => sum + seconds ** 2, 0)
  return {
    f1: (2 * both) / (squares(found) + squares(really)),
    runs_found: found.size,
    merged: impure(cells, found, ([, run]) => run),
    runs_true: really.size,
    parted: impure(cells, really, ([truth]) => truth),
    device_s: [...found.values()].reduce((sum, seconds) => sum + seconds, 0),
  }
}

/** Device-seconds that a true and a found run have in common. */
type Cell = readonly [truth: string, run: string, seconds: number]

function crossTable(
  days: ReadonlyMap<Instant, readonly TrueIsland[]>,
  gangs: readonly Gang[],
  runs: readonly Run[],
): Cell[] {
  const homes = new Map(runs.flatMap(run => run.gang_ids.map(id => [id, run.run_id] as const)))
  const table = new Map<string, number>()
  for (const [day, islands] of days) {
    const own = gangsByDevice(gangs, day)
    for (const island of islands) {
      const middle = (island.start + island.end) / 2
      const candidates = own.get(island.device_key) ?? []
      const gang = candidates.find(one => one.start <= middle && middle <= one.end) ?? candidates[0]
      const run = homes.get(gang?.gang_id ?? '') ?? ''
      for (const [truth, seconds] of island.truth) {
        const key = `${truth}\u0000${run}`
        table.set(key, (table.get(key) ?? 0) + seconds)
      }
    }
  }
  return [...table].map(([key, seconds]) => {
    const [truth = '', run = ''] = key.split('\u0000')
    return [truth, run, seconds] as const
  })
}

const DAY_LENGTH_MS = 86_400_000

function gangsByDevice(gangs: readonly Gang[], day: Instant): Map<string, Gang[]> {
  const found = new Map<string, Gang[]>()
  for (const gang of gangs) {
    if (gang.start < day || gang.start >= day + DAY_LENGTH_MS) continue
    for (const key of gang.members) {
      const own = found.get(key)
      if (own) own.push(gang)
      else found.set(key, [gang])
    }
  }
  return found
}

function sums(cells: readonly Cell[], key: (cell: Cell) => string): Map<string, number> {
  const totals = new Map<string, number>()
  for (const cell of cells) totals.set(key(cell), (totals.get(key(cell)) ?? 0) + cell[2])
  return totals
}

/** How many groups hold less than all but a twentieth of one kind. */
function impure(
  cells: readonly Cell[],
  totals: ReadonlyMap<string, number>,
  key: (cell: Cell) => string,
): number {
  const largest = new Map<string, number>()
  for (const cell of cells) {
    largest.set(key(cell), Math.max(largest.get(key(cell)) ?? 0, cell[2]))
  }
  const isImpure = ([name, total]: readonly [string, number]) =>
    (largest.get(name) ?? 0) < (1 - SHARE_MIN) * total
  return [...totals].filter(isImpure).length
}
