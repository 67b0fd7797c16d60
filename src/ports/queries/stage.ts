import { z } from 'zod'
import { sqlBoolean, sqlCount, timeParam } from './cells.ts'

/** Statements of `sql/stage`: they run on a `Stage`, over tables that live there. */

const wide = z.string().transform(text => BigInt(text))
const none = z.object({})
const rows = z.array(z.number())

export const stageQueries = {
  'staged-create': { params: none, row: null },
  'staged-lines': {
    params: z.object({
      batch_id: z.string(),
      source: z.string(),
      ingested_at: timeParam,
      time_min: timeParam,
      time_max: timeParam,
      record_bytes_max: z.number(),
    }),
    row: null,
  },
  'staged-missing': {
    params: z.object({ rows: z.number() }),
    row: z.object({ rows, staged: sqlCount }),
  },
  'staged-groups': {
    params: none,
    row: z.object({
      devices: z.array(z.string()),
      hours: z.array(z.number()),
      rows: z.array(z.number()),
      distinct: z.array(z.number()),
      starts: z.array(z.number()),
      first_ends: z.array(z.number()),
      last_ends: z.array(z.number()),
      counter_ends: z.array(z.number().nullable()),
    }),
  },
  'staged-write': { params: none, row: null },
  'contested-create': { params: none, row: null },
  'contest-meet': { params: none, row: null },
  'contest-clear': {
    params: none,
    row: z.object({
      device_id: z.string(),
      hour: z.number(),
      is_new: sqlBoolean,
      rows: sqlCount,
      start: z.number(),
      first_end: z.number(),
      counter_end: z.number().nullable(),
    }),
  },
  'contest-again': {
    params: z.object({ source: z.string() }),
    row: z.object({ rows, own: sqlCount }),
  },
  'contest-disputed': {
    params: none,
    row: z.object({
      row: z.number(),
      device_id: z.string(),
      hour: z.number(),
      start: z.number(),
      first_end: z.number(),
      counters: sqlBoolean,
      is_new: sqlBoolean,
      version: wide,
      tenant_id: z.string(),
      offset: sqlCount,
      is_held: sqlBoolean,
      held_version: wide,
      held_tenant_id: z.string(),
      held_source: z.string(),
      held_offset: sqlCount,
    }),
  },
  'excluded-create': { params: none, row: null },
  'contest-write': { params: z.object({ from: timeParam, until: timeParam }), row: null },
} as const

type Registry = typeof stageQueries
export type StageQueryName = keyof Registry
export type StageQueryParams<N extends StageQueryName> = z.input<Registry[N]['params']>
export type StageQueryRow<N extends StageQueryName> = Registry[N]['row'] extends z.ZodType
  ? z.output<Registry[N]['row']>
  : never
