import { z } from 'zod'
import { SHAPES } from '../sample-lines.ts'

const fleet = z.object({
  shape: z.enum(SHAPES),
  devices: z.int(),
  tenants: z.int(),
  interval_s: z.number(),
  from: z.number(),
})

/** What can be asked of a process of its own. It prints its answer as one line of JSON. */
export const partSchema = z.discriminatedUnion('part', [
  /** The engine alone: lines of a file into a table without checks. */
  z.object({ part: z.literal('bare-insert'), file: z.string(), data: z.string() }),
  /** A consumer that does nothing, until it has seen so many messages. */
  z.object({
    part: z.literal('idle-consumer'),
    site: z.string(),
    topic: z.string(),
    messages: z.int(),
  }),
  /** The product reads its topics until so many messages are in the ledger. */
  z.object({
    part: z.literal('read-topics'),
    site: z.string(),
    data: z.string(),
    messages: z.int(),
  }),
  /** A past of so many days through ingest and one tick. */
  z.object({ part: z.literal('build-history'), data: z.string(), days: z.int(), end: z.number() }),
  /** Ticks over that store, each with the same hour dirty. */
  z.object({
    part: z.literal('time-ticks'),
    data: z.string(),
    days: z.int(),
    end: z.number(),
    ticks: z.int(),
    /** Larger than that of any tick before: what is sent again must be new. */
    revision: z.int(),
  }),
  /** Bodies over HTTP, as fast as they are acknowledged. */
  z.object({
    part: z.literal('post-bodies'),
    url: z.string(),
    fleet,
    steps: z.int(),
    rows_per_body: z.int(),
    gzip: z.boolean(),
    senders: z.int(),
  }),
  /** Samples of the present at a given rate. */
  z.object({
    part: z.literal('live-load'),
    shape: z.enum(SHAPES),
    topic: z.object({ site: z.string(), name: z.string() }).nullable(),
    url: z.string(),
    rows_per_s: z.number(),
    seconds: z.number(),
  }),
])
export type Part = z.output<typeof partSchema>

/** Work that was done, with the time it took and the peak of memory. */
export const measured = z.object({
  rows: z.number(),
  seconds: z.number(),
  memory_peak_bytes: z.number(),
})
export type Measured = z.output<typeof measured>
