import type { Instant } from '../../domain/window.ts'

/** Records of the slower streams: told apart by a key, settled by a version, stored as a line. */
export interface VersionedRow {
  readonly key: string
  readonly version: bigint
  readonly line: string
  readonly time: Instant
}

export interface Settled<Row extends VersionedRow> {
  readonly winners: readonly Row[]
  readonly accepted: number
  readonly duplicates: number
  readonly revised: number
}

/**
 * Keeps the largest version of each key, against what is stored and within the part, counting
 * record by record as if each had come alone.
 */
export function settleVersions<Row extends VersionedRow>(
  rows: readonly Row[],
  stored: ReadonlyMap<string, bigint>,
): Settled<Row> {
  const winners = new Map<string, Row>()
  const counts = { accepted: 0, duplicates: 0, revised: 0 }
  for (const row of rows) {
    const held = winners.get(row.key)?.version ?? stored.get(row.key)
    if (held !== undefined && held >= row.version) {
      counts.duplicates += 1
      continue
    }
    if (held !== undefined) counts.revised += 1
    counts.accepted += 1
    winners.set(row.key, row)
  }
  return { winners: [...winners.values()], ...counts }
}

/** Earliest and latest time of some rows; null for none. */
export function timeSpan(rows: readonly { readonly time: Instant }[]) {
  if (rows.length === 0) return { time_min: null, time_max: null }
  const times = rows.map(row => row.time)
  return {
    time_min: times.reduce((least, time) => Math.min(least, time)),
    time_max: times.reduce((most, time) => Math.max(most, time)),
  }
}
