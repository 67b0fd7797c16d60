import { canonicalJson } from '../domain/canonical.ts'
import type { SealedCaseEvent } from '../domain/case/case-event.ts'
import { EVENT_TOPICS } from '../domain/kafka-settings.ts'
import { type Instant, MINUTE_MS, SECOND_MS, toSqlTime } from '../domain/window.ts'
import type { Clock } from '../ports/clock.ts'
import type { EventSink, EventTopic, OutgoingEvent } from '../ports/event-sink.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Store } from '../ports/store.ts'
import { readRecords } from './cases/ledger.ts'

/**
 * Publishes what ticks and people leave in append-only tables. An event counts as published once
 * that is recorded after its delivery, so a crash between the two delivers it again, under the
 * same key. Nothing else waits for it: while a sink is down, detection goes on and events pile up.
 */

/** How an event reads outside: the same as over HTTP. */
export interface EventAnswers {
  finding(row: QueryRow<'report-findings'>): object
  caseEvent(event: SealedCaseEvent): object
  report(row: QueryRow<'report-content'>): object
}

export interface OutboxDeps {
  readonly store: Store
  readonly clock: Clock
  readonly instance: string
  readonly sinks: readonly EventSink[]
  readonly answers: EventAnswers
}

export interface Published {
  readonly sink: string
  readonly topic: EventTopic
  readonly published: number
  /** Events that wait after this round, and how long the oldest had waited before it. */
  readonly pending: number
  readonly oldest_s: number
  /** Why the sink took no more; null also while it is left in peace after a failure. */
  readonly fault: string | null
}

export interface Outbox {
  /** One round: a bounded number of events of each topic to each sink. */
  publish(): Promise<Published[]>
}

const EVENTS_PER_ROUND = 500
const SCHEMA = 'flopwatch.event/1'
/** A sink that failed is tried again after a second, and then ever less often. */
const REST_MIN_MS = SECOND_MS
const REST_MAX_MS = 5 * MINUTE_MS
/** Beyond every event: nothing waits. */
const NO_END = '2200-01-01 00:00:00.000000'

interface Place {
  readonly sink: EventSink
  readonly topic: EventTopic
}

export function createOutbox(deps: OutboxDeps): Outbox {
  const rests = new Map<string, { readonly failures: number; readonly until: Instant }>()
  const publishTo = async (sink: EventSink): Promise<Published[]> => {
    const rest = rests.get(sink.name)
    const isResting = deps.clock.now() < (rest?.until ?? 0)
    const results: Published[] = []
    for (const topic of EVENT_TOPICS) {
      const isFailing = results.some(({ fault }) => fault !== null)
      results.push(await publishTopic(deps, { sink, topic }, isResting || isFailing))
    }
    if (isResting) return results
    if (results.every(({ fault }) => fault === null)) {
      rests.delete(sink.name)
    } else {
      const failures = (rest?.failures ?? 0) + 1
      const rest_ms = Math.min(REST_MIN_MS * 2 ** (failures - 1), REST_MAX_MS)
      rests.set(sink.name, { failures, until: deps.clock.now() + rest_ms })
    }
    return results
  }
  return {
    publish: async () => (await Promise.all(deps.sinks.map(publishTo))).flat(),
  }
}

async function publishTopic(
  deps: OutboxDeps,
  { sink, topic }: Place,
  onlyCount: boolean,
): Promise<Published> {
  const { store, clock } = deps
  const place = { sink: sink.name, topic }
  const rows = await store.query('outbox-pending', { ...place, limit: EVENTS_PER_ROUND })
  const [first] = rows
  // By two clocks, so it may come out a little early.
  const oldest_s = first ? Math.max(0, clock.now() - first.oldest) / 1000 : 0
  const counted = { ...place, pending: first?.pending ?? 0, oldest_s }
  if (onlyCount || !first) return { ...counted, published: 0, fault: null }
  const waiting = await readEvents(deps, topic, rows)
  const events = waiting.map(({ event }) => event)
  const { delivered, fault } =
    events.length > 0 ? await sink.deliver(events) : { delivered: 0, fault: null }
  await record(deps, { sink, topic }, waiting.slice(0, delivered))
  // A full round may have left more behind its last event, a failed one what it did not deliver.
  const left = rows.length === EVENTS_PER_ROUND ? rows.at(-1) : undefined
  const until = waiting[delivered]?.row.stored_at ?? left?.stored_at ?? NO_END
  if (delivered > 0) await store.execute('outbox-advance', { ...place, until })
  const lost = rows.length - waiting.length
  return { ...counted, pending: counted.pending - lost - delivered, published: delivered, fault }
}

type Pending = QueryRow<'outbox-pending'>

interface Waiting {
  readonly row: Pending
  readonly event: OutgoingEvent
}

/** The events in the order of the rows, less case events that do not stand. */
async function readEvents(
  deps: OutboxDeps,
  topic: EventTopic,
  rows: readonly Pending[],
): Promise<Waiting[]> {
  const contents = await readContents(deps, topic, rows)
  return rows.flatMap(row => {
    const data = contents.get(row.key)
    if (data === undefined) return []
    const { id: subject, key: idempotency_key } = row
    const stored_at = `${row.stored_at.replace(' ', 'T')}Z`
    const envelope = { schema: SCHEMA, topic, idempotency_key, subject, stored_at, data }
    return [{ row, event: { topic, subject, idempotency_key, body: canonicalJson(envelope) } }]
  })
}

/** What each event says, by its key. */
async function readContents(
  { store, answers }: OutboxDeps,
  topic: EventTopic,
  rows: readonly Pending[],
): Promise<ReadonlyMap<string, object>> {
  if (topic === 'findings') {
    const found = await store.query('report-findings', {
      findings: rows.map(row => row.id),
      versions: rows.map(row => row.number),
      limit: rows.length,
    })
    return new Map(found.map(row => [`${row.finding_id}@${row.version}`, answers.finding(row)]))
  }
  if (topic === 'cases') {
    const records = await readRecords(store, [...new Set(rows.map(row => row.id))])
    const stands = new Map(
      records.flatMap(({ standing }) => standing.map(event => [event.hash, event] as const)),
    )
    return new Map(
      rows.flatMap(({ key, hash }) => {
        const event = stands.get(hash)
        if (!event) return []
        const { case_id, group_id } = event
        return [[key, { case_id, group_id, ...answers.caseEvent(event) }] as const]
      }),
    )
  }
  const contents = new Map<string, object>()
  for (const { id, key } of rows) {
    const [report] = await store.query('report-content', { report_id: id })
    if (report) contents.set(key, answers.report(report))
  }
  return contents
}

function record(
  { store, clock, instance }: OutboxDeps,
  { sink, topic }: Place,
  delivered: readonly Waiting[],
): Promise<void> {
  const at = toSqlTime(clock.now())
  const place = { sink: sink.name, topic, at, instance }
  return store.append(
    'published',
    delivered.map(({ row: { key, stored_at } }) => ({ ...place, key, stored_at })),
  )
}
