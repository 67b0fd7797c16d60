import type { Gang } from '../../domain/run/gang.ts'
import type { Run } from '../../domain/run/run.ts'
import { type Instant, toSqlSecond, toSqlTime } from '../../domain/window.ts'
import type { Row } from '../../ports/store.ts'

/** Gangs and runs as rows of their tables. */

export function gangRow(
  { flop, links, members: _, ...gang }: Gang,
  run_id: string,
  build: number,
): Row {
  return {
    ...gang,
    start: toSqlTime(gang.start),
    end: toSqlTime(gang.end),
    flop_lo: flop.lo,
    flop_mid: flop.mid,
    flop_hi: flop.hi,
    links: links.map(link => [link.gang_id, link.p, link.is_stage ? 1 : 0]),
    run_id,
    build: String(build),
    is_deleted: 0,
  }
}

export function gangDevicesRow(gang: Gang, day: Instant, build: number): Row {
  return {
    tenant_id: gang.tenant_id,
    day: toSqlSecond(day),
    gang_id: gang.gang_id,
    end: toSqlTime(gang.end),
    devices: gang.members,
    build: String(build),
    is_deleted: 0,
  }
}

/** Stands for a row that a rebuild no longer found; nothing but its key is asked of it. */
export function tombstone(key: Row, build: number): Row {
  return { ...key, build: String(build), is_deleted: 1 }
}

export function runRow({ flop, segments, previous, gang_ids: _, ...run }: Run, build: number): Row {
  return {
    ...run,
    start: toSqlTime(run.start),
    end: toSqlTime(run.end),
    flop_lo: flop.lo,
    flop_mid: flop.mid,
    flop_hi: flop.hi,
    segments: segments.map(part => [
      toSqlTime(part.start),
      toSqlTime(part.end),
      part.devices,
      part.gang_id,
      part.link_p,
    ]),
    previous_gang: previous?.gang_id ?? '',
    previous_p: previous?.p ?? 0,
    build: String(build),
    is_deleted: 0,
  }
}
