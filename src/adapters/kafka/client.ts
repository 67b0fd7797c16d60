import { readFileSync } from 'node:fs'
import kafkajs, { type Kafka, type LogEntry, type SASLOptions } from 'kafkajs'
import { Fault } from '../../domain/fault.ts'
import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import { registerCodecs } from './codecs.ts'
import { repairKafkajs } from './repairs.ts'

/** A connection to nothing yet: how brokers are reached, who logs in, and where the log goes. */

const CONNECT_TIMEOUT_MS = 5000

/**
 * A client for one consumer, producer or admin. Never share one: clients of a group on one
 * instance share a cache of committed offsets that each of them clears. Throws CONFIG_INVALID.
 */
export function openClient(settings: KafkaSettings, logger: Logger): Kafka {
  registerCodecs()
  repairKafkajs()
  const { brokers, login } = settings
  return new kafkajs.Kafka({
    clientId: 'flopwatch',
    brokers: [...brokers],
    ssl: settings.tls && authorities(settings.ca_file),
    ...(login ? { sasl: { ...login } as SASLOptions } : {}),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    authenticationTimeout: settings.request_timeout_s * 1000,
    requestTimeout: settings.request_timeout_s * 1000,
    // Stated, for the defaults change when NODE_ENV is test.
    retry: { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, multiplier: 2, retries: 5 },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => entry => passOn(entry, logger),
  })
}

function authorities(file: string | null): true | { ca: string } {
  if (file === null) return true
  try {
    return { ca: readFileSync(file, 'utf8') }
  } catch (cause) {
    throw new Fault('CONFIG_INVALID', `KAFKA_CA_FILE cannot be read: ${file}`, { cause })
  }
}

/**
 * What kafkajs calls errors it mostly repairs itself a moment later; what it cannot repair comes
 * as a fault or as trouble of the consumer. So its words are for those who look closely.
 */
function passOn({ namespace, log }: LogEntry, logger: Logger): void {
  const { message, timestamp, logger: _, stack, ...rest } = log
  logger.debug({ kafka: namespace, ...rest }, message)
}
