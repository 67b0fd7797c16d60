import type { Dice } from './dice.ts'
import { brokerFaults } from './kinds/broker.ts'
import { groupFaults } from './kinds/group.ts'
import { instanceFaults } from './kinds/instances.ts'
import type { FaultKind } from './kinds/kind.ts'
import { senderFaults } from './kinds/senders.ts'
import { storeFaults } from './kinds/store.ts'

export const KINDS: readonly FaultKind[] = [
  ...instanceFaults,
  ...brokerFaults,
  ...storeFaults,
  ...groupFaults,
  ...senderFaults,
]

export interface Planned {
  readonly kind: FaultKind
  readonly delay_s: number
  readonly hold_s: number
}

/** Seconds over which the faults of one group begin. */
const SPREAD_S = 4

/**
 * Groups of faults that are injected together, without end: every kind once in an order of its own
 * before any comes again. The first of each kind holds for as long as it may.
 */
export function* planGroups(dice: Dice, kinds = KINDS): Generator<readonly Planned[]> {
  const met = new Set<string>()
  let deck: FaultKind[] = []
  for (;;) {
    const size = dice.integer(2, 5)
    const group: FaultKind[] = []
    while (group.length < size) {
      if (deck.length === 0) deck = dice.shuffle(kinds)
      const at = deck.findIndex(({ target }) => group.every(kind => kind.target !== target))
      if (at === -1) break
      group.push(...deck.splice(at, 1))
    }
    yield group.map(kind => {
      const [least, most] = kind.hold_s
      const share = met.has(kind.name) ? dice.between(0, 1) ** 3 : 1
      met.add(kind.name)
      return { kind, delay_s: dice.between(0, SPREAD_S), hold_s: least + share * (most - least) }
    })
  }
}
