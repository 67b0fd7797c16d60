import { z } from 'zod'

/** How the meter stage rebuilds device-hours; the numbers and their units. */
export const meterSettings = z
  .strictObject({
    /**
     * Bound on the rows that one rebuilding statement reads: more hours, or more devices in an
     * hour, mean more statements. A sample takes about two kilobytes of memory while it is read.
     */
    rows_per_statement: z.int().min(1000).max(100_000_000).default(200_000),
    /** Busy samples closer than this belong to one busy stretch; covers a lost reading or two. */
    island_gap_s: z.number().positive().max(3600).default(30),
    /** Tensor activity (0..1) from which a sample counts as busy. */
    busy_tensor_min: z.number().min(0).max(1).default(0.02),
    /** Share of the way from idle to board power from which a sample without tensor data is busy. */
    busy_power_share_min: z.number().min(0).max(1).default(0.15),
    /**
     * Whether power that the provider meters itself (`power_scope` node) bounds `hi` from below,
     * whatever the gauges of the guest say. Off where the gauges are read by the provider too.
     */
    node_power_bounds_hi: z.boolean().default(true),
    /** Values of `precision_source` that may lower `hi`; the customer's own word never does. */
    attestations_trusted: z
      .array(z.string())
      .default(['attested', 'provider', 'hardware-attestation']),
  })
  .prefault({})

export type MeterSettings = z.output<typeof meterSettings>
