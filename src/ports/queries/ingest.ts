import { z } from 'zod'
import { hoursParam, sqlCount, sqlTime, sqlTimeOrNull, timeParam } from './cells.ts'

/** Wide integers travel as decimal text. */
const sqlWide = z.string().transform(text => BigInt(text))
const keys = z.array(z.string())

const quarantined = z.object({
  quarantine_id: z.string(),
  stream: z.string(),
  reason: z.string(),
  detail: z.string(),
  raw_base64: z.string(),
  source: z.string(),
  position: sqlCount,
  batch_id: z.string(),
  received_at: sqlTime,
  replayed_at: sqlTimeOrNull,
})

/** Statements of the ingest stage: what is stored already, marks, and what was not taken in. */
export const ingestQueries = {
  'sample-newest': {
    params: z.object({ from: timeParam, devices: keys }),
    row: z.object({ device_id: z.string(), newest: sqlCount, reading: sqlCount.nullable() }),
  },
  'sample-versions': {
    params: z.object({
      hours: hoursParam,
      devices: keys,
      places: z.array(z.number()),
      times: z.array(z.number()),
    }),
    row: z.object({
      device_id: z.string(),
      time: sqlCount,
      version: sqlWide,
      tenant_id: z.string(),
      source: z.string(),
      source_offset: sqlCount,
    }),
  },
  'partition-head': {
    params: z.object({ topic: z.string(), partition: z.number() }),
    row: z.object({
      epoch: sqlCount,
      incarnation: sqlCount,
      instance: z.string(),
      next: sqlCount,
    }),
  },
  'partition-claims-newest': {
    params: z.object({
      topics: keys,
      partitions: z.array(z.number()),
      epoch_min: z.number(),
    }),
    row: z.object({
      topic: z.string(),
      partition: sqlCount,
      epoch: sqlCount,
      instance: z.string(),
    }),
  },
  'partition-part-start': {
    params: z.object({ topic: z.string(), partition: z.number(), offset: z.number() }),
    row: z.object({ offset_first: sqlCount }),
  },
  'quarantine-of-batch': {
    params: z.object({ batch_id: z.string() }),
    row: z.object({ quarantine_id: z.string() }),
  },
  'sample-losers': {
    params: z.object({ sources: keys, hours: hoursParam, devices: keys }),
    row: z.object({
      source: z.string(),
      device_id: z.string(),
      time: sqlCount,
      version: sqlWide,
      source_offset: sqlCount,
    }),
  },
  'sample-conflicts-count': {
    params: z.object({ from: timeParam, until: timeParam, limit: z.number() }),
    row: z.object({ hour: sqlTime, tenant_id: z.string(), conflicts: sqlCount }),
  },
  'charge-versions': {
    params: z.object({ tenants: keys, ids: keys, from: timeParam, until: timeParam }),
    row: z.object({
      tenant_id: z.string(),
      charge_id: z.string(),
      start: sqlTime,
      end: sqlTime,
      generation: sqlCount,
      version: sqlWide,
    }),
  },
  'charge-generations-present': {
    params: z.object({ accounts: keys }),
    row: z.object({ billing_account_id: z.string(), period_start: sqlTime, generation: sqlCount }),
  },
  'charge-spans': {
    params: z.object({ account: z.string(), period_start: timeParam, limit: z.number() }),
    row: z.object({ tenant_id: z.string(), start: sqlTime, end: sqlTime }),
  },
  'commitment-versions': {
    params: z.object({ ids: keys }),
    row: z.object({
      commitment_id: z.string(),
      revision: sqlCount,
      recorded_at: sqlTime,
      content_hash: sqlWide,
    }),
  },
  'identity-versions': {
    params: z.object({ kinds: keys, ids: keys }),
    row: z.object({
      kind: z.string(),
      id: z.string(),
      valid_from: sqlTime,
      recorded_at: sqlTime,
      content_hash: sqlWide,
    }),
  },
  'access-present': {
    params: z.object({ tenants: keys, ids: keys, from: timeParam, until: timeParam }),
    row: z.object({ tenant_id: z.string(), access_id: z.string(), time: sqlTime }),
  },
  'quarantine-list': {
    params: z.object({
      from: timeParam,
      until: timeParam,
      stream: z.string(),
      reason: z.string(),
      after_at: timeParam,
      after_id: z.string(),
      open_only: z.boolean(),
      limit: z.number(),
    }),
    row: quarantined.extend({ raw_bytes: sqlCount }),
  },
  'quarantine-get': { params: z.object({ id: z.string() }), row: quarantined },
} as const
