import { SESSION_S } from '../world.ts'
import { drawInstance, type FaultKind, NOTHING } from './kind.ts'

const HOUR_MS = 3_600_000

/** What happens to a process that takes streams in. */
export const instanceFaults: readonly FaultKind[] = [
  {
    name: 'instance killed',
    target: 'instance',
    hold_s: [0, 8],
    async inject(world, dice) {
      const victim = dice.pick(world.instances)
      await victim.kill()
      return async () => victim.want()
    },
  },
  {
    name: 'instance terminated',
    target: 'instance',
    hold_s: [0, 3],
    async inject(world, dice) {
      const victim = drawInstance(world, dice)
      if (victim === null) return NOTHING
      await victim.terminate()
      return async () => victim.want()
    },
  },
  {
    name: 'instance asleep',
    target: 'instance',
    hold_s: [SESSION_S + 1, SESSION_S + 4],
    async inject(world, dice) {
      const victim = drawInstance(world, dice)
      if (victim === null) return NOTHING
      victim.freeze()
      return async () => victim.thaw()
    },
  },
  {
    name: 'clock stepped',
    target: 'instance',
    hold_s: [2, 6],
    async inject(world, dice) {
      const victim = drawInstance(world, dice)
      if (victim === null) return NOTHING
      victim.stepClock(Math.round(dice.between(-12, 12) * HOUR_MS))
      return async () => victim.stepClock(0)
    },
  },
]
