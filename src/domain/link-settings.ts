import { z } from 'zod'

const probability = z.number().min(0).max(1)
const days = z.number().positive()

/** What two accounts may have in common, and how far each alone says that one actor holds both. */
const weights = z
  .strictObject({
    /** Control group: a shared customer, owner or controller on record. */
    control: probability.default(0.95),
    /** Registry or tax number of the customer. */
    identifier: probability.default(0.95),
    /** Who signs in: a user, or the owner of a key. */
    principal: probability.default(0.85),
    payment: probability.default(0.8),
    /** Work that stands still at the same moments (detector cross-account-costall). */
    stall: probability.default(0.75),
    phone: probability.default(0.6),
    email_domain: probability.default(0.6),
    /** Work that another account went on with (detector baton-handoff). */
    baton: probability.default(0.6),
    ip: probability.default(0.5),
    address: probability.default(0.4),
    /** The network of an address: /24, or /48 of IPv6. */
    network: probability.default(0.2),
  })
  .prefault({})

/** How accounts are taken for one actor where no record says so. */
export const linkSettings = z
  .strictObject({
    weights,
    /** Seen so long ago, an access says half as much. */
    half_life_days: z
      .strictObject({
        principal: days.default(365),
        ip: days.default(30),
        network: days.default(30),
      })
      .prefault({}),
    /** From here on a link counts in the upper bound, in the middle, in the lower bound. */
    p_possible: probability.default(0.5),
    p_likely: probability.default(0.8),
    p_sure: probability.default(0.95),
    /** Larger clusters hang together by weak links: they are cut again at `recut_p`. */
    cluster_max: z.int().min(2).default(50),
    recut_p: probability.default(0.9),
    /** How often accesses and records are searched for links. */
    every_s: z.number().nonnegative().default(3600),
  })
  .prefault({})

export type LinkSettings = z.output<typeof linkSettings>
export type TraceKind = keyof LinkSettings['weights']
