import { z } from 'zod'
import { hoursParam, sqlCount, sqlTime, timeParam } from './cells.ts'

const build = z.number().transform(String)

/** Statements of the meter stage: dirty hours in, device-hours and usage-hours out. */
export const meterQueries = {
  'hour-marks-dirty': {
    params: z.object({ from: timeParam, until: timeParam, limit: z.number() }),
    row: z.object({ hour: sqlTime, since: sqlTime, batches: z.array(z.string()), open: sqlCount }),
  },
  'hour-marks-close': {
    params: z.object({
      hours: hoursParam,
      batches: z.array(z.string()),
      at: timeParam,
      stale_before: timeParam,
    }),
    row: null,
  },
  'hour-marks-rebase': { params: z.object({ batch_id: z.string(), at: timeParam }), row: null },
  'sample-hour-counts': {
    params: z.object({ hours: hoursParam, tails: hoursParam }),
    row: z.object({ hour: sqlTime, rows: sqlCount }),
  },
  'block-hour-counts': {
    params: z.object({ hours: hoursParam }),
    row: z.object({ hour: sqlTime, rows: sqlCount }),
  },
  'device-cuts': {
    params: z.object({
      counted: z.enum(['samples', 'device_blocks']),
      hours: hoursParam,
      rows: z.number(),
    }),
    row: z.object({ first_device: z.string() }),
  },
  'device-block-tails': {
    params: z.object({ hours: hoursParam, sinces: hoursParam }),
    row: z.object({ hour: sqlTime, tail: sqlTime, blocks: sqlCount }),
  },
  'device-blocks-rebuild': {
    params: z.object({
      first: z.string(),
      end: z.string(),
      hours: hoursParam,
      tails: hoursParam,
      keys: hoursParam,
      before: hoursParam,
      block_s: z.number(),
      version: z.string(),
      build,
      island_gap_s: z.number(),
      busy_tensor_min: z.number(),
      busy_power_share_min: z.number(),
      power_bounds_hi: z.number(),
      attestations_trusted: z.array(z.string()),
    }),
    row: null,
  },
  'device-blocks-bury': {
    params: z.object({ hours: hoursParam, tails: hoursParam, build }),
    row: null,
  },
  'device-hours-combine': {
    params: z.object({
      hours: hoursParam,
      first: z.string(),
      end: z.string(),
      build,
      island_gap_s: z.number(),
    }),
    row: null,
  },
  'device-hours-bury': { params: z.object({ hours: hoursParam, build }), row: null },
  'observed-hours-rebuild': { params: z.object({ hours: hoursParam, build }), row: null },
  'observed-hours-bury': { params: z.object({ hours: hoursParam, build }), row: null },
  'usage-hours-rebuild': {
    params: z.object({ hours: hoursParam, version: z.string(), build }),
    row: null,
  },
  'usage-hours-bury': { params: z.object({ hours: hoursParam, build }), row: null },
  'tenants-rebuilt': {
    params: z.object({ hours: hoursParam, build }),
    row: z.object({ tenant_id: z.string(), first_hour: sqlTime }),
  },
} as const
