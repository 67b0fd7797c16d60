import { compareUtf16 } from '../canonical.ts'
import { caseDetermination } from '../case/case-summary.ts'
import type { DeterminedPerson, TenantDetermination } from '../identity/determination.ts'
import { percent, sentence } from './entry.ts'
import type { ReportInput } from './input.ts'
import { labelOf } from './person.ts'

/**
 * Who is behind the accounts, told as a compliance officer would: the accounts, the answer, the
 * persons who make it, through whom the accounts were sold. The tables list everyone.
 */

/** Persons that are told of by name; the others are counted and stand in the table. */
const TOLD_MAX = 3
/** Accounts and reasons that are told one by one. */
const LISTED_MAX = 8

export function whoSentences(input: ReportInput): string[] {
  const tenants = tenantsOf(input)
  return [
    accountSentence(input, tenants),
    answerSentence(input, tenants),
    ...ownerSentences(input, tenants),
    ...salesSentences(input, tenants),
  ].map(sentence)
}

/** Each account once, as the first determination that speaks about it saw it. */
function tenantsOf({ determinations }: ReportInput): readonly TenantDetermination[] {
  const found = new Map<string, TenantDetermination>()
  for (const tenant of determinations.flatMap(({ body }) => body.tenants)) {
    if (!found.has(tenant.tenant_id)) found.set(tenant.tenant_id, tenant)
  }
  return [...found.values()]
}

function accountSentence(input: ReportInput, tenants: readonly TenantDetermination[]): string {
  const customers = new Map(tenants.map(({ tenant_id, customer }) => [tenant_id, customer]))
  const told = input.case.tenants.map(id => {
    const customer = customers.get(id) ?? null
    const holder = customer === null ? '' : ` of ${described(customer, input)}`
    return `${id || 'compute that is attributed to no account'}${holder}`
  })
  const { length } = told
  if (length === 1) return `The account is ${told[0]}`
  const linked = input.links.length > 1 ? ' under one control' : ''
  return `The ${amount(length)} accounts${linked} are ${listed(told, '; ')}`
}

/** Foreign by themselves, foreign by their owners, or why nobody can tell. */
function answerSentence(input: ReportInput, tenants: readonly TenantDetermination[]): string {
  const answer = caseDetermination(input.case)
  const head = `The determination is ${answer}`
  const deciding = tenants.filter(({ status }) => status === answer)
  if (answer !== 'foreign') {
    const reasons = [...new Set(deciding.map(({ reason }) => reason))]
    return reasons.length === 0 ? head : `${head}: ${listed(reasons, '; ')}`
  }
  const owned = deciding.filter(({ basis }) => basis === 'BO-1')
  const own = deciding.filter(({ basis }) => basis !== 'BO-1')
  const names = [...new Set(own.map(({ customer }) => nameOr(customer)))]
  const parts = [
    names.length === 0 ? null : `${listed(names, ', ')} ${isAre(names.length)} foreign`,
    owned.length === 0 ? null : `foreign owners stand behind ${customersText(owned, tenants)}`,
  ].filter(part => part !== null)
  return parts.length === 0 ? head : `${head}: ${parts.join(', and ')}`
}

function customersText(
  owned: readonly TenantDetermination[],
  tenants: readonly TenantDetermination[],
): string {
  if (owned.length === tenants.length && owned.length > 1)
    return `all ${amount(owned.length)} of them`
  return listed([...new Set(owned.map(({ customer }) => nameOr(customer)))], ', ')
}

interface ForeignOwner {
  readonly person: DeterminedPerson
  readonly holdings: readonly OwnerHolding[]
}

interface OwnerHolding {
  readonly share: number
  readonly route: string
  /** The shortest chain from the owner down to the customer, by name. */
  readonly chain: readonly string[]
}

function ownerSentences(input: ReportInput, tenants: readonly TenantDetermination[]): string[] {
  const owners = foreignOwners(input, tenants)
  const told = owners.slice(0, TOLD_MAX).map(owner => ownerSentence(owner, tenants.length, input))
  const rest = owners.length - TOLD_MAX
  if (rest <= 0) return told
  const more = `${capital(amount(rest))} more foreign ${rest === 1 ? 'owner is' : 'owners are'}`
  return [...told, `${more} listed under "Who is behind the accounts"`]
}

