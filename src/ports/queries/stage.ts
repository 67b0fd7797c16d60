import { z } from 'zod'
import {
  hoursParam,
  numberColumn,
  numberOrNullColumn,
  sqlCount,
  textColumn,
  textsColumn,
  timeParam,
} from './cells.ts'

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
    row: z.object({ rows: numberColumn }),
  },
  'staged-groups': {
    params: none,
    row: z.object({
      devices: textColumn,
      hours: numberColumn,
      tenants: textsColumn,
      first_rows: numberColumn,
      last_rows: numberColumn,
      rows: numberColumn,
      distinct: numberColumn,
      starts: numberColumn,
      first_ends: numberColumn,
      last_ends: numberColumn,
      counter_ends: numberOrNullColumn,
      last_counter_ends: numberOrNullColumn,
    }),
  },
  'staged-write': { params: none, row: null },
  'contest-rows': {
    params: z.object({ everything: z.number(), devices: z.array(z.string()), hours: hoursParam }),
    row: z.object({
      rows: numberColumn,
      devices: textColumn,
      hours: numberColumn,
      ends: numberColumn,
      starts: numberColumn,
      counters: numberColumn,
      versions: textColumn,
      tenants: textColumn,
      offsets: numberColumn,
      held_versions: textColumn,
      held_tenants: textColumn,
      held_sources: textColumn,
      held_offsets: numberColumn,
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
