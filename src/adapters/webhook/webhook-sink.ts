import { sha256Hex } from '../../domain/canonical.ts'
import type { Clock } from '../../ports/clock.ts'
import type { EventSink, OutgoingEvent } from '../../ports/event-sink.ts'
import { signature } from './sign.ts'

/** An HTTP endpoint that is sent every event by POST, one at a time, signed. */

export interface WebhookOptions {
  readonly url: string
  readonly secret: string
  readonly clock: Clock
  /** An endpoint that has not answered by then has not taken the event. */
  readonly timeout_s: number
}

export function createWebhookSink(options: WebhookOptions): EventSink {
  const { host } = new URL(options.url)
  return {
    // A path or a query may hold a token of the receiver's; its hash tells endpoints apart.
    name: `webhook:${host}#${sha256Hex(options.url).slice(0, 8)}`,
    async deliver(events) {
      let delivered = 0
      for (const event of events) {
        const fault = await post(options, event)
        if (fault !== null) return { delivered, fault }
        delivered += 1
      }
      return { delivered, fault: null }
    },
  }
}

/** Why the endpoint did not take the event, or null. */
async function post(
  { url, secret, clock, timeout_s }: WebhookOptions,
  { topic, idempotency_key, body }: OutgoingEvent,
): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'idempotency-key': idempotency_key,
        'flopwatch-topic': topic,
        'flopwatch-signature': signature(secret, clock.now(), body),
      },
      // What an endpoint points to elsewhere is not what the operator named.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout_s * 1000),
    })
    await response.body?.cancel()
    return response.ok ? null : `${idempotency_key} was answered with ${response.status}`
  } catch (cause) {
    return `${idempotency_key} was not taken: ${reasonOf(cause)}`
  }
}

/** What fetch says, less the address: a failure to connect is in the cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const { cause } = thrown
  if (thrown.name === 'TimeoutError') return 'no answer in time'
  return cause instanceof Error && 'code' in cause ? String(cause.code) : thrown.message
}
