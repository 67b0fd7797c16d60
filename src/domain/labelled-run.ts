import { z } from 'zod'
import { PRECISIONS } from './accelerator.ts'
import { parseInstant } from './window.ts'

/** A run whose operations are known, as `flopwatch calibrate` reads it: one JSON object a line. */

const instant = z
  .string()
  .transform(parseInstant)
  .pipe(z.number('must be RFC 3339, 2026-01-31T05:00:00Z'))
const known = {
  /** How people call it. */
  run: z.string().min(1),
  /** Executed operations, recomputation and padding included; a multiply-add counts two. */
  operations: z.number().positive(),
  /** What it computed in. */
  precision: z.enum(PRECISIONS),
}

/** Its telemetry is in the store. */
const metered = z.strictObject({
  ...known,
  tenant_id: z.string().min(1),
  /** '' takes all that the tenant ran in the time. */
  workload_id: z.string().default(''),
  start: instant,
  end: instant,
})
/** Only its hours are known. */
const billed = z.strictObject({
  ...known,
  chip: z.string().min(1),
  device_hours: z.number().positive(),
})

export const labelledRun = z.union([metered, billed])
export type LabelledRun = z.output<typeof labelledRun>
