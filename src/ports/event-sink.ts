import type { EVENT_TOPICS } from '../domain/kafka-settings.ts'

/** Kinds of events that go out, by the name of their topic. */
export type EventTopic = (typeof EVENT_TOPICS)[number]

/** One event as it leaves the product. */
export interface OutgoingEvent {
  readonly topic: EventTopic
  /** The finding, case or report that it is about: events of one subject stay in order. */
  readonly subject: string
  /** The same for every delivery of this event, so that a receiver can tell it has it already. */
  readonly idempotency_key: string
  /** JSON: schema, topic, idempotency_key, subject, stored_at, data. */
  readonly body: string
}

export interface SinkAnswer {
  /** How many of the events, from the first on, the other side has for certain. */
  readonly delivered: number
  /** Why it has no more of them, null when it has all. */
  readonly fault: string | null
}

/** Where events go. Each is delivered at least once, those of one topic in order. */
export interface EventSink {
  /** Stands in the store and in metrics: stable over restarts, and without secrets. */
  readonly name: string
  /** Never throws; stops at the first event that is not taken. */
  deliver(events: readonly OutgoingEvent[]): Promise<SinkAnswer>
}
