import { assert } from '../../domain/fault.ts'
import type { DeliveryContext } from './plan.ts'
import { originOf } from './sample-row.ts'

/** The deliveries that a part of samples is of; each has the rows from its first to that of the next. */
export interface SampleShares {
  readonly deliveries: readonly DeliveryContext[]
  readonly firsts: readonly number[]
}

/** Which of the deliveries a row of the part came with. */
export function shareOf({ firsts }: SampleShares, row: number): number {
  let share = firsts.length - 1
  while (share > 0 && row < (firsts[share] ?? 0)) share -= 1
  return share
}

/** The delivery that a row of the part came with. */
export function deliveryOf(shares: SampleShares, row: number): DeliveryContext {
  const delivery = shares.deliveries[shareOf(shares, row)]
  assert(delivery, 'a row is of one of the deliveries')
  return delivery
}

/** As statements take them. */
export function sharesParam({ deliveries, firsts }: SampleShares): {
  readonly firsts: number[]
  readonly batches: string[]
  readonly sources: string[]
} {
  return {
    firsts: [...firsts],
    batches: deliveries.map(delivery => delivery.batch_id),
    sources: deliveries.map(originOf),
  }
}
