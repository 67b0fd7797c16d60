import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import { QUARANTINE_REASONS } from '../../domain/records/reject.ts'
import { formatInstant, type Instant } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import { answerPage, pageQuery, pageShape, readPage } from '../paging.ts'

export interface QuarantineRouteDeps {
  readonly store: Store
  readonly clock: Clock
}

const quarantined = z
  .object({
    quarantine_id: z.string(),
    stream: z.string(),
    reason: z.string().describe('a code that does not change between releases'),
    meaning: z.string().describe('what the code means'),
    detail: z.string().describe('which field, what it held, what would do'),
    source: z.string(),
    position: z.number().describe('line or place in the body, from 1'),
    batch_id: z.string(),
    received_at: z.string(),
    replayed_at: z.string().nullable().describe('when it was taken in after all'),
    raw_base64: z.string().describe('as it came; lists hold the first 4 KiB'),
  })
  .meta({ id: 'QuarantinedRecord' })

/** What was not taken in, and why: nothing malformed is dropped without a trace. */
export function quarantineRoutes({ store, clock }: QuarantineRouteDeps): ApiRoute[] {
  const list = apiRoute({
    path: '/v1/quarantine',
    summary: 'Records that were not taken in, newest first',
    query: z.strictObject({
      ...pageQuery,
      stream: z.string().default('').describe('one stream, e.g. telemetry.accelerator'),
      reason: z.string().default('').describe('one reason code'),
    }),
    answers: {
      'application/json': pageShape(quarantined.extend({ raw_bytes: z.number() })),
    },
    async answer({ query }) {
      const page = readPage('quarantine', query, clock.now())
      const [after_at = page.window.end, after_id = ''] = page.after ?? []
      const rows = await store.query('quarantine-list', {
        from: page.window.start,
        until: page.window.end,
        stream: query.stream,
        reason: query.reason,
        open_only: false,
        after_at: Number(after_at),
        after_id: String(after_id),
        limit: page.limit + 1,
      })
      const keyOf = (row: QuarantineRow) => [row.received_at, row.quarantine_id]
      return answerPage(page, rows, keyOf, row => ({ ...itemOf(row), raw_bytes: row.raw_bytes }))
    },
  })
  const one = apiRoute({
    path: '/v1/quarantine/{id}',
    summary: 'One record that was not taken in, with all of its bytes that were kept',
    params: z.strictObject({ id: z.string() }),
    answers: { 'application/json': quarantined },
    async answer({ params }) {
      const [row] = await store.query('quarantine-get', { id: params.id })
      if (!row) throw new Fault('NOT_FOUND', `nothing in quarantine has the id "${params.id}"`)
      return itemOf(row)
    },
  })
  return [list, one]
}

interface QuarantineRow {
  readonly quarantine_id: string
  readonly stream: string
  readonly reason: string
  readonly detail: string
  readonly raw_base64: string
  readonly source: string
  readonly position: number
  readonly batch_id: string
  readonly received_at: Instant
  readonly replayed_at: Instant | null
}

function itemOf(row: QuarantineRow): z.input<typeof quarantined> {
  const { quarantine_id, stream, reason, detail, source, position, batch_id, raw_base64 } = row
  return {
    quarantine_id,
    stream,
    reason,
    meaning: isReason(reason) ? QUARANTINE_REASONS[reason] : '',
    detail,
    source,
    position,
    batch_id,
    received_at: formatInstant(row.received_at),
    replayed_at: row.replayed_at === null ? null : formatInstant(row.replayed_at),
    raw_base64,
  }
}

function isReason(code: string): code is keyof typeof QUARANTINE_REASONS {
  return Object.hasOwn(QUARANTINE_REASONS, code)
}
