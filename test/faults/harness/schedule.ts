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
 * Groups of faults that are injected together, without end, at most one for each target. Until
 * every kind has come once all targets are hit at a time, and each fault holds for as long as it
 * may; then some are, for a while that is mostly short.
 */
export function* planGroups(dice: Dice): Generator<readonly Planned[]> {
  const decks = Map.groupBy(dice.shuffle(KINDS), ({ target }) => target)
  const met = new Set<FaultKind>()
  for (;;) {
    const size = met.size < KINDS.length ? decks.size : dice.integer(3, decks.size - 1)
    const kinds = dice
      .shuffle([...decks.values()])
      .slice(0, size)
      .flatMap(takeNext)
    yield kinds.map(kind => {
      const [least, most] = kind.hold_s
      const share = met.has(kind) ? dice.between(0, 1) ** 3 : 1
      met.add(kind)
      return { kind, delay_s: dice.between(0, SPREAD_S), hold_s: least + share * (most - least) }
    })
  }
}

/** Each kind of a deck comes once before any comes again. */
function takeNext(deck: FaultKind[]): FaultKind[] {
  const kind = deck.shift()
  if (kind === undefined) return []
  deck.push(kind)
  return [kind]
}
