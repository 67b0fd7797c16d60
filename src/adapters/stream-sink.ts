import type { EventSink } from '../ports/event-sink.ts'
import type { EventStream } from '../ports/event-stream.ts'

/**
 * Topics of a partitioned log as a sink. The subject is the key of a message, so that events of
 * one finding, case or report stay in one partition and in order.
 */
export function createStreamSink(stream: EventStream, topicPrefix: string): EventSink {
  return {
    name: 'stream',
    async deliver(events) {
      const [first] = events
      if (!first) return { delivered: 0, fault: null }
      const messages = events.map(({ subject, body, idempotency_key }) => ({
        key: subject,
        value: body,
        headers: { 'idempotency-key': idempotency_key, 'content-type': 'application/json' },
      }))
      try {
        await stream.publish(`${topicPrefix}${first.topic}`, messages)
        return { delivered: events.length, fault: null }
      } catch (cause) {
        return { delivered: 0, fault: cause instanceof Error ? cause.message : String(cause) }
      }
    },
  }
}
