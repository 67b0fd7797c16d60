import { z } from 'zod'

const probability = z.number().min(0).max(1)

/**
 * Evidence that one stretch continues another, in log-odds (natural logarithm). They add up; the
 * chance that they say is what `p_…` compare with. Fitted by hand on simulated fleets whose seeds
 * are not those of the evaluation.
 */
const oddsSettings = z
  .strictObject({
    /** Before any evidence, after a pause up to hard_gap_s. */
    restart: z.number().default(-1.4),
    /** The same beyond hard_gap_s: most often another job. */
    pause: z.number().default(-5.2),
    /** Per e-fold of what the run had lasted, over a day or over four longer pauses; at most. */
    length: z.number().default(1.3),
    restart_length_max: z.number().default(4),
    pause_length_max: z.number().default(4),
    /** All nodes in common; none; elsewhere, where nodes say nothing. */
    nodes: z.number().default(1.5),
    nodes_none: z.number().default(-2.5),
    moved: z.number().default(-0.5),
    /** Same number of devices; and per e-fold of difference. */
    size: z.number().default(0.5),
    size_fold: z.number().default(-4),
    /** Works the same to the last percent; and the floor for works otherwise. */
    signature: z.number().default(3),
    signature_min: z.number().default(-3.3),
    /** Per unit of relative difference of activity or power. */
    signature_fold: z.number().default(-100),
    /** A later stage of the same model, before any evidence. */
    stage: z.number().default(-2),
  })
  .prefault({})

/** How long a pause may be between two stretches of one run, and how sure the link must be. */
const chainSettings = z
  .strictObject({
    /** Up to here a pause is a restart after a fault. */
    hard_gap_s: z.number().positive().default(2700),
    /** Beyond this pause no stretch continues a run. */
    soft_gap_s: z.number().positive().default(86_400),
    /** How far ahead it is looked whether work went on; and how long it must have, to say anything. */
    hindsight_s: z
      .number()
      .positive()
      .default(5 * 86_400),
    hindsight_min_s: z
      .number()
      .positive()
      .default(2 * 86_400),
    /** Beyond this pause none is a later stage of the same model. */
    stage_gap_s: z
      .number()
      .positive()
      .default(14 * 86_400),
    /** What had lasted this long may have made a model that later stages go on with. */
    stage_run_s: z
      .number()
      .positive()
      .default(3 * 86_400),
    /** Links counted in the lower bound; links that make a run; links counted in the upper bound. */
    p_sure: probability.default(0.9),
    p_likely: probability.default(0.5),
    p_possible: probability.default(0.2),
    odds: oddsSettings,
  })
  .prefault({})
  .refine(chain => chain.soft_gap_s >= chain.hard_gap_s, {
    path: ['soft_gap_s'],
    error: 'must not be shorter than hard_gap_s',
  })
  .refine(chain => chain.stage_gap_s >= 2 * chain.hindsight_s + 3 * chain.soft_gap_s, {
    path: ['hindsight_s'],
    error: 'must be settled within stage_gap_s: twice as long and three times soft_gap_s',
  })
  .refine(chain => chain.stage_gap_s >= chain.soft_gap_s, {
    path: ['stage_gap_s'],
    error: 'must not be shorter than soft_gap_s',
  })

/** How the derive stage joins busy stretches into gangs and gangs into runs. */
export const deriveSettings = z
  .strictObject({
    /** A pause of a device longer than this ends its island. */
    idle_gap_s: z.number().positive().max(86_400).default(300),
    /** Devices of one gang start within this time of each other. */
    gang_start_s: z.number().positive().default(120),
    /** Share of the shorter island that two devices of one gang have in common. */
    gang_overlap_min: probability.default(0.6),
    /** How far back runs are looked for that are stages of one model. */
    lineage_days: z.int().positive().default(400),
    /** Gangs of fewer devices are usage, not runs. */
    min_devices: z.int().positive().default(1),
    chain: chainSettings,
  })
  .prefault({})

export type DeriveSettings = z.output<typeof deriveSettings>
