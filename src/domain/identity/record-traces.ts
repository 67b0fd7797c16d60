import type { TraceKind } from '../link-settings.ts'
import type { AccountRecord, PartyRecord } from '../records/identity.ts'
import type { Instant } from '../window.ts'
import type { Trace } from './account-link.ts'
import type { IdentityView } from './history.ts'

/** What the accounts and customers on record have in common; what stands today has no age. */
export function recordTraces(view: IdentityView, asOf: Instant): Trace[] {
  const holders = new Map<string, Trace & { holders: { tenant_id: string; at: Instant }[] }>()
  for (const tenant_id of view.tenants()) {
    const account = view.account(tenant_id)
    const party = account?.customer_party_id ? view.party(account.customer_party_id) : null
    for (const [kind, value] of marksOf(account, party)) {
      if (value === '') continue
      const key = `${kind}\u0000${value}`
      const trace = holders.get(key) ?? { kind, value, holders: [] }
      trace.holders.push({ tenant_id, at: asOf })
      holders.set(key, trace)
    }
  }
  return [...holders.values()].filter(trace => trace.holders.length > 1)
}

type Mark = readonly [kind: TraceKind, value: string]

function marksOf(account: AccountRecord | null, party: PartyRecord | null): Mark[] {
  const text = (value: string) => value.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  return [
    ...(account?.payment_instruments ?? []).map(({ token }): Mark => ['payment', token]),
    ...(party?.identifiers ?? []).map(
      ({ scheme, id }): Mark => ['identifier', text(`${scheme}:${id}`)],
    ),
    ...(party?.emails ?? []).map(
      (email): Mark => ['email_domain', text(email.split('@')[1] ?? '')],
    ),
    ...(party?.phones ?? []).map((phone): Mark => ['phone', phone.replaceAll(/[^0-9+]/g, '')]),
    ...(party?.addresses ?? []).map((one): Mark => ['address', text(one.text)]),
  ]
}
