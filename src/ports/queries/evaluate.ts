import { z } from 'zod'
import { timeParam } from './cells.ts'

/** Statements that only evaluations ask, over a scratch store of their own. */
export const evaluateQueries = {
  'device-hours-fill': {
    params: z.object({
      tenant: z.string(),
      from: timeParam,
      hours: z.number(),
      devices: z.number(),
      build: z.number().transform(String),
    }),
    row: null,
  },
  'usage-totals': {
    params: z.object({}),
    row: z.object({
      tenant_id: z.string(),
      lo: z.number(),
      mid: z.number(),
      hi: z.number(),
      dark_s: z.number(),
      t1_s: z.number(),
      t2_s: z.number(),
      t3_s: z.number(),
      t4_s: z.number(),
      unmetered_s: z.number(),
    }),
  },
} as const
