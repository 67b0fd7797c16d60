import { z } from 'zod'

/** How long a pause two gangs of one run may have between them, and how alike they must be. */
const chainSettings = z
  .strictObject({
    /** Up to this pause the lower score suffices: a restart after a failed node. */
    hard_gap_s: z.number().positive().default(1800),
    /** Beyond this pause no link is made. */
    soft_gap_s: z.number().positive().default(86_400),
    hard_score_min: z.number().min(0).max(1).default(0.4),
    soft_score_min: z.number().min(0).max(1).default(0.6),
  })
  .prefault({})
  .refine(chain => chain.soft_gap_s >= chain.hard_gap_s, {
    path: ['soft_gap_s'],
    error: 'must not be shorter than hard_gap_s',
  })

/** How the derive stage joins busy stretches into gangs and gangs into runs. */
export const deriveSettings = z
  .strictObject({
    /** A pause of a device longer than this ends its island. */
    idle_gap_s: z.number().positive().max(86_400).default(300),
    /** Devices of one gang start within this time of each other. */
    gang_start_s: z.number().positive().default(120),
    /** Share of the shorter island that two devices of one gang have in common. */
    gang_overlap_min: z.number().min(0).max(1).default(0.6),
    /** How far back a change in the past may re-open runs. */
    lookback_days: z.int().positive().default(400),
    /** Gangs of fewer devices are usage, not runs. */
    min_devices: z.int().positive().default(1),
    chain: chainSettings,
  })
  .prefault({})

export type DeriveSettings = z.output<typeof deriveSettings>
