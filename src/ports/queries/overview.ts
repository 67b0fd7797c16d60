import { z } from 'zod'
import { sqlCount, sqlTime, timeParam } from './cells.ts'

/** Whole-store overviews for the command line, bounded by a limit that their reader reports. */

const operations = { flop_lo: z.number(), flop_mid: z.number(), flop_hi: z.number() }

const segment = z
  .tuple([sqlTime, sqlTime, sqlCount, z.string(), z.number()])
  .transform(([start, end, devices, gang_id, link_p]) => ({ start, end, devices, gang_id, link_p }))

export const overviewQueries = {
  'overview-runs': {
    params: z.object({ limit: z.number() }),
    row: z.object({
      tenant_id: z.string(),
      run_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      chips: z.array(z.string()),
      fabrics: z.array(z.string()),
      sites: z.array(z.string()),
      workloads: z.array(z.string()),
      devices_max: sqlCount,
      device_s: z.number(),
      energy_j: z.number(),
      ...operations,
      tier: z.string(),
      segments: z.array(segment),
    }),
  },
  'overview-jobs': {
    params: z.object({ until: timeParam, limit: z.number() }),
    row: z.object({
      tenant_id: z.string(),
      workload_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      meters: sqlCount,
      energy_j: z.number(),
      device_s: z.number(),
      ...operations,
    }),
  },
  'overview-tenants': {
    params: z.object({ until: timeParam, limit: z.number() }),
    row: z.object({
      tenant_id: z.string(),
      group_id: z.string(),
      first_hour: sqlTime,
      last_hour: sqlTime,
      devices_max: sqlCount,
      chips: z.array(z.string()),
      observed_s: sqlCount,
      billed_s: sqlCount,
      dark_s: sqlCount,
      ...operations,
      main_tier: z.string(),
    }),
  },
} as const
