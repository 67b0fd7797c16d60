import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import kafkajs, { type Kafka, type LogEntry, type SASLOptions } from 'kafkajs'
import { Fault } from '../../domain/fault.ts'
import type { KafkaSettings } from '../../domain/kafka-settings.ts'
import type { Logger } from '../../ports/clock.ts'
import { registerCodecs } from './codecs.ts'

/** A connection to nothing yet: how brokers are reached, who logs in, and where the log goes. */

const CONNECT_TIMEOUT_MS = 5000

/**
 * A client for one consumer, producer or admin. Never share one: clients of a group on one
 * instance share a cache of committed offsets that each of them clears. Throws CONFIG_INVALID.
 */
export function openClient(settings: KafkaSettings, logger: Logger): Kafka {
  registerCodecs()
  repairTimers()
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

/**
 * kafkajs 2.2.4 sets a timer for a time long past whenever no request waits: Node 24 warns of it,
 * and each answer costs a timer. With nothing pending there is nothing to check; a request that
 * comes to wait sets the timer itself.
 */
function repairTimers(): void {
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js')
  const { prototype } = queue
  if (Object.hasOwn(prototype, REPAIRED)) return
  const check = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests() {
    if (this.pending.length > 0) check.call(this)
  }
  prototype[REPAIRED] = true
}

const REPAIRED = Symbol('checks only what is pending')
