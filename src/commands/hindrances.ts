import type { Hindrance } from '../http/deps.ts'
import type { StreamReading } from './stream-reading.ts'
import { FAILURES_TO_UNREADY, type TickLoop } from './tick-loop.ts'

/** What keeps a serving process from its work, as its parts tell it; empty while all is well. */
export function hindrancesOf(parts: {
  readonly loop: TickLoop | null
  readonly reading: StreamReading | null
}): Hindrance[] {
  return [...ofTicks(parts.loop), ...ofStream(parts.reading)]
}

function ofTicks(loop: TickLoop | null): Hindrance[] {
  const failures = loop?.failures() ?? 0
  if (failures < FAILURES_TO_UNREADY) return []
  return [{ kind: 'failure', part: 'ticks', message: `${failures} ticks failed in a row` }]
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
