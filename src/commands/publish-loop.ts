import { setTimeout as delay } from 'node:timers/promises'
import { createStreamSink } from '../adapters/stream-sink.ts'
import { createWebhookSink } from '../adapters/webhook/webhook-sink.ts'
import type { App } from '../app.ts'
import { answerCaseEvent } from '../http/answers/case.ts'
import { answerVersion } from '../http/answers/finding.ts'
import { answerReport } from '../http/answers/report.ts'
import type { EventSink } from '../ports/event-sink.ts'
import type { EventStream } from '../ports/event-stream.ts'
import type { Fence } from '../ports/fence.ts'
import type { Metrics } from '../ports/metrics.ts'
import { createOutbox } from '../stages/outbox.ts'

/**
 * Gets events out beside the ticks, so that a sink that does not answer holds no detection up. Only
 * the active instance publishes; two at once would deliver twice, under the same keys.
 */

export interface PublishLoop {
  /** Waits for the round under way and stops. */
  stop(): Promise<void>
}

/** An endpoint that takes longer to answer has not taken the event. */
const WEBHOOK_TIMEOUT_S = 10

/** Every place that events go to by the settings; none means that nothing is published. */
export function openSinks(app: App, stream: EventStream | null): EventSink[] {
  const { kafka, webhooks } = app.settings
  const { secret } = webhooks
  return [
    ...(stream ? [createStreamSink(stream, kafka.topic_prefix)] : []),
    ...webhooks.urls.map(url =>
      createWebhookSink({ url, secret, clock: app.clock, timeout_s: WEBHOOK_TIMEOUT_S }),
    ),
  ]
}

export function startPublishLoop(
  app: App,
  metrics: Metrics,
  sinks: readonly EventSink[],
  fence: Fence,
): PublishLoop {
  const { store, clock, instance, logger, settings } = app
  const cancel = new AbortController()
  const answers = { finding: answerVersion, caseEvent: answerCaseEvent, report: answerReport }
  const outbox = createOutbox({ store, clock, instance, sinks, answers })
  const publishOnce = async (): Promise<void> => {
    for (const { sink, topic, published, pending, oldest_s, fault } of await outbox.publish()) {
      metrics.outbox(sink, topic, pending, pending > 0 ? oldest_s : 0)
      metrics.published(sink, topic, published, fault !== null)
      if (fault !== null)
        logger.warn({ sink, topic, pending, fault }, 'events wait: the sink took no more')
    }
  }
  const run = async (): Promise<void> => {
    while (!cancel.signal.aborted) {
      try {
        if (fence.generation() !== null) await publishOnce()
      } catch (fault) {
        logger.error({ fault }, 'publishing failed; the next round does its work again')
      }
      const wait_ms = settings.detect.quiet_tick_s * 1000
      await delay(wait_ms, undefined, { signal: cancel.signal }).catch(() => undefined)
    }
  }
  const running = sinks.length > 0 ? run() : Promise.resolve()
  return {
    stop: async () => {
      cancel.abort()
      await running
    },
  }
}
