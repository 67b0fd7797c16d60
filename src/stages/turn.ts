import type { BuildNumbers } from '../domain/build.ts'
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS, toSqlTime } from '../domain/window.ts'
import type { Clock } from '../ports/clock.ts'
import type { Fence, Guard } from '../ports/fence.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Store } from '../ports/store.ts'

/**
 * One tick at a time over one store. The store has no compare-and-set, but whoever raises a flag
 * and then looks for others cannot be overlooked by one who does the same: of two, at least one
 * sees the other and stands back. What this cannot rule out (an instance that was held up for
 * minutes and then writes on) `alone` finds out afterwards, and the work is done again.
 */

export interface TurnDeps {
  readonly store: Store
  readonly clock: Clock
  readonly builds: BuildNumbers
  readonly instance: string
  /** Others may tick over this store; a data folder is one process's own. */
  readonly isShared: boolean
}

export interface Turn {
  readonly generation: number
  /** Throws TurnLost once somebody else may have begun. */
  readonly guard: Guard
  /** Whether nobody else can have written since the turn began: only then its work is settled. */
  alone(): Promise<boolean>
  end(): Promise<void>
}

/** No fault: the turn is over, its work is somebody else's, and whatever was written is redone. */
export class TurnLost extends Error {}

/** A turn that is not renewed for so long has lost its instance. */
const PRESENT_MS = MINUTE_MS
const RENEWAL_MS = 15 * SECOND_MS
/** For so long statements of an instance that is gone may still be at work in the store. */
const TRACES_MS = 10 * MINUTE_MS
/** Beyond every difference between two clocks: a flag this old was left by a crash long ago. */
const LONG_GONE_MS = HOUR_MS

type TurnRow = QueryRow<'turns-list'>

/** Gives the turn, or says in a few words why it is not this instance's. */
export type TakeTurn = (fence: Fence) => Promise<Turn | string>

export function createTurns(deps: TurnDeps): TakeTurn {
  const { store, builds, instance } = deps
  const age_ms = createWatch(deps.clock)
  return async fence => {
    const generation = fence.generation()
    if (generation === null) return 'another instance is the active one'
    const before = await store.query('turns-list', {})
    builds.beyond(Math.max(0, ...before.map(row => row.version)))
    const flag = { generation, is_open: true, began: builds() }
    await writeTurn(deps, flag)
    const rows = deps.isShared ? await store.query('turns-list', {}) : []
    const others = rows.filter(row => row.instance !== instance)
    const rival = others.find(
      row => row.generation >= generation && row.is_open && age_ms(row) < PRESENT_MS,
    )
    if (rival) {
      const began = before.find(row => row.instance === instance)?.began ?? 0
      await writeTurn(deps, { ...flag, is_open: false, began })
      return `instance ${rival.instance} is at it`
    }
    return openTurn(deps, { fence, flag, others, age_ms })
  }
}

interface Begun {
  readonly fence: Fence
  readonly flag: Flag
  /** The other instances as they were when this one had raised its flag. */
  readonly others: readonly TurnRow[]
  readonly age_ms: (row: TurnRow) => number
}

function openTurn(deps: TurnDeps, { fence, flag, others, age_ms }: Begun): Turn {
  const { store, clock, instance } = deps
  const { generation } = flag
  let renewed_at = clock.now()
  const renew = async (): Promise<void> => {
    const at = clock.now()
    await writeTurn(deps, flag)
    renewed_at = at
  }
  // A failure shows in `renewed_at`, and a store that is gone in the stage at work.
  const timer = setInterval(() => void renew().catch(() => undefined), RENEWAL_MS)
  timer.unref()
  const leavesTraces = (row: TurnRow) => row.is_open && age_ms(row) < TRACES_MS
  const hadCompany = others.some(leavesTraces)
  const known = new Map(others.map(row => [row.instance, row]))
  const hasWorked = (row: TurnRow) => row.began > (known.get(row.instance)?.began ?? 0)

  const lookAround = async (): Promise<TurnRow[]> => {
    if (fence.generation() !== generation) {
      throw new TurnLost('another instance has become the active one')
    }
    if (clock.now() - renewed_at >= PRESENT_MS) {
      throw new TurnLost('this instance was held up, and others may have begun')
    }
    if (!deps.isShared) return []
    const rows = await store.query('turns-list', {})
    const present = rows.filter(row => row.instance !== instance)
    const successor = present.find(
      row => row.generation > generation && row.version !== known.get(row.instance)?.version,
    )
    if (successor) throw new TurnLost(`instance ${successor.instance} has taken over`)
    return present
  }
  return {
    generation,
    guard: async () => {
      await lookAround()
    },
    alone: async () =>
      !hadCompany && !(await lookAround()).some(row => leavesTraces(row) || hasWorked(row)),
    end: async () => {
      clearInterval(timer)
      await writeTurn(deps, { ...flag, is_open: false })
    },
  }
}

/**
 * For how long a row has stood as it is. Seen by this instance's clock alone: those of two
 * instances may be minutes apart, which is no reason to take a living one for dead.
 */
function createWatch(clock: Clock): (row: TurnRow) => number {
  const seen = new Map<string, { readonly version: number; readonly since: Instant }>()
  return ({ instance, version, at }) => {
    const now = clock.now()
    if (now - at >= LONG_GONE_MS) return LONG_GONE_MS
    const known = seen.get(instance)
    if (known?.version === version) return now - known.since
    seen.set(instance, { version, since: now })
    return 0
  }
}

/** What an instance shows to the others. */
interface Flag {
  readonly generation: number
  readonly is_open: boolean
  readonly began: number
}

async function writeTurn(
  { store, clock, builds, instance }: TurnDeps,
  { generation, is_open, began }: Flag,
): Promise<void> {
  await store.append('turns', [
    {
      instance,
      version: String(builds()),
      generation,
      is_open: is_open ? 1 : 0,
      began: String(began),
      at: toSqlTime(clock.now()),
    },
  ])
}
