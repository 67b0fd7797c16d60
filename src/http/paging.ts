import { z } from 'zod'
import { Fault } from '../domain/fault.ts'
import { DAY_MS, formatInstant, type Instant, parseInstant, type Window } from '../domain/window.ts'

/**
 * Lists in pages: the cursor holds the key of the last row and the window of the first page, so
 * that rows which arrive in between neither repeat nor hide others.
 */

export const LIMIT_MAX = 1000
/** The window when a caller names none; the answer says that it was so. */
export const WINDOW_DEFAULT_DAYS = 365

const time = z
  .string()
  .refine(text => parseInstant(text) !== null, 'must be a time as in RFC 3339')
  .transform(text => parseInstant(text) ?? 0)

export const windowQuery = {
  from: time.optional().describe('start of the window, included; RFC 3339'),
  to: time
    .optional()
    .describe(
      `end of the window, excluded; the present when left out. \`from\` is ${WINDOW_DEFAULT_DAYS} days before \`to\` when left out`,
    ),
}

export const pageQuery = {
  ...windowQuery,
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(100).describe('rows in a page'),
  cursor: z
    .string()
    .max(2000)
    .optional()
    .describe('`next` of the page before; filters are repeated, the window is kept by the cursor'),
}

/** A filter that may be given more than once. */
export const many = z
  .union([z.string(), z.array(z.string()).max(100)])
  .optional()
  .transform(given => (given === undefined ? [] : typeof given === 'string' ? [given] : given))

export interface ChosenWindow extends Window {
  /** True where the caller named no `from` or no `to`. */
  readonly is_default: boolean
}

export interface Page {
  readonly list: string
  readonly window: ChosenWindow
  readonly limit: number
  /** Key of the last row of the page before; null on the first page. */
  readonly after: readonly (string | number)[] | null
}

interface WindowQuery {
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
}

interface PageQuery extends WindowQuery {
  readonly limit: number
  readonly cursor?: string | undefined
}

export function readWindow({ from, to }: WindowQuery, now: Instant): ChosenWindow {
  const end = to ?? now
  const start = from ?? end - WINDOW_DEFAULT_DAYS * DAY_MS
  if (start >= end) throw new Fault('USAGE', '`from` must be before `to`')
  return { start, end, is_default: from === undefined || to === undefined }
}

export function readPage(list: string, query: PageQuery, now: Instant): Page {
  const { limit, cursor } = query
  if (cursor === undefined) return { list, window: readWindow(query, now), limit, after: null }
  const read = cursorShape.safeParse(decode(cursor))
  if (!read.success || read.data.list !== list) {
    throw new Fault('USAGE', `the cursor is not one that the list of ${list} gave`)
  }
  const { from, to, is_default, after } = read.data
  return { list, window: { start: from, end: to, is_default }, limit, after }
}

const cursorShape = z.object({
  list: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  is_default: z.boolean(),
  after: z.array(z.union([z.string(), z.number()])).min(1),
})

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

/** The shape of every list; `item` is the shape of its rows. */
export function pageShape<S extends z.ZodType>(item: S) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('cursor of the next page; null on the last one'),
    limit: z.number(),
    window: windowShape,
  })
}

export const windowShape = z
  .object({
    from: z.string(),
    to: z.string(),
    is_default: z.boolean().describe('the caller left out `from` or `to`'),
  })
  .meta({ id: 'Window' })

export function describeWindow({ start, end, is_default }: ChosenWindow) {
  return { from: formatInstant(start), to: formatInstant(end), is_default }
}

/**
 * Cuts a page out of rows of which one more than the limit was asked for: that there is one more
 * is how the last page is known.
 */
export function answerPage<Row, Item>(
  { list, window, limit }: Page,
  rows: readonly Row[],
  keyOf: (row: Row) => readonly (string | number)[],
  item: (row: Row) => Item,
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    items: shown.map(item),
    next: more ? encode(list, window, keyOf(last)) : null,
    limit,
    window: describeWindow(window),
  }
}

function encode(list: string, window: ChosenWindow, after: readonly (string | number)[]): string {
  const { start: from, end: to, is_default } = window
  return Buffer.from(JSON.stringify({ list, from, to, is_default, after })).toString('base64url')
}
