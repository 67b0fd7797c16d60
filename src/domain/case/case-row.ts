import { type Instant, toSqlTime } from '../window.ts'
import { type Case, isOpen, isReported } from './case.ts'
import { caseDetermination, caseSeverity, earliestDeadline } from './case-summary.ts'

/**
 * A case as the table `cases` holds it for lists. `seq` decides which row is the newest and counts
 * all events that were seen, since it must grow also when a longer branch turns out to be void.
 */
export function caseRow(current: Case) {
  const { clocks, knowledge } = current
  const open = isOpen(current.state)
  const next = open ? earliestDeadline(clocks, isReported(current)) : null
  return {
    case_id: current.case_id,
    seq: storedEvents(current),
    version: current.seq,
    group_id: current.group_id,
    ordinal: current.ordinal,
    prong: current.prong,
    state: current.state,
    is_open: open ? 1 : 0,
    determination: caseDetermination(current),
    severity: caseSeverity(current),
    tenant_ids: current.tenants,
    finding_ids: current.findings.map(mark => mark.finding_id).sort(),
    regime_id: current.regime.id,
    transaction_at: toSqlTime(current.transaction.at),
    detected_at: toSqlTime(current.detected_at),
    knowledge_at: timeOrNull(knowledge?.knowledge_at),
    transaction_due: toSqlTime(clocks.from_transaction.due_at),
    knowledge_due: timeOrNull(clocks.from_knowledge?.due_at),
    next_due: timeOrNull(next?.due_at),
    next_clock: next?.clock_id ?? '',
    opened_at: toSqlTime(current.opened_at),
    updated_at: toSqlTime(current.updated_at),
  }
}

/** Events of a case that the store holds, as far as whoever read it has seen. */
export function storedEvents(current: Case): number {
  return current.seq + current.void_events
}

function timeOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : toSqlTime(at)
}
