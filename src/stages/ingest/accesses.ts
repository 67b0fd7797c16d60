import { sha256Hex } from '../../domain/canonical.ts'
import { timeBounds } from '../../domain/ingest-settings.ts'
import { readExtra } from '../../domain/records/extra.ts'
import { type AccessRecord, accessRecord } from '../../domain/records/identity.ts'
import { readSchema, unknownMembers } from '../../domain/records/read-schema.ts'
import type { Rejection } from '../../domain/records/reject.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { DAY_MS, formatInstant, toSqlTime } from '../../domain/window.ts'
import {
  type DeliveryContext,
  inSlices,
  type Plan,
  planOf,
  type StreamDeps,
  type StreamStage,
} from './plan.ts'
import { settleVersions, timeSpan, type VersionedRow } from './versioned.ts'

/** Accesses and administrative actions: events, each of which counts once. */
export function createAccessStage(deps: StreamDeps): StreamStage {
  return {
    begin(delivery) {
      const bounds = timeBounds(deps.settings, delivery.received_at)
      const rows: AccessRow[] = []
      return {
        add(record) {
          const read = readSchema(accessRecord, record.value)
          if (!read.ok) return read.rejection
          const { time } = read.value
          if (time < bounds.min) return outside('time_too_old', time)
          if (time > bounds.max) return outside('time_in_future', time)
          const extra = readExtra(
            unknownMembers(record.value, KNOWN),
            deps.settings.extra_characters_max,
          )
          if (!extra.ok) return extra.rejection
          rows.push(accessRow(read.value, extra.value, delivery))
          return null
        },
        plan: () => planAccesses(deps, rows),
      }
    },
  }
}

const KNOWN: ReadonlySet<string> = new Set(Object.keys(accessRecord.shape))

interface AccessRow extends VersionedRow {
  readonly tenant_id: string
  readonly access_id: string
}

function outside(reason: 'time_too_old' | 'time_in_future', time: number): Rejection {
  return { reason, detail: `"time" is ${formatInstant(time)}` }
}

const COLUMNS = [
  'access_id',
  'tenant_id',
  'principal',
  'ip',
  'time',
  'action',
  'asn',
  'country',
  'anonymiser',
  'recorded_at',
  'extra',
  'batch_id',
]

function accessRow(access: AccessRecord, extra: string, delivery: DeliveryContext): AccessRow {
  const { tenant_id, principal, ip, time, action, asn, country, anonymiser } = access
  const content = JSON.stringify([tenant_id, principal, ip, time, action])
  const access_id = access.access_id ?? `acc-${sha256Hex(content).slice(0, 32)}`
  const cells = [
    access_id,
    tenant_id,
    principal,
    ip,
    toSqlTime(time),
    action,
    asn,
    country ?? '',
    anonymiser === null ? null : Number(anonymiser),
    toSqlTime(access.recorded_at ?? delivery.received_at),
    extra,
    delivery.batch_id,
  ]
  return {
    key: keyOf(tenant_id, time, access_id),
    // An access has one version: what happened does not change.
    version: 0n,
    line: tabLine(cells),
    time,
    tenant_id,
    access_id,
  }
}

function keyOf(tenant_id: string, time: number, access_id: string): string {
  return JSON.stringify([tenant_id, time, access_id])
}

const IDS_PER_LOOK = 2000

async function planAccesses(deps: StreamDeps, rows: readonly AccessRow[]): Promise<Plan> {
  const stored = await inSlices(rows, IDS_PER_LOOK, slice => {
    const { time_min, time_max } = timeSpan(slice)
    return deps.store.query('access-present', {
      tenants: [...new Set(slice.map(row => row.tenant_id))],
      ids: [...new Set(slice.map(row => row.access_id))],
      from: time_min ?? 0,
      until: time_max ?? 0,
    })
  })
  const present = new Map(
    stored.map(row => [keyOf(row.tenant_id, row.time, row.access_id), 0n] as const),
  )
  const { winners, accepted, duplicates } = settleVersions(rows, present)
  const lines = winners.map(row => row.line)
  const partitions = winners.map(row => Math.floor(row.time / DAY_MS / 28))
  return planOf({
    accepted,
    duplicates,
    writes: [{ table: 'accesses', columns: COLUMNS, lines, partitions }],
    ...timeSpan(winners),
  })
}
