import { z } from 'zod'
import { sqlCount } from './cells.ts'

/** Reference data in the store. */
export const referenceQueries = {
  'reference-present': {
    params: z.object({ version: z.string() }),
    row: z.object({ rates: sqlCount }),
  },
  'models-fill': { params: z.object({ version: z.string() }), row: null },
  'sample-rates-fill': {
    params: z.object({ version: z.string(), precisions: z.array(z.string()) }),
    row: null,
  },
} as const
