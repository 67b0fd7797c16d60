import { z } from 'zod'
import { sqlCount, sqlTime } from './cells.ts'

const place = { sink: z.string(), topic: z.string() }

/** Statements of the outbox: what waits to go out, and how far everything has. */
export const outboxQueries = {
  'outbox-pending': {
    params: z.object({ ...place, limit: z.number() }),
    row: z.object({
      id: z.string(),
      number: sqlCount,
      hash: z.string(),
      key: z.string(),
      stored_at: z.string(),
      pending: sqlCount,
      oldest: sqlTime,
    }),
  },
  'outbox-advance': { params: z.object({ ...place, until: z.string() }), row: null },
} as const
