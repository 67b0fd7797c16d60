import { canonicalJson } from '../../domain/canonical.ts'
import { timeBounds } from '../../domain/ingest-settings.ts'
import { readExtra } from '../../domain/records/extra.ts'
import {
  type IdentityKind,
  type IdentityRecordOf,
  identityRecord,
} from '../../domain/records/identity.ts'
import { readSchema, unknownMembers } from '../../domain/records/read-schema.ts'
import { type Reading, type Rejection, rejected, taken } from '../../domain/records/reject.ts'
import { contentHash } from '../../domain/records/version.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { formatInstant, type Instant, toSqlTime } from '../../domain/window.ts'
import {
  type DeliveryContext,
  inSlices,
  type Plan,
  planOf,
  type StreamDeps,
  type StreamStage,
} from './plan.ts'
import { type Statement, settleStatements } from './statements.ts'
import { timeSpan } from './versioned.ts'

/** Who is who, in two times: appended, never overwritten. */
export function createIdentityStage(deps: StreamDeps): StreamStage {
  return {
    begin(delivery) {
      const { max } = timeBounds(deps.settings, delivery.received_at)
      const statements: IdentityRow[] = []
      return {
        add(record) {
          const kind = kindOf(record.stream ?? delivery.kind)
          if (kind === null) {
            return { reason: 'unknown_statement', detail: `${delivery.kind} is no identity stream` }
          }
          const read = readStatement(kind, record.value, delivery, deps)
          if (!read.ok) return read.rejection
          const future = recordedInFuture(read.value.recorded_at, max)
          if (future === null) statements.push(read.value)
          return future
        },
        plan: () => planIdentity(deps, statements),
      }
    },
  }
}

/** A statement cannot have been recorded later than now; validity may well lie ahead. */
export function recordedInFuture(recorded_at: Instant | null, max: Instant): Rejection | null {
  if (recorded_at === null || recorded_at <= max) return null
  const detail = `"recorded_at" is ${formatInstant(recorded_at)}, after ${formatInstant(max)}`
  return { reason: 'time_in_future', detail }
}

function kindOf(stream: string): IdentityKind | null {
  switch (stream) {
    case 'identity.party':
      return 'party'
    case 'identity.ownership':
      return 'ownership'
    case 'identity.account':
      return 'account'
    case 'identity.list':
      return 'list'
    default:
      return null
  }
}

interface IdentityRow extends Statement {
  readonly kind: IdentityKind
  readonly id: string
}

function readStatement(
  kind: IdentityKind,
  raw: object,
  delivery: DeliveryContext,
  deps: StreamDeps,
): Reading<IdentityRow> {
  const schema = identityRecord[kind]
  const read = readSchema(schema, raw)
  if (!read.ok) return read
  const known = new Set([...Object.keys(schema.shape), 'extra'])
  const extra = readExtra(unknownMembers(raw, known), deps.settings.extra_characters_max)
  if (!extra.ok) return extra
  const record = read.value
  const { valid_from, valid_to, recorded_at } = record
  if (valid_from !== null && valid_to !== null && valid_to <= valid_from) {
    return rejected('out_of_range', '"valid_to" must be after "valid_from"')
  }
  const body = bodyOf(record, extra.value)
  const hash = contentHash(body)
  const id = idOf(kind, record)
  const at = recorded_at ?? delivery.received_at
  const cells = [
    kind,
    id,
    toSqlTime(valid_from ?? 0),
    valid_to === null ? null : toSqlTime(valid_to),
    toSqlTime(at),
    String(hash),
    body,
    delivery.batch_id,
    toSqlTime(delivery.received_at),
  ]
  return taken({
    kind,
    id,
    name: nameOf(kind, id, valid_from ?? 0),
    hash,
    recorded_at,
    time: at,
    line: tabLine(cells),
  })
}

const COLUMNS = [
  'kind',
  'id',
  'valid_from',
  'valid_to',
  'recorded_at',
  'content_hash',
  'body',
  'batch_id',
  'ingested_at',
]

function nameOf(kind: string, id: string, valid_from: Instant): string {
  return JSON.stringify([kind, id, valid_from])
}

/** What the statement is about; a later recording with the same validity corrects it. */
function idOf(kind: IdentityKind, record: IdentityRecordOf[IdentityKind]): string {
  if ('party_id' in record && kind === 'party') return record.party_id ?? ''
  if ('owner_id' in record) return `${record.owner_id}>${record.owned_id}:${record.kind}`
  if ('entry_id' in record) return `${record.list_id}/${record.entry_id}`
  return 'tenant_id' in record ? record.tenant_id : ''
}

/** Members that hold instants inside a record; the body spells them out in RFC 3339. */
const INSTANTS: ReadonlySet<string> = new Set([
  'valid_from',
  'valid_to',
  'at',
  'opened_at',
  'closed_at',
  'determined_on',
  'comply_by',
  'expires_on',
  'extended_from',
])

/** Canonical JSON of the record, to be read back with its schema; when it was recorded stays out. */
function bodyOf(record: object, extra: string): string {
  const members = Object.entries(record).filter(([name]) => name !== 'recorded_at')
  const body = members.map(([name, value]) => [name, spelled(name, value)] as const)
  const unknown: unknown = extra === '' ? undefined : JSON.parse(extra)
  return canonicalJson({ ...Object.fromEntries(body), extra: unknown })
}

function spelled(name: string, value: unknown): unknown {
  if (typeof value === 'number') return INSTANTS.has(name) ? formatInstant(value) : value
  if (Array.isArray(value)) return value.map(item => spelled('', item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([inner, item]) => [inner, spelled(inner, item)]),
  )
}

const IDS_PER_LOOK = 2000

async function planIdentity(deps: StreamDeps, statements: readonly IdentityRow[]): Promise<Plan> {
  const kinds = [...new Set(statements.map(statement => statement.kind))]
  const ids = [...new Set(statements.map(statement => statement.id))]
  const stored = await inSlices(ids, IDS_PER_LOOK, slice =>
    deps.store.query('identity-versions', { kinds, ids: [...slice] }),
  )
  const settled = settleStatements(
    statements,
    stored.map(row => ({
      name: nameOf(row.kind, row.id, row.valid_from),
      hash: row.content_hash,
      recorded_at: row.recorded_at,
    })),
  )
  const lines = settled.fresh.map(statement => statement.line)
  const write = { table: 'identity_records', columns: COLUMNS, lines, partitions: null }
  return planOf({ ...settled.counts, writes: [write], ...timeSpan(settled.fresh) })
}
