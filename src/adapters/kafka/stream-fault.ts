import { Fault } from '../../domain/fault.ts'
import type { KafkaSettings } from '../../domain/kafka-settings.ts'

/** What kafkajs throws, as one sentence and a Fault; every failure of the stream is retryable. */

/** Runs a call of kafkajs; `what` says in the fault what was under way. */
export async function guarded<T>(
  settings: KafkaSettings,
  what: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw toStreamFault(settings, what, cause)
  }
}

export function toStreamFault(settings: KafkaSettings, what: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  const root = rootOf(cause)
  const place = `Kafka at ${settings.brokers.join(', ')}`
  const sentence =
    root.name === 'KafkaJSSASLAuthenticationError'
      ? `${place} refused the login of ${settings.login?.username} by ${settings.login?.mechanism}`
      : `${place} cannot ${what}: ${firstLine(root.message)}`
  return new Fault('STREAM_UNAVAILABLE', sentence, { cause })
}

/** The type of a protocol error, e.g. REBALANCE_IN_PROGRESS; '' for anything else. */
export function errorType(cause: unknown): string {
  const root = rootOf(cause)
  return 'type' in root && typeof root.type === 'string' ? root.type : ''
}

/** kafkajs wraps an error once for each layer of retries. */
function rootOf(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause))
  if ('errors' in cause && Array.isArray(cause.errors) && cause.errors[0] instanceof Error) {
    return rootOf(cause.errors[0])
  }
  return cause.cause instanceof Error ? rootOf(cause.cause) : cause
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.slice(0, 300).trim() ?? ''
}
