/** One catalogue of operating faults. README lists the same codes; a test compares the two. */

export interface FaultKind {
  readonly retryable: boolean
  /** What the user can do about it, one sentence. */
  readonly remedy: string
}

export const FAULTS = {
  CONFIG_INVALID: {
    retryable: false,
    remedy: 'Correct the named file and line, then run `flopwatch check`.',
  },
  DETECTOR_INVALID: {
    retryable: false,
    remedy: 'Correct the detector folder, then run `flopwatch check`.',
  },
  INPUT_UNREADABLE: {
    retryable: false,
    remedy: 'Check the path, the permissions and that the file is complete.',
  },
  OUTPUT_UNWRITABLE: {
    retryable: false,
    remedy: 'Check that the folder may be written to and that the disk has room.',
  },
  BODY_MALFORMED: { retryable: false, remedy: 'Send one JSON object, a JSON array or NDJSON.' },
  BODY_TOO_LARGE: {
    retryable: false,
    remedy: 'Send smaller bodies or raise ingest.body_bytes_max.',
  },
  BACKPRESSURE: {
    retryable: true,
    remedy: 'Wait for the time given in Retry-After and send again.',
  },
  STORE_UNAVAILABLE: {
    retryable: true,
    remedy: 'Check that ClickHouse answers at CLICKHOUSE_URL.',
  },
  STORE_REFUSED: {
    retryable: false,
    remedy: 'Read the cause; the statement and the schema disagree.',
  },
  STORE_UNSAFE: {
    retryable: false,
    remedy: 'Change what the sentence names; without it rows could be lost or count twice.',
  },
  STORE_BUSY: { retryable: false, remedy: 'Stop the other process that holds the data directory.' },
  STREAM_UNAVAILABLE: {
    retryable: true,
    remedy:
      'Check KAFKA_BROKERS, the login, and that the topics exist (`flopwatch migrate --topics`).',
  },
  SCHEMA_EDITED: {
    retryable: false,
    remedy: 'Restore the migration file; changes need a new migration.',
  },
  SCHEMA_NEWER: {
    retryable: false,
    remedy: 'Run the newer release; this one is older than the schema.',
  },
  LIMIT_REACHED: {
    retryable: false,
    remedy: 'Nothing was left out silently: the stage stopped; split the data or raise the bound.',
  },
  CASE_TAMPERED: {
    retryable: false,
    remedy: 'Compare the named case with a backup; its chain of hashes does not hold.',
  },
  BIND_REFUSED: {
    retryable: false,
    remedy: 'Put tokens into FLOPWATCH_TOKENS before binding beyond loopback.',
  },
  ADDRESS_UNAVAILABLE: {
    retryable: false,
    remedy: 'Choose another with --host and --port, or stop what listens there.',
  },
  NOT_FOUND: { retryable: false, remedy: 'List what exists with `flopwatch detect`.' },
  USAGE: { retryable: false, remedy: 'See `flopwatch --help`.' },
} as const satisfies Record<string, FaultKind>

export type FaultCode = keyof typeof FAULTS

/** An operating fault: expected to happen, told to the user in one sentence. */
export class Fault extends Error {
  readonly code: FaultCode

  constructor(code: FaultCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'Fault'
    this.code = code
  }

  get retryable(): boolean {
    return FAULTS[this.code].retryable
  }
}

/** Programmer errors crash: nothing can be trusted after one. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}
