import { z } from 'zod'
import { deriveSettings } from './derive-settings.ts'
import { isTimeZone } from './filing-clock.ts'
import { INGEST_DEFAULTS, type IngestSettings } from './ingest-settings.ts'
import { type KafkaSettings, kafkaSettings, SASL_MECHANISMS } from './kafka-settings.ts'
import { linkSettings } from './link-settings.ts'
import { meterSettings } from './meter-settings.ts'
import { formatInstant, parseInstant } from './window.ts'

/** Every setting of the product: what files may hold, what only the environment may hold. */

const bytes = z.int().min(1024)
const count = z.int().positive()
const seconds = z.number().positive()

const ingestFile = z
  .strictObject({
    body_bytes_max: bytes.default(INGEST_DEFAULTS.body_bytes_max),
    record_bytes_max: bytes.default(INGEST_DEFAULTS.record_bytes_max),
    raw_bytes_kept: bytes.default(INGEST_DEFAULTS.raw_bytes_kept),
    extra_characters_max: count.default(INGEST_DEFAULTS.extra_characters_max),
    batch_rows: count.max(1_000_000).default(INGEST_DEFAULTS.batch_rows),
    batch_characters: count.default(INGEST_DEFAULTS.batch_characters),
    store_lines_min: count.default(INGEST_DEFAULTS.store_lines_min),
    future_skew_s: z.number().nonnegative().default(INGEST_DEFAULTS.future_skew_s),
    time_min: z
      .string()
      .refine(text => parseInstant(text) !== null, 'must be an RFC 3339 time')
      .default(formatInstant(INGEST_DEFAULTS.time_min)),
    bodies_max: count.default(INGEST_DEFAULTS.bodies_max),
    retry_after_s: seconds.default(INGEST_DEFAULTS.retry_after_s),
    devices_max: count.default(INGEST_DEFAULTS.devices_max),
  })
  .prefault({})

const detect = z
  .strictObject({
    /** How often the stages look for dirty hours, and the pause after a tick. */
    tick_s: seconds.default(0.25),
    /**
     * Without dirty hours they run so often: identities, commitments and time move as well. So long is
     * also the wait after a tick that failed or is another instance's, and between publications.
     */
    quiet_tick_s: seconds.default(10),
    /**
     * Devices whose hours one tick rebuilds: beyond that tenants take turns, so that no finding waits
     * for the whole fleet. A tenant with more has its turn in slices.
     */
    devices_per_tick: z.int().min(1).max(100_000_000).default(1000),
    /** Tenants with a bound so little below a limit are in every tick. */
    near_share: z.number().min(0).max(1).default(0.02),
    /** A finding is stated anew when a bound moved by at least this share. */
    finding_restate_ratio: z.number().min(0).max(1).default(0.05),
  })
  .prefault({})

/** Who files: the provider itself, as every report names it. Empty text = not stated. */
const filer = z
  .strictObject({
    legal_name: z.string().default(''),
    address: z.string().default(''),
    contact_name: z.string().default(''),
    contact_email: z.union([z.literal(''), z.email()]).default(''),
    contact_phone: z.string().default(''),
  })
  .prefault({})
export type Filer = z.output<typeof filer>

/** What `config/default.yaml` and a site's file may hold. Secrets and endpoints are not in it. */
export const settingsFile = z.strictObject({
  store: z.strictObject({ path: z.string().min(1).default('data') }).prefault({}),
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8080),
    })
    .prefault({}),
  ingest: ingestFile,
  kafka: kafkaSettings,
  meter: meterSettings,
  derive: deriveSettings,
  links: linkSettings,
  detect,
  regime: z.string().min(1).default('us-iaas-2024'),
  filer,
  filing_time_zone: z.string().refine(isTimeZone, 'must be an IANA time zone').default('UTC'),
})
export type SettingsFile = z.output<typeof settingsFile>

const list = z
  .string()
  .transform(text => text.split(',').map(part => part.trim()))
  .pipe(z.array(z.string().min(1, 'has an empty entry')))

