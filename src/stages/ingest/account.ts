import type { Instant } from '../../domain/window.ts'
import type { Receipt } from '../../ports/intake.ts'
import type { DeliveryContext, PlanCounts } from './plan.ts'

/** What a part holds of a delivery. */
export interface ShareCounts {
  readonly counts: PlanCounts
  readonly consumed: number
  readonly quarantined: number
}

/** The running sums of a delivery; only what is durable is in them. */
export interface Account {
  readonly context: DeliveryContext
  /** Parts are numbered from 1; the number is the version of the ledger row. */
  nextPart(): number
  add(share: ShareCounts): void
  end(bytes: number, source_hash: string): void
  receipt(): Receipt
}

export function openAccount(context: DeliveryContext): Account {
  const sums = {
    consumed: 0,
    accepted: 0,
    duplicates: 0,
    quarantined: 0,
    revised: 0,
    conflicts: 0,
    bytes: 0,
    source_hash: '',
    time_min: null as Instant | null,
    time_max: null as Instant | null,
  }
  let parts = 0
  return {
    context,
    nextPart() {
      parts += 1
      return parts
    },
    add({ counts, consumed, quarantined }) {
      sums.consumed += consumed
      sums.accepted += counts.accepted
      sums.duplicates += counts.duplicates
      sums.revised += counts.revised
      sums.conflicts += counts.conflicts
      sums.quarantined += quarantined
      sums.time_min = least(sums.time_min, counts.time_min, Math.min)
      sums.time_max = least(sums.time_max, counts.time_max, Math.max)
    },
    end(bytes, source_hash) {
      sums.bytes = bytes
      sums.source_hash = source_hash
    },
    receipt: () => ({ batch_id: context.batch_id, stream: context.kind, ...sums }),
  }
}

function least(
  a: Instant | null,
  b: Instant | null,
  pick: (a: number, b: number) => number,
): Instant | null {
  if (a === null || b === null) return a ?? b
  return pick(a, b)
}
