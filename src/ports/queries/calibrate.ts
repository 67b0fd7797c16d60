import { z } from 'zod'
import { timeParam } from './cells.ts'

/** What a calibration asks of the store. */
export const calibrateQueries = {
  'calibrate-run': {
    params: z.object({
      tenant_id: z.string(),
      workload_id: z.string(),
      start: timeParam,
      end: timeParam,
    }),
    row: z.object({
      chips: z.array(z.string()),
      flop_mid: z.number(),
      device_s: z.number(),
      t1_s: z.number(),
      t2_s: z.number(),
      t3_s: z.number(),
      t4_s: z.number(),
      precisions: z.array(z.string()),
    }),
  },
} as const
