import { z } from 'zod'
import { sqlCount, sqlTime, sqlTimeOrNull, timeParam } from './cells.ts'

/** How well the fleet is seen, and what became of what was sent. */

const window = { from: timeParam, until: timeParam }
const limit = { limit: z.number() }

export const coverageQueries = {
  'read-coverage': {
    params: z.object({
      ...window,
      tenants: z.array(z.string()),
      daily: z.boolean(),
      after_tenant: z.string(),
      after_bucket: timeParam,
      ...limit,
    }),
    row: z.object({
      tenant_id: z.string(),
      bucket: sqlTime,
      observed_device_s: z.number(),
      billed_device_s: z.number(),
      dark_device_s: z.number(),
      unknown_chip_device_s: z.number(),
      unmetered_s: z.number(),
      silent_zero_s: z.number(),
      counter_resets: sqlCount,
      dark_lo: z.number(),
      dark_mid: z.number(),
      dark_hi: z.number(),
    }),
  },
  'read-coverage-tenants': {
    params: z.object({ ...window, ...limit }),
    row: z.object({
      tenant_id: z.string(),
      observed_device_s: z.number(),
      billed_device_s: z.number(),
      dark_device_s: z.number(),
      dark_hi: z.number(),
      unknown_chip_device_s: z.number(),
      unmetered_s: z.number(),
      silent_zero_s: z.number(),
      counter_resets: sqlCount,
    }),
  },
  'read-coverage-totals': {
    params: z.object(window),
    row: z.object({
      tenants: sqlCount,
      observed_device_s: z.number(),
      billed_device_s: z.number(),
      dark_device_s: z.number(),
      dark_lo: z.number(),
      dark_mid: z.number(),
      dark_hi: z.number(),
      unattributed_device_s: z.number(),
      unattributed_lo: z.number(),
      unattributed_mid: z.number(),
      unattributed_hi: z.number(),
      unknown_chip_device_s: z.number(),
    }),
  },
  'read-dark-days': {
    params: z.object({
      ...window,
      tenants: z.array(z.string()),
      share_min: z.number(),
      ...limit,
    }),
    row: z.object({ tenant_id: z.string(), day: sqlTime, dark_device_s: z.number() }),
  },
  'read-unknown-chips': {
    params: z.object({ ...window, ...limit }),
    row: z.object({
      accelerator: z.string(),
      devices: sqlCount,
      tenants: sqlCount,
      device_s: z.number(),
      first_hour: sqlTime,
      last_hour: sqlTime,
    }),
  },
  'read-quarantine-counts': {
    params: z.object({ ...window, ...limit }),
    row: z.object({
      stream: z.string(),
      reason: z.string(),
      records: sqlCount,
      last_at: sqlTime,
      example: z.string(),
    }),
  },
  'read-ledger': {
    params: z.object(window),
    row: z.object({
      stream: z.string(),
      batches: sqlCount,
      consumed: sqlCount,
      accepted: sqlCount,
      revised: sqlCount,
      duplicates: sqlCount,
      conflicts: sqlCount,
      quarantined: sqlCount,
      bytes: sqlCount,
      last_at: sqlTime,
    }),
  },
  'read-batches': {
    params: z.object({ ...window, after_at: timeParam, after_id: z.string(), ...limit }),
    row: z.object({
      batch_id: z.string(),
      stream: z.string(),
      source: z.string(),
      source_hash: z.string(),
      received_at: sqlTime,
      consumed: sqlCount,
      accepted: sqlCount,
      revised: sqlCount,
      duplicates: sqlCount,
      conflicts: sqlCount,
      quarantined: sqlCount,
      bytes: sqlCount,
      time_min: sqlTimeOrNull,
      time_max: sqlTimeOrNull,
    }),
  },
} as const
