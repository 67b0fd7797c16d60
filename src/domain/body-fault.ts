import { z } from 'zod'
import { Fault } from './fault.ts'

/** Where in a body the fault lies. `byte` counts from 0 after decompression, `line` from 1. */
export interface BodyPosition {
  readonly byte: number
  readonly line: number
}

const cause = z.object({ byte: z.number(), line: z.number() })

/** The body as a whole cannot be read on; what was read before this position stands. */
export function bodyFault(message: string, position: BodyPosition): Fault {
  return new Fault('BODY_MALFORMED', `${message} (byte ${position.byte}, line ${position.line})`, {
    cause: { ...position },
  })
}

/** The position that `bodyFault` put into a fault, null for any other error. */
export function positionOf(fault: unknown): BodyPosition | null {
  if (!(fault instanceof Fault)) return null
  const read = cause.safeParse(fault.cause)
  return read.success ? read.data : null
}
