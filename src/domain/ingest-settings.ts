import { DAY_MS, HOUR_MS, type Instant, parseInstant } from './window.ts'

/** Bounds of the intake; every queue, batch and record has one (config/default.yaml, `ingest`). */
export interface IngestSettings {
  /** Longest body over HTTP, before and after decompression; files have no such bound. */
  readonly body_bytes_max: number
  /** Longest single record; a longer one is quarantined. */
  readonly record_bytes_max: number
  /** Raw bytes that quarantine keeps of a record longer than `record_bytes_max`. */
  readonly raw_bytes_kept: number
  /** Unknown fields of one record, as JSON text. */
  readonly extra_characters_max: number
  /** Records that are made durable together. */
  readonly batch_rows: number
  /** The same bound in text, for batches of long records. */
  readonly batch_characters: number
  /**
   * Parts with fewer lines are read by our own reader. A statement that has the store read them
   * costs as much as some 3,500 lines of ours, whatever their number.
   */
  readonly store_lines_min: number
  /** How far ahead of the present a time may lie before it is a fault of the sender's clock. */
  readonly future_skew_s: number
  /** Nothing before it is telemetry of an accelerator; 1970 is a clock that was never set. */
  readonly time_min: Instant
  /** Bodies that are read at one time; more are answered 503 with Retry-After. */
  readonly bodies_max: number
  readonly retry_after_s: number
  /** Devices whose newest sample is held in memory (about 150 bytes each). */
  readonly devices_max: number
}

export const INGEST_DEFAULTS: IngestSettings = {
  body_bytes_max: 268_435_456,
  record_bytes_max: 1_048_576,
  raw_bytes_kept: 65_536,
  extra_characters_max: 16_384,
  batch_rows: 131_072,
  batch_characters: 33_554_432,
  store_lines_min: 4096,
  future_skew_s: 300,
  time_min: parseInstant('2015-01-01T00:00:00Z') ?? 0,
  bodies_max: 4,
  retry_after_s: 1,
  devices_max: 1_000_000,
}

/** Which instants a record of the present moment may carry, both ends included. */
export interface TimeBounds {
  readonly min: Instant
  readonly max: Instant
}

export function timeBounds(settings: IngestSettings, now: Instant): TimeBounds {
  return { min: settings.time_min, max: now + settings.future_skew_s * 1000 }
}

/** Longest interval of one sample (contract 1.1). */
export const INTERVAL_S_MAX = HOUR_MS / 1000

/** A charge longer than this is a fault; the longest real ones are three-year commitments. */
export const CHARGE_MS_MAX = 1100 * DAY_MS
