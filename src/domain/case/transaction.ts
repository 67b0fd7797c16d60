import { formatOperations } from '../quantity.ts'
import type { Instant } from '../window.ts'
import type { FindingMark, Transaction } from './case-event.ts'

/**
 * When the covered transaction occurred, which starts a clock of its own (regulation 5 and 6.1).
 * For committed compute it is the signature: an agreement is enough, nothing need have run. For
 * observed compute it is the first hour in which the cumulative operations passed the threshold,
 * on the same bound that makes the finding's state. Where neither is known, the start of the
 * finding's window stands in: an early clock errs on the side of filing in time.
 */

export interface CommitmentTerms {
  readonly commitment_id: string
  readonly tenant_id: string
  readonly status: string
  readonly start: Instant
  readonly end: Instant
  readonly signed_at: Instant | null
  /** When the first revision was recorded. */
  readonly recorded_at: Instant
}

/** Operations of a set of tenants in one hour. */
export interface HourOperations {
  readonly hour: Instant
  readonly lo: number
  readonly mid: number
  readonly hi: number
}

export function transactionOf(
  mark: Pick<FindingMark, 'basis' | 'state' | 'threshold' | 'start' | 'end' | 'tenants'>,
  commitments: readonly CommitmentTerms[],
  hours: readonly HourOperations[],
): Transaction {
  const found =
    mark.basis === 'potential'
      ? firstCommitment(mark, commitments)
      : firstCrossing(hours, boundOf(mark.state), mark.threshold)
  return found ?? { at: mark.start, basis: 'window_start', evidence: 'start of the finding' }
}

/** Which bound has to pass for a state: the upper, the middle or the lower one. */
export function boundOf(state: string): 'lo' | 'mid' | 'hi' {
  if (state === 'crossed') return 'lo'
  return state === 'presume' ? 'mid' : 'hi'
}

/** Statuses that bind; a quote or an option is not yet an agreement to provide. */
const BINDING: ReadonlySet<string> = new Set(['signed', 'active', 'ended'])

function firstCommitment(
  mark: Pick<FindingMark, 'start' | 'end' | 'tenants'>,
  commitments: readonly CommitmentTerms[],
): Transaction | null {
  const [first] = commitments
    .filter(({ tenant_id }) => mark.tenants.includes(tenant_id))
    .filter(({ status }) => BINDING.has(status))
    .filter(({ start, end }) => start < mark.end && end > mark.start)
    .toSorted((a, b) => agreedAt(a) - agreedAt(b))
  if (!first) return null
  return {
    at: agreedAt(first),
    basis: first.signed_at === null ? 'commitment_recorded' : 'commitment_signed',
    evidence: `commitment ${first.commitment_id}`,
  }
}

function agreedAt(commitment: CommitmentTerms): Instant {
  return commitment.signed_at ?? commitment.recorded_at
}

/** Hours must come in order of time. The threshold is strict: a value equal to it has not passed. */
function firstCrossing(
  hours: readonly HourOperations[],
  bound: 'lo' | 'mid' | 'hi',
  threshold: number,
): Transaction | null {
  let total = 0
  for (const hour of hours) {
    total += hour[bound]
    if (total <= threshold) continue
    const evidence = `the ${bound} bound of cumulative operations passed ${formatOperations(threshold)}`
    return { at: hour.hour, basis: 'threshold_crossed', evidence }
  }
  return null
}
