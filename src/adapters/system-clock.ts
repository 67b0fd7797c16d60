import type { Clock } from '../ports/clock.ts'

/** The machine's clock: the only file that asks the machine for the present time. */
export const systemClock: Clock = { now: () => Date.now() }
