import { z } from 'zod'
import {
  answerBatch,
  answerCoverage,
  answerLedger,
  answerPartition,
  answerQuarantineCount,
  answerTotals,
  answerUnknownChip,
  batchShape,
  coverageShape,
  ledgerShape,
  partitionShape,
  quarantineCountShape,
  totalsShape,
  unknownChipShape,
} from '../answers/coverage.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { ServerDeps } from '../deps.ts'
import { answerPage, many, type Page, pageQuery, pageShape, readPage } from '../paging.ts'

/** Rows of the lists beside the page: reasons and model strings, of which there are few. */
const SIDE_ROWS_MAX = 1000
const CONFLICT_ROWS_MAX = 100_000

/** What was seen, what was not, and what became of what was sent. */
export function coverageRoutes(deps: ServerDeps): ApiRoute[] {
  return [coverageList(deps), batchList(deps)]
}

const fleet = z
  .object({
    totals: totalsShape,
    unknown_chips: z.array(unknownChipShape),
    quarantine: z.array(quarantineCountShape),
    ledger: z.array(ledgerShape),
    partitions: z.array(partitionShape),
  })
  .nullable()
  .describe('the fleet as a whole; on the first page only')

function coverageList(deps: ServerDeps): ApiRoute {
  const { store, clock } = deps
  return apiRoute({
    path: '/v1/coverage',
    summary: 'What telemetry showed of each tenant per hour or day, and the quality of the data',
    query: z.strictObject({
      ...pageQuery,
      tenant: many.describe('tenant id; empty for compute that nobody is named for'),
      by: z.enum(['day', 'hour']).default('day'),
    }),
    answers: {
      'application/json': pageShape(coverageShape).extend({ by: z.enum(['day', 'hour']), fleet }),
    },
    answer: async ({ query }) => {
      const page = readPage(`coverage by ${query.by}`, query, clock.now())
      const [after_tenant = '', after_bucket = 0] = page.after ?? []
      const rows = await store.query('read-coverage', {
        from: page.window.start,
        until: page.window.end,
        tenants: query.tenant,
        daily: query.by === 'day',
        after_tenant: String(after_tenant),
        after_bucket: Number(after_bucket),
        limit: page.limit + 1,
      })
      return {
        ...answerPage(page, rows, row => [row.tenant_id, row.bucket], answerCoverage),
        by: query.by,
        fleet: page.after === null ? await fleetQuality(deps, page) : null,
      }
    },
  })
}

async function fleetQuality({ store }: ServerDeps, { window }: Page) {
  const span = { from: window.start, until: window.end }
  const [totals] = await store.query('read-coverage-totals', span)
  const conflicts = await store.query('sample-conflicts-count', {
    ...span,
    limit: CONFLICT_ROWS_MAX,
  })
  const chips = await store.query('read-unknown-chips', { ...span, limit: SIDE_ROWS_MAX })
  const quarantine = await store.query('read-quarantine-counts', { ...span, limit: SIDE_ROWS_MAX })
  const ledger = await store.query('read-ledger', span)
  const partitions = await store.query('audit-partitions', { since: window.start })
  const breaks = await store.query('audit-breaks', { since: window.start, limit: SIDE_ROWS_MAX })
  if (!totals) return null
  const lost = conflicts.reduce((sum, row) => sum + row.conflicts, 0)
  return {
    totals: answerTotals(totals, lost),
    unknown_chips: chips.map(answerUnknownChip),
    quarantine: quarantine.map(answerQuarantineCount),
    ledger: ledger.map(answerLedger),
    partitions: partitions.map(row => answerPartition(row, breaks)),
  }
}

function batchList({ store, clock }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/batches',
    summary: 'The ledger of deliveries, newest first',
    query: z.strictObject(pageQuery),
    answers: { 'application/json': pageShape(batchShape) },
    answer: async ({ query }) => {
      const page = readPage('batches', query, clock.now())
      const [after_at = page.window.end, after_id = ''] = page.after ?? []
      const rows = await store.query('read-batches', {
        from: page.window.start,
        until: page.window.end,
        after_at: Number(after_at),
        after_id: String(after_id),
        limit: page.limit + 1,
      })
      return answerPage(page, rows, row => [row.received_at, row.batch_id], answerBatch)
    },
  })
}
