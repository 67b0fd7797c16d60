import { z } from 'zod'
import { readExtra } from './extra.ts'
import { instantOrNull, numberOrNull, requiredInstant, requiredText, text } from './fields.ts'
import { readSchema, unknownMembers } from './read-schema.ts'
import { type Reading, taken } from './reject.ts'

/** Reserved capacity as agreed (contract 1.3). Every amendment is a revision of its own. */
export const COMMITMENT_STATUSES = [
  'quoted',
  'option',
  'signed',
  'active',
  'ended',
  'cancelled',
] as const

export const commitmentRecord = z
  .object({
    commitment_id: requiredText,
    tenant_id: text,
    accelerator: requiredText,
    accelerators: numberOrNull.pipe(z.number().int().min(1).max(1e9)),
    start: requiredInstant,
    end: requiredInstant,
    status: z.enum(COMMITMENT_STATUSES),
    /** Bandwidth per link of the fabric, Gbit/s; null: not known. */
    fabric_gbps: numberOrNull.pipe(z.number().min(0).max(1e9).nullable()),
    site: text,
    declared_use: text,
    signed_at: instantOrNull,
    revision: numberOrNull
      .pipe(z.number().int().min(0).max(4_294_967_295).nullable())
      .transform(value => value ?? 0),
    recorded_at: instantOrNull,
  })
  .refine(({ start, end }) => end > start, { path: ['end'], message: 'it must be after "start"' })

export type Commitment = z.output<typeof commitmentRecord> & { readonly extra: string }

const KNOWN: ReadonlySet<string> = new Set(Object.keys(commitmentRecord.shape))

export function readCommitment(raw: object, extra_characters_max: number): Reading<Commitment> {
  const read = readSchema(commitmentRecord, raw)
  if (!read.ok) return read
  const extra = readExtra(unknownMembers(raw, KNOWN), extra_characters_max)
  return extra.ok ? taken({ ...read.value, extra: extra.value }) : extra
}
