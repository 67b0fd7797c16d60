import { z } from 'zod'
import { timeParam } from './cells.ts'

/** Statements behind the kind of work that a run looks like. */

/** Divisions by nothing come as null or not at all: nothing was measured. */
const figure = z
  .number()
  .nullable()
  .transform(value => (value === null || !Number.isFinite(value) ? null : value))

export const workloadQueries = {
  'run-signature': {
    params: z.object({
      tenant_id: z.string(),
      run_id: z.string(),
      from: timeParam,
      until: timeParam,
      devices_max: z.number(),
      sampled_max: z.number(),
      version: z.string(),
    }),
    row: z.object({
      tensor_mean: figure,
      tensor_of_sm: figure,
      memory_over_tensor: figure,
      fp64_mean: figure,
      power_share: figure,
      power_variation: figure,
      device_spread: figure,
      diurnal_amplitude: figure,
      duty: figure,
      nvlink_bytes_per_s: figure,
      net_bytes_per_s: figure,
      net_symmetry: figure,
      writes_per_day: figure,
      write_interval_variation: figure,
      write_size_variation: figure,
    }),
  },
} as const
