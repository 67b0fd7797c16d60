import type { Dice } from '../dice.ts'
import type { World } from '../world.ts'

/** One way in which things go wrong. */
export interface FaultKind {
  readonly name: string
  /** What it lays hands on; faults that are injected together differ in it. */
  readonly target:
    | 'instance'
    | 'broker'
    | 'broker link'
    | 'store'
    | 'store link'
    | 'group'
    | 'senders'
  /** How long the harm is left in place, at least and at most. */
  readonly hold_s: readonly [number, number]
  /** Does the harm and gives back what ends it. */
  inject(world: World, dice: Dice): Promise<Heal>
}

/** Ends a fault; throws when the product failed under it in a way that it must not. */
export type Heal = () => Promise<void>

/** An instance that listens, or null when none does just now. */
export function drawInstance(world: World, dice: Dice) {
  const up = world.instances.filter(instance => instance.address() !== null)
  return up.length === 0 ? null : dice.pick(up)
}

export const NOTHING: Heal = async () => undefined
