import { z } from 'zod'
import { hoursParam, sqlBoolean, sqlCount, sqlTime, timeParam } from './cells.ts'

const build = z.number().transform(String)

/** The devices that a statement is about: those of `scope_devices`, or all for 0. */
const scope = z.number().transform(String)
/** `everybody`: 1 for all tenants, else those that are named. */
const tenants = { everybody: z.number(), tenants: z.array(z.string()) }

/** Statements of the meter stage: dirty hours in, device-hours and usage-hours out. */
export const meterQueries = {
  'hour-marks-dirty': {
    params: z.object({ from: timeParam, until: timeParam, limit: z.number() }),
    row: z.object({
      hour: sqlTime,
      since: sqlTime,
      batches: z.array(z.string()),
      opens: z.array(z.string()),
    }),
  },
  'hour-marks-named': {
    params: z.object({ hours: hoursParam }),
    row: z.object({
      hour: sqlTime,
      batch_id: z.string(),
      is_stored: sqlBoolean,
      since: sqlTime,
      at: sqlTime,
      tenants: z.array(z.string()),
      devices: z.array(z.number()),
    }),
  },
  'tenant-devices': {
    params: z.object({ from: timeParam, until: timeParam }),
    row: z.object({ tenant_id: z.string(), devices: sqlCount }),
  },
  'tenants-near': {
    params: z.object({
      detectors: z.array(z.string()),
      // the client sends no whole number beyond 2^53 as a number
      limits: z.array(z.number()).transform(limits => limits.map(String)),
      near_share: z.number(),
    }),
    row: z.object({ tenant_id: z.string() }),
  },
  'scope-fill': {
    params: z.object({
      scope,
      tenants: z.array(z.string()),
      slices: z.array(z.number()),
      counts: z.array(z.number()),
      hours: hoursParam,
      sinces: hoursParam,
    }),
    row: null,
  },
  'scope-widen': { params: z.object({ scope, hours: hoursParam }), row: null },
  'hour-marks-close': {
    params: z.object({
      hours: hoursParam,
      batches: z.array(z.string()),
      opens: z.array(z.string()),
      at: timeParam,
      stale_before: timeParam,
    }),
    row: null,
  },
  'hour-marks-rebase': { params: z.object({ batch_id: z.string(), at: timeParam }), row: null },
  'sample-hour-counts': {
    params: z.object({ hours: hoursParam, tails: hoursParam, scope }),
    row: z.object({ hour: sqlTime, rows: sqlCount }),
  },
  'block-hour-counts': {
    params: z.object({ hours: hoursParam, scope }),
    row: z.object({ hour: sqlTime, rows: sqlCount }),
  },
  'device-cuts': {
    params: z.object({
      counted: z.enum(['samples', 'device_blocks']),
      hours: hoursParam,
      rows: z.number(),
      scope,
    }),
    row: z.object({ first_device: z.string() }),
  },
  'device-block-tails': {
    params: z.object({ hours: hoursParam, sinces: hoursParam, scope }),
    row: z.object({ hour: sqlTime, tail: sqlTime, blocks: sqlCount }),
  },
  'device-blocks-rebuild': {
    params: z.object({
      first: z.string(),
      end: z.string(),
      scope,
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
    params: z.object({ hours: hoursParam, tails: hoursParam, scope, build }),
    row: null,
  },
  'device-hours-combine': {
    params: z.object({
      hours: hoursParam,
      first: z.string(),
      end: z.string(),
      scope,
      build,
      island_gap_s: z.number(),
    }),
    row: null,
  },
  'device-hours-bury': { params: z.object({ hours: hoursParam, scope, build }), row: null },
  'observed-hours-rebuild': {
    params: z.object({ hours: hoursParam, ...tenants, build }),
    row: null,
  },
  'observed-hours-bury': { params: z.object({ hours: hoursParam, ...tenants, build }), row: null },
  'usage-end': { params: z.object({}), row: z.object({ last_hour: sqlTime }) },
  'usage-hours-rebuild': {
    params: z.object({ hours: hoursParam, ...tenants, version: z.string(), build }),
    row: null,
  },
  'usage-hours-bury': { params: z.object({ hours: hoursParam, ...tenants, build }), row: null },
  'usage-days-rebuild': { params: z.object({ hours: hoursParam, ...tenants, build }), row: null },
  'tenants-rebuilt': {
    params: z.object({
      hours: hoursParam,
      build,
      everybody: z.number(),
      later_tenants: z.array(z.string()),
      later_hours: hoursParam,
    }),
    row: z.object({ tenant_id: z.string(), first_hour: sqlTime }),
  },
} as const
