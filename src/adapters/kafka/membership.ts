/**
 * What a consumer knows of its place in the group, and until when that can be relied on. The
 * broker gives partitions to others when a member is silent for the session timeout, or takes
 * longer than the rebalance timeout to come back; both are foreseen here without asking it.
 */

export interface Limits {
  readonly session_ms: number
  readonly rebalance_ms: number
}

export interface Membership {
  /** The group let us in; its generation is known once a heartbeat is answered. */
  joined(): void
  /** A heartbeat that left at `sent_ms` (monotonic) was answered. True when it names a new generation. */
  confirmed(generation: number, sent_ms: number): boolean
  /** The type of error that a request to the coordinator met. */
  refused(type: string): void
  /** The consumer left, crashed or was given up. */
  ended(): void
  generation(): number | null
  /** Whether a new batch may be begun. */
  isSteady(): boolean
  /** A question bound to this membership: true once it may be over. */
  watch(): () => boolean
  /** Since the last answered heartbeat, or the join. */
  silence_ms(): number
  /** No answer for longer than anything may take: the connection must be dead. */
  isGone(): boolean
}

export function createMembership(limits: Limits, now: () => number): Membership {
  let life = 0
  let joined_ms = now()
  let confirmed_ms = now()
  let rebalancing_ms: number | null = null
  let generation: number | null = null
  let isLost = true

  const isOver = (): boolean =>
    isLost ||
    now() - confirmed_ms > limits.session_ms ||
    // Half: the broker began to wait up to a heartbeat before we heard of it.
    (rebalancing_ms !== null && now() - rebalancing_ms > limits.rebalance_ms / 2)

  return {
    joined() {
      life += 1
      joined_ms = now()
      confirmed_ms = joined_ms
      rebalancing_ms = null
      generation = null
      isLost = false
    },
    confirmed(current, sent_ms) {
      // The answer to a heartbeat from before the join names the generation before.
      if (isLost || sent_ms < joined_ms) return false
      confirmed_ms = Math.max(confirmed_ms, sent_ms)
      const isNew = generation === null
      generation ??= current
      return isNew
    },
    refused(type) {
      if (type === 'REBALANCE_IN_PROGRESS') rebalancing_ms ??= now()
      if (LOST.has(type)) isLost = true
    },
    ended() {
      isLost = true
    },
    generation: () => generation,
    isSteady: () => rebalancing_ms === null && !isOver(),
    watch() {
      const mine = life
      return () => life !== mine || isOver()
    },
    silence_ms: () => now() - confirmed_ms,
    isGone() {
      // Joining waits for the other members, who may take the whole rebalance timeout.
      const isJoining = generation === null || rebalancing_ms !== null
      const patience_ms = limits.session_ms + (isJoining ? limits.rebalance_ms : 0)
      return now() - confirmed_ms > patience_ms
    },
  }
}

/** Errors by which the coordinator says that we are no member, or one of a generation gone by. */
const LOST = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'])
