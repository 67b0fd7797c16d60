import { z } from 'zod'
import { sqlCount, sqlTime, timeParam } from './cells.ts'

/** Statements of the meter stage: dirty hours in, device-hours and usage-hours out. */
export const meterQueries = {
  'hour-marks-dirty': {
    params: z.object({ until: timeParam, limit: z.number() }),
    row: z.object({ hour: sqlTime, batches: z.array(z.string()), open: sqlCount }),
  },
} as const
