import { z } from 'zod'
import { sqlCount } from './cells.ts'

/** Reference data in the store. */
export const referenceQueries = {
  'reference-present': {
    params: z.object({ version: z.string() }),
    row: z.object({ chips: sqlCount }),
  },
} as const
