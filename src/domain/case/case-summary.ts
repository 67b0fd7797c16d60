import { SEVERITIES, type Severity } from '../detector.ts'
import type { Deadline } from '../filing-clock.ts'
import { DAY_MS, type Instant } from '../window.ts'
import { type Case, type CaseClocks, isOpen, isReported } from './case.ts'
import type { FindingMark } from './case-event.ts'

/** What a list of cases shows: read from the case, never stored as truth. */

/** The findings that keep a case open: what opened it, less what was withdrawn. */
export function standingFindings(current: Case): readonly FindingMark[] {
  return current.findings.filter(mark => mark.role === 'opener' && mark.state !== 'withdrawn')
}

/** The worst severity among standing findings; `info` when none stands. */
export function caseSeverity(current: Case): Severity {
  const ranks = standingFindings(current).map(mark => SEVERITIES.indexOf(mark.severity))
  return SEVERITIES[Math.max(0, ...ranks)] ?? 'info'
}

/** Foreign when any standing finding is, else unknown when any is: unknown is never domestic. */
export function caseDetermination(current: Case): FindingMark['status'] {
  const statuses = standingFindings(current).map(mark => mark.status)
  if (statuses.includes('foreign')) return 'foreign'
  return statuses.length === 0 || statuses.includes('unknown') ? 'unknown' : 'domestic'
}

/** The clock that runs out first among those that still run; the case is coloured by it. */
export function earliestDeadline(clocks: CaseClocks, reported: boolean): Deadline | null {
  const initial = reported ? [] : [clocks.from_transaction, clocks.from_knowledge]
  const running = [...initial, clocks.correction, clocks.follow_up].filter(clock => clock !== null)
  return running.sort((a, b) => a.due_at - b.due_at)[0] ?? null
}

export const DEADLINE_COLOURS = ['none', 'green', 'amber', 'red', 'overdue'] as const
export type DeadlineColour = (typeof DEADLINE_COLOURS)[number]

/** From how many days before the deadline a case turns amber and red (config/triage.yaml). */
export interface ColourRule {
  readonly amber_days: number
  readonly red_days: number
}

/** The colour of a case at an instant: that of the clock which runs out first. */
export function deadlineColour(current: Case, at: Instant, rule: ColourRule): DeadlineColour {
  const next = isOpen(current.state) ? earliestDeadline(current.clocks, isReported(current)) : null
  return dueColour(next?.due_at ?? null, at, rule)
}

/** The colour of a deadline; null is a clock that does not run. */
export function dueColour(due: Instant | null, at: Instant, rule: ColourRule): DeadlineColour {
  if (due === null) return 'none'
  const left_days = (due - at) / DAY_MS
  if (left_days < 0) return 'overdue'
  if (left_days <= rule.red_days) return 'red'
  return left_days <= rule.amber_days ? 'amber' : 'green'
}
