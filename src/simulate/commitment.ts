/** Promises of capacity, as the contract (1.3) names them. */
import { formatInstant, type Instant } from '../domain/window.ts'

export interface Commitment {
  readonly commitment_id: string
  readonly tenant_id: string
  readonly accelerator: string
  readonly accelerators: number
  readonly start: Instant
  readonly end: Instant
  readonly status: 'quoted' | 'option' | 'signed' | 'active' | 'ended' | 'cancelled'
  readonly fabric_gbps: number
  readonly site: string
  readonly declared_use: string
  readonly signed_at: Instant | null
  readonly revision: number
  readonly recorded_at: Instant
}

export function commitmentRecord(commitment: Commitment): Readonly<Record<string, unknown>> {
  return {
    ...commitment,
    start: formatInstant(commitment.start),
    end: formatInstant(commitment.end),
    signed_at: commitment.signed_at === null ? null : formatInstant(commitment.signed_at),
    recorded_at: formatInstant(commitment.recorded_at),
  }
}
