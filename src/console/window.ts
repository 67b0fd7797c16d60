import { Fault } from '../domain/fault.ts'
import {
  DAY_MS,
  floorHour,
  HOUR_MS,
  type Instant,
  parseInstant,
  type Window,
} from '../domain/window.ts'
import type { ConsoleDeps } from './deps.ts'
import { day } from './format.ts'
import { type Html, html } from './html.ts'

/** Which stretch of time a page is about: what the reader chose, else the newest that is stored. */

export const SHOWN_DAYS = 90

export interface View extends Window {
  readonly is_default: boolean
  /** How far the last finished tick looked; null before the first. */
  readonly as_of: Instant | null
  /** False while no usage is stored at all. */
  readonly has_usage: boolean
}

export async function readView(
  { store, clock }: ConsoleDeps,
  query: Readonly<Record<string, string>>,
): Promise<View> {
  const [extent] = await store.query('read-extent', {})
  const last = extent?.last_hour ?? null
  const first = extent?.first_hour ?? null
  const newest = last === null ? clock.now() : last + HOUR_MS
  const end = chosen(query['to'], 'to') ?? newest
  const earliest = Math.max(end - SHOWN_DAYS * DAY_MS, first ?? 0)
  const start = chosen(query['from'], 'from') ?? (earliest < end ? earliest : end - DAY_MS)
  if (start >= end) throw new Fault('USAGE', '`from` must be before `to`')
  return {
    start: floorHour(start),
    end,
    is_default: !query['from'] && !query['to'],
    as_of: extent?.until ?? null,
    has_usage: last !== null,
  }
}

function chosen(text: string | undefined, name: string): Instant | null {
  if (text === undefined || text === '') return null
  const at = parseInstant(text)
  if (at === null) throw new Fault('USAGE', `\`${name}\` must be a date such as 2026-01-31`)
  return at
}

/** Lets the reader choose another stretch; plain form, no script. */
export function windowForm({ start, end }: Window): Html {
  return html`<form class="window" method="get"><label>from<input type="date" name="from" value="${day(start)}"></label>
<label>to<input type="date" name="to" value="${day(end)}"></label><button>Show</button></form>`
}
