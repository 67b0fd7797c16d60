/**
 * Who stands behind a party: ownership multiplied along chains, summed over the chains of one
 * owner, and control passed on whole. Cycles are walked once; a party never owns itself.
 */

/**
 * All interests of one owner in one party. Shares are 0..1; they differ where only a bracket is
 * known, and are 0 and 1 where an interest is known but not its size.
 */
export interface OwnershipEdge {
  readonly owner: string
  readonly owned: string
  readonly share_min: number
  readonly share_max: number
  readonly control: boolean
}

/** From which share on an owner counts, e.g. at least 0.25 (regulation 1.2; from the regime pack). */
export interface OwnershipTest {
  readonly comparator: 'at_least' | 'more_than'
  readonly share: number
}

/** One way from an owner down to the party that is asked about, step by step. */
export interface OwnershipChain {
  /** Party ids, the owner first. */
  readonly path: readonly string[]
  readonly steps: readonly OwnershipEdge[]
}

/** Why an owner counts: `possible` when an interest of uncertain size could reach the test. */
export type HoldingRoute = 'share' | 'control' | 'possible'

export interface Holding {
  readonly owner: string
  /** Sum over chains of the product of the shares that are certain. */
  readonly share: number
  /** The same with steps that the owner controls counted whole: what it owns *or controls*. */
  readonly reach: number
  readonly route: HoldingRoute | null
  readonly chains: readonly OwnershipChain[]
}

export interface Holdings {
  readonly holdings: readonly Holding[]
  /** Share of the party's direct interests that no record accounts for, 0..1. */
  readonly unrecorded: number
  /** True when there are more chains than `CHAINS_MAX`; the sums are then lower bounds. */
  readonly incomplete: boolean
}

/** Bounds the walk through a graph built to be walked for ever; real ones have a few dozen. */
export const CHAINS_MAX = 10_000

export type EdgesInto = (party: string) => readonly OwnershipEdge[]

/**
 * All owners of a party, direct and indirect, largest reach first. The rule's wording for indirect
 * holdings is not known; multiplying through and keeping control apart is our reading
 * (regulation 1.2).
 */
export function holdingsOf(party: string, into: EdgesInto, test: OwnershipTest): Holdings {
  const { chains, incomplete } = chainsInto(party, into)
  const byOwner = Map.groupBy(chains, chain => chain.path[0] ?? party)
  const holdings = [...byOwner].map(([owner, own]) => holding(owner, own, test))
  holdings.sort((a, b) => b.reach - a.reach || (a.owner < b.owner ? -1 : 1))
  const recorded = into(party).reduce((sum, edge) => sum + edge.share_min, 0)
  return { holdings, unrecorded: tidy(Math.max(0, 1 - recorded)), incomplete }
}

/** 25.0 % passes `at_least` 0.25 and 24.99 % does not. */
export function passes(share: number, test: OwnershipTest): boolean {
  return test.comparator === 'at_least' ? share >= test.share : share > test.share
}

function holding(owner: string, chains: readonly OwnershipChain[], test: OwnershipTest): Holding {
  const share = total(chains, ({ steps }) => product(steps, 'share_min'))
  const reach = total(chains, chain => product(beyondControl(chain), 'share_min'))
  const possible = total(chains, chain => product(beyondControl(chain), 'share_max'))
  const route = passes(share, test)
    ? 'share'
    : passes(reach, test)
      ? 'control'
      : passes(possible, test)
        ? 'possible'
        : null
  return { owner, share, reach, route, chains }
}

function total(
  chains: readonly OwnershipChain[],
  weight: (chain: OwnershipChain) => number,
): number {
  return tidy(
    Math.min(
      1,
      chains.reduce((sum, chain) => sum + weight(chain), 0),
    ),
  )
}

function product(steps: readonly OwnershipEdge[], share: 'share_min' | 'share_max'): number {
  return steps.reduce((whole, step) => whole * step[share], 1)
}

/**
 * What is left of a chain below the steps that its owner controls: who controls a holder disposes
 * of all that it holds. Who merely owns a part of a controller controls nothing by that.
 */
function beyondControl({ steps }: OwnershipChain): readonly OwnershipEdge[] {
  const first = steps.findIndex(step => !step.control)
  return first === -1 ? [] : steps.slice(first)
}

/** Takes binary noise off, so that 0.1 + 0.15 is 25 % and not a hair below. */
function tidy(share: number): number {
  return Math.round(share * 1e12) / 1e12
}

/** Every chain that ends at `party` and meets no party twice, found depth first. */
function chainsInto(party: string, into: EdgesInto) {
  const chains: OwnershipChain[] = []
  const open: OwnershipChain[] = [{ path: [party], steps: [] }]
  for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
    for (const edge of into(chain.path[0] ?? party)) {
      if (chain.path.includes(edge.owner)) continue
      if (edge.share_max === 0 && !edge.control) continue
      if (chains.length >= CHAINS_MAX) return { chains, incomplete: true }
      const longer = { path: [edge.owner, ...chain.path], steps: [edge, ...chain.steps] }
      chains.push(longer)
      open.push(longer)
    }
  }
  return { chains, incomplete: false }
}
