import type { BuildNumbers } from '../domain/build.ts'
import { Fault } from '../domain/fault.ts'
import { controlGroups } from '../domain/identity/control-group.ts'
import { identityAsOf, identityHistory } from '../domain/identity/history.ts'
import type { OwnershipTest } from '../domain/identity/ownership.ts'
import type { Instant } from '../domain/window.ts'
import type { Row, Store } from '../ports/store.ts'

/**
 * Control groups: which tenants act as one, by customer, ownership and control as of the tick.
 * Runs before detect, which sums compute over groups.
 */

export interface GroupDependencies {
  readonly store: Store
  readonly build: BuildNumbers
  readonly ownership: OwnershipTest
}

export interface GroupSummary {
  readonly groups: number
  /** Groups of more than one tenant. */
  readonly joined: number
  /** Tenants whose group or links changed: what detect must look at again. */
  readonly changed: readonly string[]
}

export interface Group {
  /** Rebuilds the groups from identity that was true and known at the instant. */
  regroup(asOf: Instant): Promise<GroupSummary>
}

/** Statements and members held in memory at once; reaching it stops the stage, loudly. */
export const IDENTITY_ROWS_MAX = 2_000_000

export function createGroup({ store, build, ownership }: GroupDependencies): Group {
  return {
    async regroup(asOf) {
      const history = identityHistory(
        bounded(await store.query('identity-known', { known_at: asOf, limit: IDENTITY_ROWS_MAX })),
      )
      const view = identityAsOf(history, asOf, asOf)
      const customers = view.tenants().map(tenant_id => ({
        tenant_id,
        party_id: view.account(tenant_id)?.customer_party_id ?? null,
      }))
      const groups = controlGroups(customers, party => view.ownersOf(party), ownership)
      const stored = bounded(
        await store.query('group-members-present', { limit: IDENTITY_ROWS_MAX }),
      )
      const before = new Map(stored.map(row => [row.tenant_id, row]))
      const after = groups.flatMap(({ group_id, tenants, links }) =>
        tenants.map(tenant_id => ({
          group_id,
          tenant_id,
          links: JSON.stringify(links.filter(link => link.tenant_id === tenant_id)),
        })),
      )
      const moved = after.filter(row => {
        const known = before.get(row.tenant_id)
        return known?.group_id !== row.group_id || known.links !== row.links
      })
      const present = new Set(after.map(row => row.tenant_id))
      const gone = stored.filter(row => !present.has(row.tenant_id))
      await store.append('group_members', rows(moved, gone, build()))
      const joined = groups.filter(({ tenants }) => tenants.length > 1).length
      const changed = [...moved, ...gone].map(row => row.tenant_id)
      return { groups: groups.length, joined, changed }
    },
  }
}

interface Member {
  readonly group_id: string
  readonly tenant_id: string
  readonly links: string
}

function rows(moved: readonly Member[], gone: readonly Member[], build: number): Row[] {
  const row = (member: Member, is_deleted: 0 | 1): Row => ({
    ...member,
    build: String(build),
    is_deleted,
  })
  return [...moved.map(member => row(member, 0)), ...gone.map(member => row(member, 1))]
}

/** A cut list would make somebody unknown who is not, or hide an owner: stop instead. */
function bounded<T>(found: T[]): T[] {
  if (found.length < IDENTITY_ROWS_MAX) return found
  throw new Fault('LIMIT_REACHED', `more than ${IDENTITY_ROWS_MAX} identity rows are stored`)
}