/** Events name customers: they leave this host encrypted or not at all. */
function isWebhook(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  if (protocol === 'https:') return true
  return protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/**
 * Variables that are read; everything that is secret or says where to connect. Where there is a
 * `NAME_FILE` beside `NAME`, it names a file that holds the value.
 */
export const settingsEnvironment = z
  .object({
    CLICKHOUSE_URL: z
      .url({ protocol: /^https?$/, error: 'must be a http or https URL' })
      .optional(),
    CLICKHOUSE_DATABASE: z
      .string()
      .regex(/^[\w-]+$/, 'is not a plain name')
      .default('default'),
    CLICKHOUSE_USER: z.string().default('default'),
    CLICKHOUSE_PASSWORD: z.string().default(''),
    CLICKHOUSE_PASSWORD_FILE: z.string().optional(),
    CLICKHOUSE_CLUSTER: z
      .string()
      .regex(/^[\w.-]+$/, 'is not the name of a cluster')
      .optional(),
    KAFKA_BROKERS: list.optional(),
    KAFKA_TLS: z.enum(['true', 'false'], 'must be true or false').default('false'),
    KAFKA_CA_FILE: z.string().optional(),
    KAFKA_SASL_MECHANISM: z
      .enum(SASL_MECHANISMS, `must be one of ${SASL_MECHANISMS.join(', ')}`)
      .optional(),
    KAFKA_USERNAME: z.string().default(''),
    KAFKA_PASSWORD: z.string().default(''),
    KAFKA_PASSWORD_FILE: z.string().optional(),
    FLOPWATCH_TOKENS: list
      .pipe(z.array(z.string().min(16, 'has a token of fewer than 16 characters')))
      .optional(),
    FLOPWATCH_TOKENS_FILE: z.string().optional(),
    FLOPWATCH_WEBHOOKS: list
      .pipe(z.array(z.string().refine(isWebhook, 'must be https URLs, or http ones of this host')))
      .optional(),
    FLOPWATCH_WEBHOOK_SECRET: z
      .string()
      .min(16, 'is a secret of fewer than 16 characters')
      .optional(),
    FLOPWATCH_WEBHOOK_SECRET_FILE: z.string().optional(),
  })
  .refine(given => !given.FLOPWATCH_WEBHOOKS || given.FLOPWATCH_WEBHOOK_SECRET !== undefined, {
    path: ['FLOPWATCH_WEBHOOKS'],
    message: 'needs FLOPWATCH_WEBHOOK_SECRET',
  })
  .refine(given => given.KAFKA_CA_FILE === undefined || given.KAFKA_TLS === 'true', {
    path: ['KAFKA_CA_FILE'],
    message: 'needs KAFKA_TLS=true',
  })
  .refine(given => given.KAFKA_SASL_MECHANISM === undefined || given.KAFKA_USERNAME !== '', {
    path: ['KAFKA_SASL_MECHANISM'],
    message: 'needs KAFKA_USERNAME and KAFKA_PASSWORD',
  })
  .refine(given => given.KAFKA_SASL_MECHANISM !== undefined || given.KAFKA_USERNAME === '', {
    path: ['KAFKA_USERNAME'],
    message: 'needs KAFKA_SASL_MECHANISM',
  })
export type SettingsEnvironment = z.output<typeof settingsEnvironment>

export interface ServerStore {
  readonly url: string
  readonly database: string
  readonly user: string
  readonly password: string
  readonly cluster: string | null
}

export interface Settings extends Omit<SettingsFile, 'store' | 'http' | 'ingest' | 'kafka'> {
  /** `server` null: the embedded engine with its data under `path`. */
  readonly store: SettingsFile['store'] & { readonly server: ServerStore | null }
  readonly kafka: KafkaSettings
  /** Endpoints that events are sent to, and what they are signed with; '' without any. */
  readonly webhooks: { readonly urls: readonly string[]; readonly secret: string }
  readonly http: SettingsFile['http'] & { readonly tokens: readonly string[] }
  readonly ingest: IngestSettings
}

/** Joins both halves. An unset or empty variable counts as absent. */
export function assembleSettings(file: SettingsFile, environment: SettingsEnvironment): Settings {
  const { CLICKHOUSE_URL: url } = environment
  const server =
    url === undefined
      ? null
      : {
          url,
          database: environment.CLICKHOUSE_DATABASE,
          user: environment.CLICKHOUSE_USER,
          password: environment.CLICKHOUSE_PASSWORD,
          cluster: environment.CLICKHOUSE_CLUSTER ?? null,
        }
  return {
    ...file,
    store: { ...file.store, server },
    kafka: assembleKafka(file.kafka, environment),
    webhooks: {
      urls: environment.FLOPWATCH_WEBHOOKS ?? [],
      secret: environment.FLOPWATCH_WEBHOOK_SECRET ?? '',
    },
    http: { ...file.http, tokens: environment.FLOPWATCH_TOKENS ?? [] },
    ingest: {
      ...file.ingest,
      time_min: parseInstant(file.ingest.time_min) ?? INGEST_DEFAULTS.time_min,
    },
  }
}

function assembleKafka(
  file: SettingsFile['kafka'],
  environment: SettingsEnvironment,
): KafkaSettings {
  const { KAFKA_SASL_MECHANISM: mechanism } = environment
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = environment
  return {
    ...file,
    brokers: environment.KAFKA_BROKERS ?? [],
    tls: environment.KAFKA_TLS === 'true',
    ca_file: environment.KAFKA_CA_FILE ?? null,
    login: mechanism === undefined ? null : { mechanism, username, password },
  }
}
