import type { Store } from '../ports/store.ts'

/** Who is behind a tenant id, as far as it was recorded or determined. */
export interface TenantName {
  readonly tenant_id: string
  /** Name of the customer; null where it is not known. */
  readonly name: string | null
  /** What was last determined; '' where nobody has asked. */
  readonly status: string
  readonly basis: string
  readonly reason: string
  readonly is_resold: boolean
}

const NAMES_MAX = 5000

export type Names = (tenantId: string) => TenantName

export async function readNames(store: Store, tenants: readonly string[]): Promise<Names> {
  const only = { tenants: [...new Set(tenants)].filter(id => id !== ''), limit: NAMES_MAX }
  const none = only.tenants.length === 0
  const standings = none ? [] : await store.query('read-standings', only)
  const customers = none ? [] : await store.query('read-customers', only)
  const standingOf = new Map(standings.map(row => [row.tenant_id, row]))
  const customerOf = new Map(customers.map(row => [row.tenant_id, row]))
  return tenant_id => {
    const standing = standingOf.get(tenant_id)
    const customer = customerOf.get(tenant_id)
    return {
      tenant_id,
      name: customer?.name || standing?.name || null,
      status: standing?.status ?? '',
      basis: standing?.basis ?? '',
      reason: standing?.reason ?? '',
      is_resold: customer?.resold ?? false,
    }
  }
}

/** The names behind some tenants, each once; their ids where no name is known. */
export function nameGroup(tenants: readonly string[], names: Names): string {
  const known = [...new Set(tenants.map(id => names(id).name ?? id))]
  const [first = 'nobody', ...others] = known
  if (others.length === 0) return first
  return others.length > 2 ? `${first} and ${others.length} others` : known.join(', ')
}

/** Foreign when any of them is, else unknown unless all are domestic. */
export function groupStatus(tenants: readonly string[], names: Names): string {
  const found = tenants.map(id => names(id).status)
  if (found.includes('foreign')) return 'foreign'
  if (found.includes('unknown')) return 'unknown'
  return found.length > 0 && found.every(status => status === 'domestic') ? 'domestic' : ''
}