/** Strongest first: behind the most accounts, then with the largest share. */
function foreignOwners(
  input: ReportInput,
  tenants: readonly TenantDetermination[],
): readonly ForeignOwner[] {
  const counting = tenants
    .flatMap(({ owners }) => owners)
    .filter(({ status, route }) => status === 'foreign' && route !== 'possible')
  const byPerson = [...Map.groupBy(counting, ({ party_id }) => party_id).values()]
  const largest = (owner: ForeignOwner) => Math.max(...owner.holdings.map(({ share }) => share))
  return byPerson
    .flatMap(found => {
      const [person] = found
      if (!person) return []
      const holdings = found.map(({ share, route, chains }) => ({
        share,
        route,
        chain: shortest(chains).map(id => labelOf(id, input)),
      }))
      return [{ person, holdings }]
    })
    .toSorted(
      (a, b) =>
        b.holdings.length - a.holdings.length ||
        largest(b) - largest(a) ||
        compareUtf16(a.person.party_id, b.person.party_id),
    )
}

function shortest(chains: readonly (readonly string[])[]): readonly string[] {
  return chains.toSorted((a, b) => a.length - b.length)[0] ?? []
}

function ownerSentence(
  { person, holdings }: ForeignOwner,
  accounts: number,
  input: ReportInput,
): string {
  const [best] = holdings.toSorted((a, b) => a.chain.length - b.chain.length || b.share - a.share)
  const shares = holdings.map(({ share }) => share)
  const [low, high] = [percent(Math.min(...shares)), percent(Math.max(...shares))]
  const range = low === high ? low : `${low} to ${high}`
  const reach =
    accounts === 1
      ? 'the account'
      : holdings.length === accounts
        ? `all ${amount(accounts)} accounts`
        : `${amount(holdings.length)} of the ${amount(accounts)} accounts`
  const head = `${described(person, input)} stands behind ${reach} with ${range}`
  if (!best) return head
  const control = best.route === 'control' ? ' and control' : ''
  const chain = best.chain.join(' → ')
  if (holdings.length === 1) return `${head}${control}: ${chain}`
  return `${head}; the shortest chain is ${chain} (${percent(best.share)}${control})`
}

function salesSentences(input: ReportInput, tenants: readonly TenantDetermination[]): string[] {
  const resold = tenants.flatMap(({ tenant_id, resellers }) => {
    if (resellers.length === 0) return []
    const chain = resellers.map(reseller => described(reseller, input)).join(' → ')
    return [`${tenant_id} is sold through ${chain}`]
  })
  const payers = tenants.flatMap(({ payer }) => (payer ? [described(payer, input)] : []))
  const paid = [...new Set(payers)]
  return [
    resold.length === 0 ? 'No reseller stands in between' : listed(resold, '; '),
    ...(paid.length === 0 ? [] : [`A third party pays: ${listed(paid, ', ')}`]),
  ]
}

/** `Harbour Lantern Pte. Ltd. (SG)`: where an entity is organised, what a person is a citizen of. */
function described(person: DeterminedPerson, input: ReportInput): string {
  const name = nameOr(person)
  const organised = input.parties.get(person.party_id)?.organised_in ?? null
  const citizen = person.evidence
    .filter(({ fact, established }) => fact === 'citizenship' && established)
    .map(({ value }) => value)
  const where = organised ?? [...new Set(citizen)].join(', ')
  return where === '' ? name : `${name} (${where})`
}

function nameOr(person: DeterminedPerson | null): string {
  return person === null ? 'a customer not on record' : (person.name ?? person.party_id)
}

function listed(texts: readonly string[], separator: string): string {
  const shown = texts.slice(0, LISTED_MAX)
  const rest = texts.length - shown.length
  if (rest > 0) return `${shown.join(separator)}${separator}and ${rest} more`
  const last = shown.at(-1) ?? ''
  if (shown.length < 2) return last
  const glue = separator === '; ' ? '; and ' : ' and '
  return `${shown.slice(0, -1).join(separator)}${glue}${last}`
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

function amount(count: number): string {
  return WORDS[count] ?? String(count)
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are'
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
