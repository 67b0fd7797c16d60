import { Fault } from '../domain/fault.ts'
import { formatInstant } from '../domain/window.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Store } from '../ports/store.ts'
import { type ReplayOutcome, replayQuarantine } from '../stages/ingest/replay.ts'
import { createProgress } from '../terminal/progress.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, EXIT, type GlobalOptions, printLine } from './context.ts'
import { openForCommand } from './open.ts'

/** `flopwatch quarantine list|show|replay`: what was not taken in, and another try at it. */

export interface QuarantineOptions extends GlobalOptions {
  readonly stream?: string
  readonly reason?: string
  /** Records that are listed, or tried again, at most. */
  readonly limit?: string
}

type Quarantined = QueryRow<'quarantine-get'>

export async function quarantineCommand(
  context: CommandContext,
  options: QuarantineOptions,
  [action = 'list', ...ids]: readonly string[],
): Promise<number> {
  const run = { list: listRecords, show: showRecords, replay: replayRecords }[action]
  if (!run)
    throw new Fault('USAGE', `quarantine ${action}: there is list, show ID and replay [ID…]`)
  const app = await openForCommand(context, options)
  try {
    return await run(context, app, options, ids)
  } finally {
    await app.close()
  }
}

type Run = (
  context: CommandContext,
  app: Awaited<ReturnType<typeof openForCommand>>,
  options: QuarantineOptions,
  ids: readonly string[],
) => Promise<number>

const LIST_MAX = 50

const listRecords: Run = async (context, { store }, options) => {
  const limit = readLimit(options.limit) ?? LIST_MAX
  const rows = await openRecords(store, options, limit + 1)
  const shown = rows.slice(0, limit)
  if (options.json === true) {
    printLine(context, JSON.stringify({ records: shown, more: rows.length > limit }, null, 2))
    return EXIT.done
  }
  const columns = ['id', 'received', 'stream', 'reason', 'came from', 'what was wrong']
  const cells = shown.map(row => [
    row.quarantine_id,
    formatInstant(row.received_at),
    row.stream,
    row.reason,
    `${row.source}:${row.position}`,
    row.detail,
  ])
  printLine(
    context,
    formatTable(
      columns.map(name => ({ name })),
      cells,
    ),
  )
  const more = rows.length > limit ? `; there are more, see --limit` : ''
  printLine(context, `${shown.length} records${more}`)
  return EXIT.done
}

const showRecords: Run = async (context, { store }, options, ids) => {
  if (ids.length === 0) throw new Fault('USAGE', 'name at least one id; `quarantine list` has them')
  for (const id of ids) {
    const row = await oneRecord(store, id)
    const raw = Buffer.from(row.raw_base64, 'base64').toString('utf8')
    if (options.json === true) printLine(context, JSON.stringify(row, null, 2))
    else {
      const replayed =
        row.replayed_at === null ? '' : `, taken in ${formatInstant(row.replayed_at)}`
      printLine(context, `${id}  ${row.stream}  ${row.reason}: ${row.detail}`)
      printLine(context, `from ${row.source}, record ${row.position}${replayed}`)
      printLine(context, JSON.stringify(raw))
    }
  }
  return EXIT.done
}

/** Records that one statement reads; a replay goes through as many as there are. */
const PAGE = 1000

const replayRecords: Run = async (context, app, options, ids) => {
  const rows: Quarantined[] = []
  if (ids.length > 0) for (const id of ids) rows.push(await oneRecord(app.store, id))
  else {
    const limit = readLimit(options.limit) ?? Number.POSITIVE_INFINITY
    const found = await openRecords(app.store, options, limit)
    for (const { quarantine_id } of found) rows.push(await oneRecord(app.store, quarantine_id))
  }
  const progress = createProgress(context.stderr, 'Replay', rows.length, 'records')
  const outcomes = new Map<string, ReplayOutcome>()
  for (let at = 0; at < rows.length; at += PAGE) {
    const part = await replayQuarantine(app, rows.slice(at, at + PAGE))
    for (const [id, outcome] of part) outcomes.set(id, outcome)
    progress.at(Math.min(at + PAGE, rows.length))
  }
  progress.finish()
  const count = (wanted: ReplayOutcome) =>
    [...outcomes.values()].filter(outcome => outcome === wanted).length
  const sums = { taken: count('taken'), refused: count('refused'), incomplete: count('incomplete') }
  if (options.json === true) printLine(context, JSON.stringify(sums))
  else {
    printLine(
      context,
      `${sums.taken} taken in, ${sums.refused} still refused, ${sums.incomplete} kept only in part`,
    )
  }
  return sums.refused + sums.incomplete === 0 ? EXIT.done : EXIT.quarantined
}

/** What is still in quarantine, newest first, page by page. */
async function openRecords(store: Store, { stream, reason }: QuarantineOptions, limit: number) {
  const rows: QueryRow<'quarantine-list'>[] = []
  let after: { at: number; id: string } = { at: FAR, id: '' }
  while (rows.length < limit) {
    const page = await store.query('quarantine-list', {
      from: 0,
      until: FAR,
      stream: stream ?? '',
      reason: reason ?? '',
      after_at: after.at,
      after_id: after.id,
      open_only: true,
      limit: Math.min(PAGE, limit - rows.length),
    })
    rows.push(...page)
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    after = { at: last.received_at, id: last.quarantine_id }
  }
  return rows
}

/** Later than any time of receipt, and within what the store can hold: the year 2100. */
const FAR = 4_102_444_800_000

async function oneRecord(store: Store, id: string): Promise<Quarantined> {
  const [row] = await store.query('quarantine-get', { id })
  if (!row) throw new Fault('NOT_FOUND', `nothing in quarantine has the id "${id}"`)
  return row
}

function readLimit(text: string | undefined): number | null {
  if (text === undefined) return null
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new Fault('USAGE', `--limit "${text}" is not a whole number above 0`)
}
