import { z } from 'zod'
import { TIERS, type Tier } from '../../domain/quantity.ts'
import { formatInstant, type Instant } from '../../domain/window.ts'

/** Pieces that the answers have in common. Compute never goes out as a bare number. */

export const time = z.string().meta({ format: 'date-time' })
export const timeOrNull = time.nullable()
export const seconds = z.number().describe('seconds of one accelerator')
/** '' inside the product; over HTTP compute that nobody is named for has the tenant null. */
export const tenant = z.string().nullable().describe('null: compute that nobody is named for')

export const operations = z
  .object({
    lo: z.number(),
    mid: z.number(),
    hi: z.number(),
    unit: z.literal('operations'),
    tier: z
      .enum(TIERS)
      .nullable()
      .describe('evidence behind most of it: T1 counters … T5 billing only; null: nothing used'),
  })
  .describe('90 % interval; one multiply-add counts two')
  .meta({ id: 'Operations' })

interface Flop {
  readonly flop_lo: number
  readonly flop_mid: number
  readonly flop_hi: number
  readonly tier: Tier | null
}

export function answerOperations({ flop_lo, flop_mid, flop_hi, tier }: Flop) {
  return { lo: flop_lo, mid: flop_mid, hi: flop_hi, unit: 'operations' as const, tier }
}

export function answerTenant(tenant_id: string): string | null {
  return tenant_id === '' ? null : tenant_id
}

export function timeOr(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at)
}
