import type { Operations, Tier } from '../domain/quantity.ts'
import { formatInstant, type Instant } from '../domain/window.ts'
import { bounds, compute, moment, words } from './format.ts'
import { type Content, type Html, html } from './html.ts'

/** Small pieces that many pages are made of. */

export interface Column<Row> {
  readonly title: Content
  readonly cell: (row: Row) => Content
  /** `n` for numbers, which stand to the right; `w` for text that must not wrap. */
  readonly kind?: 'n' | 'w' | ''
}

/** A table with a caption for those who cannot see it; says so when it is empty. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  caption: string,
  empty: string,
): Html {
  if (rows.length === 0) return html`<p class="none">${empty}</p>`
  return html`<div class="scroll"><table><caption class="hidden">${caption}</caption>
<thead><tr>${columns.map(({ title, kind = '' }) => html`<th scope="col" class="${kind}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    row =>
      html`<tr>${columns.map(({ cell, kind = '' }) => html`<td class="${kind}">${cell(row)}</td>`)}</tr>`,
  )}</tbody></table></div>`
}

export function facts(pairs: readonly (readonly [string, Content])[]): Html {
  return html`<dl class="facts">${pairs
    .filter(([, value]) => !isNothing(value))
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

function isNothing(value: Content): boolean {
  return value === null || value === undefined || value === '' || value === false || isEmpty(value)
}

function isEmpty(value: Content): boolean {
  return Array.isArray(value) && value.length === 0
}

export function section(title: string, lead: Content, body: Content): Html {
  return html`<section><h2>${title}</h2>${lead && html`<p class="lead">${lead}</p>`}${body}</section>`
}

export function head(title: Content, lead: Content): Html {
  return html`<div class="head"><h1>${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</div>`
}

export function badge(kind: string, text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`
}

const TIER_WORDS: Record<Tier, string> = {
  T1: 'counters of the device',
  T2: 'tensor activity and clock',
  T3: 'energy',
  T4: 'activity only',
  T5: 'billing only',
}

/** How good the evidence is; the words come up on hover and are read out. */
export function tierBadge(tier: Tier | null): Html {
  if (tier === null) return html`<span class="badge tier">no use</span>`
  return html`<abbr class="badge tier" title="${TIER_WORDS[tier]}">${tier}</abbr>`
}

export function tierWords(tier: Tier): string {
  return `${tier}, ${TIER_WORDS[tier]}`
}

interface Flop {
  readonly flop_lo: number
  readonly flop_mid: number
  readonly flop_hi: number
}

export function operationsOf({ flop_lo, flop_mid, flop_hi }: Flop): Operations {
  return { lo: flop_lo, mid: flop_mid, hi: flop_hi }
}

/** The middle, and below it the interval with the tier that made it. */
export function operationsCell(operations: Operations, tier: Tier | null): Html {
  if (operations.hi === 0) return html`<span class="soft">none</span>`
  return html`<b>${compute(operations.mid)}</b> <small>${bounds(operations)} ${tierBadge(tier)}</small>`
}

export function link(path: string, id: string, text: Content = id): Html {
  return html`<a href="${path}/${encodeURIComponent(id)}">${text}</a>`
}

/** A tenant by its id; compute that nobody is named for has a page of its own. */
export function tenantLink(tenantId: string, text: Content = tenantId): Html {
  if (tenantId === '') return html`<a href="/unattributed">unattributed compute</a>`
  return link('/tenants', tenantId, text)
}

export function time(at: Instant): Html {
  return html`<time datetime="${formatInstant(at)}">${moment(at)}</time>`
}

export function statusBadge(status: string): Html {
  return badge(status, status === '' ? 'not determined' : `${status}${STATUS_TAIL[status] ?? ''}`)
}

const STATUS_TAIL: Readonly<Record<string, string>> = {
  foreign: ' person',
  domestic: '',
  unknown: ' identity',
}

export function severityBadge(severity: string): Html {
  return badge(severity, words(severity))
}
