import { canonicalJson } from '../../domain/canonical.ts'
import { timeBounds } from '../../domain/ingest-settings.ts'
import { type Commitment, readCommitment } from '../../domain/records/commitment.ts'
import { contentHash } from '../../domain/records/version.ts'
import { tabLine } from '../../domain/tab-line.ts'
import { type Instant, toSqlTime } from '../../domain/window.ts'
import { recordedInFuture } from './identity.ts'
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

/** Commitments. Every amendment is a revision of its own; none is overwritten. */
export function createCommitmentStage(deps: StreamDeps): StreamStage {
  return {
    begin(delivery) {
      const { max } = timeBounds(deps.settings, delivery.received_at)
      const commitments: Commitment[] = []
      return {
        add(record) {
          const read = readCommitment(record.value, deps.settings.extra_characters_max)
          if (!read.ok) return read.rejection
          const future = recordedInFuture(read.value.recorded_at, max)
          if (future === null) commitments.push(read.value)
          return future
        },
        plan: () => planCommitments(deps, delivery, commitments),
      }
    },
  }
}

const COLUMNS = [
  'commitment_id',
  'revision',
  'recorded_at',
  'content_hash',
  'tenant_id',
  'accelerator',
  'accelerators',
  'start',
  'end',
  'status',
  'fabric_gbps',
  'site',
  'declared_use',
  'signed_at',
  'extra',
  'batch_id',
  'ingested_at',
] as const

const IDS_PER_LOOK = 2000

async function planCommitments(
  deps: StreamDeps,
  delivery: DeliveryContext,
  commitments: readonly Commitment[],
): Promise<Plan> {
  const ids = [...new Set(commitments.map(commitment => commitment.commitment_id))]
  const stored = await inSlices(ids, IDS_PER_LOOK, slice =>
    deps.store.query('commitment-versions', { ids: [...slice] }),
  )
  const rows = commitments.map(commitment => statementOf(commitment, delivery))
  const settled = settleStatements(
    rows,
    stored.map(row => ({
      name: nameOf(row.commitment_id, row.revision),
      hash: row.content_hash,
      recorded_at: row.recorded_at,
    })),
  )
  const write = {
    table: 'commitments',
    columns: COLUMNS,
    lines: settled.fresh.map(row => row.line),
    partitions: null,
  }
  return planOf({ ...settled.counts, writes: [write], ...timeSpan(settled.fresh) })
}

function nameOf(id: string, revision: number): string {
  return JSON.stringify([id, revision])
}

function statementOf(commitment: Commitment, delivery: DeliveryContext): Statement {
  const { recorded_at, ...content } = commitment
  const hash = contentHash(canonicalJson(content))
  const at = recorded_at ?? delivery.received_at
  const cells: Record<(typeof COLUMNS)[number], string | number | null> = {
    ...content,
    recorded_at: toSqlTime(at),
    content_hash: String(hash),
    start: toSqlTime(commitment.start),
    end: toSqlTime(commitment.end),
    signed_at: sqlTimeOrNull(commitment.signed_at),
    batch_id: delivery.batch_id,
    ingested_at: toSqlTime(delivery.received_at),
  }
  return {
    name: nameOf(commitment.commitment_id, commitment.revision),
    hash,
    recorded_at,
    time: at,
    line: tabLine(COLUMNS.map(column => cells[column])),
  }
}

function sqlTimeOrNull(at: Instant | null): string | null {
  return at === null ? null : toSqlTime(at)
}
