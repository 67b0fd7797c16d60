import { isLast, type Share } from '../../domain/tick-choice.ts'
import type { AskedMark, Mark } from './task.ts'

/**
 * Turns of large tenants that go over several ticks, a slice of the devices in each. A turn answers
 * for the marks that each of its slices covered; what was stored since the first began is left to the
 * next turn. How far they have come is kept in memory alone: after a restart, or a tick that came to no
 * end, they begin again.
 */

/** A turn of which some slices are metered, and not all. */
export interface BegunTurn {
  readonly next: Share
  /** Keys of the marks that all slices so far covered. */
  readonly covered: ReadonlySet<string>
}

export type BegunTurns = ReadonlyMap<string, BegunTurn>

/** Turns that go on: others have no mark left, or their tenant cannot wait for its slices. */
export function goingOn(
  begun: BegunTurns,
  marks: readonly AskedMark[],
  isUrgent: (tenant: string) => boolean,
): BegunTurns {
  const isAsked = (tenant: string, { covered }: BegunTurn): boolean =>
    marks.some(({ key, left }) => covered.has(key) && left.includes(tenant))
  return new Map([...begun].filter(([tenant, turn]) => !isUrgent(tenant) && isAsked(tenant, turn)))
}

/** Sets those whose turn began before the mark apart from those that it asks for now. */
export function dueOf(mark: AskedMark, begun: BegunTurns): Mark {
  const covers = (tenant: string): boolean => begun.get(tenant)?.covered.has(mark.key) ?? true
  const due = mark.left.filter(covers)
  return { ...mark, due, newer: mark.left.filter(tenant => !covers(tenant)) }
}

/**
 * Turns but for those of these shares, until they are metered: what a failed tick left behind may have to
 * be rebuilt from further back than the marks say that a turn has covered.
 */
export function without(begun: BegunTurns, shares: readonly Share[]): BegunTurns {
  const taken = new Set(shares.map(share => share.tenant_id))
  return new Map([...begun].filter(([tenant]) => !taken.has(tenant)))
}

/** The same and those of these shares, which are metered, as far as slices are to follow. */
export function goneOn(
  begun: BegunTurns,
  shares: readonly Share[],
  marks: readonly Mark[],
): BegunTurns {
  const going = shares.filter(share => !isLast(share))
  const turns = going.map((share): [string, BegunTurn] => {
    const covered = marks.filter(({ due }) => due.includes(share.tenant_id)).map(({ key }) => key)
    return [
      share.tenant_id,
      { next: { ...share, slice: share.slice + 1 }, covered: new Set(covered) },
    ]
  })
  return new Map([...begun, ...turns])
}
