import { z } from 'zod'
import { sqlCount, sqlTimeOrNull, timeParam } from './cells.ts'

/** What partitions say they delivered, and what the store holds of it. */

const spans = {
  sources: z.array(z.string()),
  firsts: z.array(z.number()),
  nexts: z.array(z.number()),
}

export const auditQueries = {
  'audit-partitions': {
    params: z.object({ since: timeParam }),
    row: z.object({
      topic: z.string(),
      partition: sqlCount,
      incarnation: sqlCount,
      stream: z.string(),
      parts: sqlCount,
      offset_first: sqlCount,
      offset_next: sqlCount,
      messages: sqlCount,
      consumed: sqlCount,
      accepted: sqlCount,
      duplicates: sqlCount,
      quarantined: sqlCount,
      time_min: sqlTimeOrNull,
    }),
  },
  'audit-breaks': {
    params: z.object({ since: timeParam, limit: z.number() }),
    row: z.object({
      topic: z.string(),
      partition: sqlCount,
      incarnation: sqlCount,
      offset_from: sqlCount,
      offset_to: sqlCount,
      kind: z.enum(['missing', 'overlap']),
      reason: z.string(),
    }),
  },
  'audit-held': {
    params: z.object({ ...spans, from: timeParam }),
    row: z.object({ source: z.string(), rows: sqlCount }),
  },
  'audit-superseded': {
    params: z.object({ ...spans, from: timeParam }),
    row: z.object({ source: z.string(), rows: sqlCount }),
  },
  'audit-quarantine': {
    params: z.object(spans),
    row: z.object({ source: z.string(), rows: sqlCount }),
  },
} as const
