import { compareUtf16 } from '../canonical.ts'
import { groupId } from '../finding.ts'
import { type EdgesInto, type Holding, holdingsOf, type OwnershipTest } from './ownership.ts'

/**
 * Which tenants act as one. Tenants are joined when their accounts have the same customer party,
 * when one customer owns or controls enough of another, or when one owner stands behind both.
 * Payers and resellers join nobody: a managed-service provider is not one actor.
 */

/** One reason why a tenant belongs to its group; the evidence that a report can print. */
export type ControlLink =
  | { readonly kind: 'same_customer'; readonly tenant_id: string; readonly party_id: string }
  | {
      readonly kind: 'ownership' | 'control'
      readonly tenant_id: string
      readonly party_id: string
      readonly owner_id: string
      readonly share: number
      readonly reach: number
      readonly chains: readonly (readonly string[])[]
    }

export interface ControlGroup {
  readonly group_id: string
  /** Sorted; a tenant is in exactly one group. */
  readonly tenants: readonly string[]
  readonly links: readonly ControlLink[]
}

/** A tenant and its customer party; null when nobody knows the customer. */
export interface TenantCustomer {
  readonly tenant_id: string
  readonly party_id: string | null
}

/**
 * Union-find over tenants, customers and their owners. The answer does not depend on the order of
 * tenants or edges. Interests of unknown size do not join: they leave identity unknown instead.
 */
export function controlGroups(
  tenants: readonly TenantCustomer[],
  into: EdgesInto,
  test: OwnershipTest,
): ControlGroup[] {
  const sets = disjointSets()
  const owners = new Map<string, readonly Holding[]>()
  for (const { tenant_id, party_id } of tenants) {
    sets.join(tenantNode(tenant_id), party_id === null ? tenantNode(tenant_id) : party_id)
    if (party_id === null || owners.has(party_id)) continue
    const counting = holdingsOf(party_id, into, test).holdings.filter(isJoining)
    owners.set(party_id, counting)
    for (const { owner } of counting) sets.join(party_id, owner)
  }
  const members = Map.groupBy(tenants, ({ tenant_id }) => sets.find(tenantNode(tenant_id)))
  return [...members.values()]
    .map(group => groupOf(group, owners))
    .sort((a, b) => compareUtf16(a.tenants[0] ?? '', b.tenants[0] ?? ''))
}

function isJoining(holding: Holding): boolean {
  return holding.route === 'share' || holding.route === 'control'
}

function groupOf(
  members: readonly TenantCustomer[],
  owners: ReadonlyMap<string, readonly Holding[]>,
): ControlGroup {
  const tenants = [...new Set(members.map(member => member.tenant_id))].sort(compareUtf16)
  const shared = countParties(members, owners)
  const sorted = members.toSorted((a, b) => compareUtf16(a.tenant_id, b.tenant_id))
  const links = tenants.length < 2 ? [] : sorted.flatMap(member => linksOf(member, owners, shared))
  return { group_id: groupId(tenants), tenants, links }
}

/** How many members each party stands behind: a link is evidence when it meets another member. */
function countParties(
  members: readonly TenantCustomer[],
  owners: ReadonlyMap<string, readonly Holding[]>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { party_id } of members) {
    if (party_id === null) continue
    const behind = [party_id, ...(owners.get(party_id) ?? []).map(holding => holding.owner)]
    for (const party of behind) counts.set(party, (counts.get(party) ?? 0) + 1)
  }
  return counts
}

function linksOf(
  { tenant_id, party_id }: TenantCustomer,
  owners: ReadonlyMap<string, readonly Holding[]>,
  shared: ReadonlyMap<string, number>,
): ControlLink[] {
  if (party_id === null) return []
  const meets = (party: string) => (shared.get(party) ?? 0) > 1
  const same: ControlLink[] = meets(party_id)
    ? [{ kind: 'same_customer', tenant_id, party_id }]
    : []
  const owned = (owners.get(party_id) ?? [])
    .filter(holding => meets(holding.owner))
    .map(
      (holding): ControlLink => ({
        kind: holding.route === 'control' ? 'control' : 'ownership',
        tenant_id,
        party_id,
        owner_id: holding.owner,
        share: holding.share,
        reach: holding.reach,
        chains: holding.chains.map(chain => chain.path),
      }),
    )
  return [...same, ...owned]
}

/** Tenant ids and party ids come from different name spaces and may coincide. */
function tenantNode(tenant: string): string {
  return `\u0000${tenant}`
}

function disjointSets() {
  const parents = new Map<string, string>()
  const find = (node: string): string => {
    let root = node
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up
    for (let at = node; at !== root; ) {
      const up = parents.get(at) ?? root
      parents.set(at, root)
      at = up
    }
    return root
  }
  const join = (a: string, b: string): void => {
    const [rootA, rootB] = [find(a), find(b)]
    if (rootA !== rootB) parents.set(rootA, rootB)
  }
  return { find, join }
}
