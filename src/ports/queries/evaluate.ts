import { z } from 'zod'

/** Statements that only evaluations ask, over a scratch store of their own. */
export const evaluateQueries = {
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
