import type { Instant } from '../../domain/window.ts'
import { day, exact, plural, untilDue } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type CaseRow, type FindingRow, leadFinding } from './case-card.ts'

/** The picture in two sentences, for someone with a minute. */
export function headline(
  cases: readonly CaseRow[],
  findingsOf: (found: CaseRow) => readonly FindingRow[],
  threshold: number | null,
  now: Instant,
): { readonly title: string; readonly lead: Html } {
  const open = cases.filter(found => found.is_open)
  if (open.length === 0) {
    return {
      title: 'No open case',
      lead: html`No control group ${passing(threshold)} with an identity that is foreign or unknown.`,
    }
  }
  const states = open.map(found => leadFinding(findingsOf(found))?.state ?? '')
  const due = open.map(found => found.next_due).filter(at => at !== null)
  const level = threshold === null ? 'the threshold' : `${exact(threshold)} operations`
  const said = [
    tally(states, 'crossed', `passed ${level} even by the lower estimate`),
    tally(states, 'presume', `presumably passed ${level}`),
    tally(states, 'could', 'could pass it with what is used or signed'),
  ].filter(text => text !== null)
  return {
    title: `${plural(open.length, 'open case')}${dueText(due, now)}`,
    lead: html`${said.length > 0 && `${sentence(said)}. `}${whoSentence(open)}`,
  }
}

function dueText(due: readonly Instant[], now: Instant): string {
  const late = due.filter(at => at < now).length
  if (late > 0) return `, ${late === due.length ? 'all' : late} overdue`
  if (due.length === 0) return ''
  const next = Math.min(...due)
  return `, next due ${day(next)} (${untilDue(next, now)})`
}

function passing(threshold: number | null): string {
  return threshold === null ? 'met a rule' : `is near ${exact(threshold)} operations`
}

function tally(states: readonly string[], state: string, text: string): string | null {
  const number = states.filter(one => one === state).length
  return number === 0 ? null : `${plural(number, 'control group')} ${text}`
}

function whoSentence(open: readonly CaseRow[]): string {
  const of = (status: string) => open.filter(found => found.determination === status).length
  const parts = [
    of('foreign') > 0 &&
      `${plural(of('foreign'), 'is', 'are')} by, for or on behalf of a foreign person`,
    of('unknown') > 0 &&
      `${plural(of('unknown'), 'is', 'are')} of unknown identity, which is never taken for domestic`,
  ].filter(part => part !== false)
  return parts.length === 0 ? '' : `Of the cases, ${parts.join(', and ')}.`
}

function sentence(parts: readonly string[]): string {
  const text = parts.join('; ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
