import type { QueryParams } from '../../ports/queries/registry.ts'
import { type Content, html } from '../html.ts'

/** What several pages ask the same way. */

/** The end of the store's calendar, 2100-01-01: no bound. */
export const FAR = 4_102_444_800_000
export const ROWS_SHOWN = 100

type FindingFilter = Partial<QueryParams<'read-findings'>>

/** Findings of all times by one of the filters; an empty list of ids means none, not all. */
export function oneOf(filter: FindingFilter): QueryParams<'read-findings'> {
  const none = Object.values(filter).some(value => Array.isArray(value) && value.length === 0)
  return {
    from: 0,
    until: FAR,
    ids: none ? ['-'] : [],
    tenants: [],
    subjects: [],
    detectors: [],
    states: [],
    severities: [],
    withdrawn: false,
    after: '',
    limit: 500,
    ...(none ? {} : filter),
  }
}

/** Leads to the next page of a list, or says that this is all. */
export function pager(href: string | null, shown: number, what: string): Content {
  if (href === null) return html`<p class="pager soft">${shown} ${what}, that is all.</p>`
  return html`<p class="pager"><a href="${href}">Further ${what} →</a></p>`
}
