import { createRandom, type Random } from '../../../src/simulate/random.ts'

/** Choices from a seed; each part of a run draws from a stream of its own. */
export interface Dice extends Random {
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

export function createDice(seed: number, label: string): Dice {
  const random = createRandom(seed, label)
  return {
    ...random,
    pick<T>(items: readonly T[]): T {
      const item = items[random.integer(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    shuffle<T>(items: readonly T[]): T[] {
      const mixed = [...items]
      for (let at = mixed.length - 1; at > 0; at -= 1) {
        const other = random.integer(0, at)
        const [one, two] = [mixed[at], mixed[other]]
        if (one !== undefined && two !== undefined) [mixed[at], mixed[other]] = [two, one]
      }
      return mixed
    },
  }
}
