import type {
  DeterminationBody,
  DeterminedOwner,
  DeterminedPerson,
  TenantDetermination,
} from '../../domain/identity/determination.ts'
import { percent, words } from '../format.ts'
import { type Content, type Html, html, joined } from '../html.ts'
import { statusBadge, tenantLink } from '../parts.ts'

/** Who is behind a finding, down to the facts that say so. */
export function determinationTree({ tenants }: DeterminationBody): Html {
  return html`<ul class="tree">${tenants.map(tenantNode)}</ul>`
}

function tenantNode(tenant: TenantDetermination): Html {
  const { customer, owners, resellers, payer } = tenant
  return html`<li>${tenantLink(tenant.tenant_id)} ${statusBadge(tenant.status)} ${tenant.reason} <span class="soft">(${tenant.basis})</span>
<ul>${customer ? personNode('customer', customer) : html`<li class="none">customer not known to provider</li>`}
${owners.map(ownerNode)}
${resellers.map(person => personNode('reseller', person))}
${payer && personNode('payer', payer)}</ul></li>`
}

function personNode(role: string, person: DeterminedPerson): Html {
  return html`<li>${role}: ${person.name ?? person.party_id} ${statusBadge(person.status)} <span class="soft">${person.kind}, ${person.basis}</span>${evidence(person)}</li>`
}

function ownerNode(owner: DeterminedOwner): Html {
  const how =
    owner.route === 'control'
      ? 'control'
      : `${percent(owner.share)}${owner.route === 'possible' ? ', possibly' : ''}`
  const chains = owner.chains.map(
    chain => html`<li class="soft">through ${joined(chain, ' → ')}</li>`,
  )
  return html`<li>beneficial owner (${how}): ${owner.name ?? owner.party_id} ${statusBadge(owner.status)} <span class="soft">${owner.kind}, ${owner.basis}</span>
${evidence(owner, owner.chains.some(chain => chain.length > 2) && chains)}</li>`
}

/** The facts on one line, so that a tree of owners can be seen whole; chains below. */
function evidence(person: DeterminedPerson, chains: Content = null): Content {
  const facts = person.evidence.map(
    ({ fact, value, basis, established }) =>
      html`${words(fact)} ${value} (${basis}${!established && ', not established'})`,
  )
  const line = facts.length > 0 && html`<li class="soft">${joined(facts, ' · ')}</li>`
  return (line || chains) && html`<ul>${line}${chains}</ul>`
}
