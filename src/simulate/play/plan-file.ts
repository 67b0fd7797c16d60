import { z } from 'zod'
import { EVASIONS } from './evasion.ts'
import { FAMILIES } from './population.ts'

/** What a file for `flopwatch simulate FILE.yaml` may hold. */

const share = z.number().min(0).max(1).default(0)
const hour = z.number().min(0).max(24)

export const planFile = z.strictObject({
  interval_s: z.number().positive().default(60),
  days: z.number().positive().max(3660).default(7),
  devices_per_meter: z.int().positive().max(1024).default(8),
  tenants: z
    .array(
      z.strictObject({
        kind: z.enum(FAMILIES),
        count: z.int().positive().max(1000).default(1),
        devices: z.int().positive().max(1_000_000).optional(),
        hide: z.enum(EVASIONS.map(({ id }) => id)).optional(),
      }),
    )
    .min(1),
  faults: z
    .strictObject({
      drop_share: share,
      duplicate_share: share,
      silent_zero_share: share,
      skew_share: share,
      skew_s: z.number().default(300),
      gap_share: share,
      gap_hours: z.tuple([hour, hour]).default([0, 8]),
    })
    .prefault({}),
})
