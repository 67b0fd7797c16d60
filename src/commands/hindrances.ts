import type { Hindrance } from '../http/deps.ts'
import type { DetectRole } from './detect-role.ts'
import type { StreamReading } from './stream-reading.ts'
import { FAILURES_TO_UNREADY } from './tick-loop.ts'

/** What keeps a serving process from its work, as its parts tell it; empty while all is well. */
export function hindrancesOf(parts: {
  readonly detecting: DetectRole | null
  readonly reading: StreamReading | null
}): Hindrance[] {
  return [...ofDetecting(parts.detecting), ...ofStream(parts.reading)]
}

function ofDetecting(detecting: DetectRole | null): Hindrance[] {
  if (!detecting) return []
  const failures = detecting.failures()
  const trouble = detecting.trouble()
  const stuck = failures >= FAILURES_TO_UNREADY
  return [
    ...(stuck ? [failure('ticks', `${failures} ticks failed in a row`)] : []),
    ...(trouble !== null ? [failure('stream', trouble)] : []),
  ]
}

function failure(part: Hindrance['part'], message: string): Hindrance {
  return { kind: 'failure', part, message }
}

/** Each partition that waits for itself; a halted one needs a person, as does a lost group. */
function ofStream(reading: StreamReading | null): Hindrance[] {
  if (!reading) return []
  const trouble = reading.trouble()
  const lost: Hindrance[] =
    trouble === null ? [] : [{ kind: 'failure', part: 'stream', message: trouble }]
  const waiting = reading.waiting().map(
    ({ name, state, why }): Hindrance => ({
      kind: state === 'busy' ? 'back_pressure' : 'failure',
      part: 'stream',
      message: `partition ${name} waits: ${why}`,
    }),
  )
  return [...lost, ...waiting]
}
