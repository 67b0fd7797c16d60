import { Fault } from '../../domain/fault.ts'
import type { Store } from '../../ports/store.ts'
import type { TableWrite } from './plan.ts'

/**
 * Partitions that one insert may touch; the store's own bound is 100. Lines are grouped, not
 * sorted: a batch that reaches over years is rare and everything else is one insert.
 */
const PARTITIONS_PER_INSERT = 90

/** Rows that may be refused before the fault is taken to be the store's, not the rows'. */
const REFUSALS_MAX = 16

/** Stores and stages alike. */
type LineStore = Pick<Store, 'appendLines'>

/** Writes all lines; gives back those that the store refuses while it takes their neighbours. */
export async function writeTable(store: LineStore, write: TableWrite): Promise<string[]> {
  const refused: string[] = []
  for (const lines of groups(write)) await writeSurviving(store, write, lines, refused)
  return refused
}

function groups({ lines, partitions }: TableWrite): readonly (readonly string[])[] {
  if (lines.length === 0) return []
  if (partitions === null || new Set(partitions).size <= PARTITIONS_PER_INSERT) return [lines]
  const place = new Map(
    [...new Set(partitions)].sort((a, b) => a - b).map((p, index) => [p, index]),
  )
  const grouped = Map.groupBy(lines.keys(), index =>
    Math.floor((place.get(partitions[index] ?? 0) ?? 0) / PARTITIONS_PER_INSERT),
  )
  return [...grouped.values()].map(indexes => indexes.map(index => lines[index] ?? ''))
}

/**
 * One bad row fails its whole insert, so a refused insert is halved until the row stands alone.
 * Rows are checked before they come here; this is for what the checks do not know.
 */
async function writeSurviving(
  store: LineStore,
  write: TableWrite,
  lines: readonly string[],
  refused: string[],
): Promise<void> {
  try {
    await store.appendLines(write.table, write.columns, lines)
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'STORE_REFUSED') throw fault
    if (lines.length === 1) {
      refused.push(...lines)
      if (refused.length > REFUSALS_MAX) throw fault
      return
    }
    const middle = Math.ceil(lines.length / 2)
    await writeSurviving(store, write, lines.slice(0, middle), refused)
    await writeSurviving(store, write, lines.slice(middle), refused)
  }
}
