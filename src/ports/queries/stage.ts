import { z } from 'zod'
import { hoursParam, sqlCount, timeParam } from './cells.ts'

/** Statements of `sql/stage`: they run on a `Stage`, over tables that live there. */

const none = z.object({})
const numbers = z.array(z.number())
const texts = z.array(z.string())

export const stageQueries = {
  'staged-create': { params: none, row: null },
  'staged-lines': {
    params: z.object({
      firsts: numbers,
      batches: texts,
      sources: texts,
      ingested_at: timeParam,
      time_min: timeParam,
      time_max: timeParam,
      record_bytes_max: z.number(),
    }),
    row: null,
  },
  'staged-count': { params: none, row: z.object({ staged: sqlCount }) },
  'staged-missing': {
    params: z.object({ rows: z.number() }),
    row: z.object({ rows: numbers }),
  },
  'staged-groups': {
    params: none,
    row: z.object({
      devices: texts,
      hours: numbers,
      tenants: z.array(texts),
      first_rows: numbers,
      last_rows: numbers,
      rows: numbers,
      distinct: numbers,
      starts: numbers,
      first_ends: numbers,
      last_ends: numbers,
      counter_ends: z.array(z.number().nullable()),
      last_counter_ends: z.array(z.number().nullable()),
    }),
  },
  'staged-write': { params: none, row: null },
  'contest-rows': {
    params: z.object({ everything: z.number(), devices: z.array(z.string()), hours: hoursParam }),
    row: z.object({
      rows: numbers,
      devices: texts,
      hours: numbers,
      ends: numbers,
      starts: numbers,
      counters: numbers,
      versions: texts,
      tenants: texts,
      offsets: numbers,
      held_versions: texts,
      held_tenants: texts,
      held_sources: texts,
      held_offsets: numbers,
    }),
  },
  'excluded-create': { params: none, row: null },
  'staged-write-kept': { params: z.object({ from: timeParam, until: timeParam }), row: null },
} as const

type Registry = typeof stageQueries
export type StageQueryName = keyof Registry
export type StageQueryParams<N extends StageQueryName> = z.input<Registry[N]['params']>
export type StageQueryRow<N extends StageQueryName> = Registry[N]['row'] extends z.ZodType
  ? z.output<Registry[N]['row']>
  : never
