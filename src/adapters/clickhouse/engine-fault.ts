import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'

/**
 * What the client throws, as Faults: the engine refuses the statement or its rows, or refuses the
 * way we work (repeating changes nothing); it cannot just now, or no whole answer came. The last
 * two are retryable: every write is idempotent by its key.
 */

/**
 * Codes by which the engine says "not now": overload, memory, disk, too many parts, replicas or
 * Keeper out of reach, shutdown. Rows that meet one are sound and must never end in quarantine.
 */
const NOT_NOW = new Set([
  159, // timeout exceeded
  202, // too many simultaneous queries
  203, // no free connection
  209, // socket timeout
  210, // network error
  225, // no Keeper
  236, // aborted: the server shuts down
  241, // memory limit exceeded
  242, // table is read-only: its replica lost Keeper
  243, // not enough space
  252, // too many parts
  279, // all connection tries failed
  285, // too few live replicas
  286, // quorum not reached
  319, // unknown status of insert
  373, // the session still runs a statement whose answer was lost
  394, // query was cancelled
  425, // system error
  439, // cannot schedule task
  517, // another change of the table is under way
  999, // Keeper exception
])

/** Codes by which the engine keeps what the guarantees rest on from being set, or us from writing. */
const UNSAFE = new Set([
  164, // the user or its profile is read-only
  452, // the profile pins a setting
])

/** Runs a call of the client; `what` names it in the fault. The engine's code is in the cause. */
export async function guarded<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw toFault(what, cause)
  }
}

function toFault(what: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof Fault || isProgrammerError(cause)) return cause
  if (!isEngineError(cause)) {
    return new Fault('STORE_UNAVAILABLE', `the store was lost during ${what}`, { cause })
  }
  const reason = `(code ${cause.code}): ${firstLine(cause.message)}`
  if (UNSAFE.has(Number(cause.code))) {
    return new Fault('STORE_UNSAFE', `the server does not let us work as needed ${reason}`, {
      cause,
    })
  }
  return NOT_NOW.has(Number(cause.code))
    ? new Fault('STORE_UNAVAILABLE', `the store cannot do ${what} now ${reason}`, { cause })
    : new Fault('STORE_REFUSED', `the store refused ${what} ${reason}`, { cause })
}

/** Rows of another shape than the registry states are one, too. */
function isProgrammerError(cause: Error): boolean {
  return [TypeError, RangeError, ReferenceError, z.ZodError].some(kind => cause instanceof kind)
}

/**
 * The engine's own refusal, told by its numeric code and type. Not by class: the embedded
 * connection throws a copy of the client's error class.
 */
function isEngineError(cause: Error): cause is Error & { code: string; type: string } {
  return (
    'type' in cause &&
    typeof cause.type === 'string' &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    /^\d+$/.test(cause.code)
  )
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.slice(0, 300).trim() ?? ''
}
