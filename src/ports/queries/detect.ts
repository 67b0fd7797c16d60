import { z } from 'zod'
import { SEVERITIES, STATES, SUBJECT_KINDS } from '../../domain/detector.ts'
import { sqlTime, timeParam } from './cells.ts'

/** Statements of the detect stage: whom a change concerns, and what was answered before. */

const tenants = z.object({ tenants: z.array(z.string()) })

export const detectQueries = {
  'detect-scope': { params: tenants, row: z.object({ tenant_id: z.string() }) },
  'tenants-rearranged': {
    params: z.object({}),
    row: z.object({ tenant_id: z.string() }),
  },
  'findings-latest': {
    params: tenants,
    row: z.object({
      finding_id: z.string(),
      latest: z.number(),
      subject: z.tuple([z.string(), z.enum(SUBJECT_KINDS), z.string()]),
      latest_tenants: z.array(z.string()),
      latest_start: sqlTime,
      latest_end: sqlTime,
      latest_state: z.enum([...STATES, 'withdrawn']),
      latest_severity: z.enum(SEVERITIES),
      measured: z.tuple([z.number(), z.number(), z.number()]),
      latest_parameters: z.string(),
    }),
  },
  'runs-earlier': {
    params: tenants.extend({ from: timeParam, until: timeParam, as_of: timeParam }),
    row: z.object({ run_id: z.string() }),
    isWide: true,
  },
  'outcomes-unsettled': {
    params: z.object({ limit: z.number() }),
    row: z.object({
      detector_id: z.string(),
      subject_kind: z.string(),
      subject_id: z.string(),
      kind: z.enum(['inconclusive', 'failed']),
    }),
  },
} as const
