/**
 * The people and companies of a scenario, told in few words. All names are invented; network
 * addresses and domains come from ranges reserved for documentation. `registry.ts` writes them out
 * as identity records.
 */

export interface Company {
  readonly id: string
  readonly name: string
  /** The name in its own script, where that is not Latin. */
  readonly native_name?: string
  readonly trading_name?: string
  /** Country, or country and state, whose law it is organised under: `US-DE`, `SG`. */
  readonly organised_in: string
  readonly headquarters: string
  readonly address: string
}

export interface Person {
  readonly id: string
  readonly name: string
  readonly native_name?: string
  readonly citizenship: string
  readonly residence: string
  readonly address: string
}

export interface Stake {
  readonly owner: string
  readonly owned: string
  /** 0..1 */
  readonly share: number
  readonly control: boolean
}

export interface Account {
  readonly tenant_id: string
  /** Whom the invoice goes to: the tenant itself, or its reseller. */
  readonly billing_account_id: string
  /** null: the provider does not know who the customer is. */
  readonly customer: string | null
  readonly reseller_path: readonly string[]
  readonly payer: string
  readonly instrument: string
  readonly declared_use: string | null
}

/** Someone at a keyboard: sessions are drawn from these. */
export interface Administrator {
  readonly tenant_id: string
  readonly principal: string
  readonly ip: string
  /** UTC hour at which the administrator's working day begins. */
  readonly day_begins: number
}

export interface Cast {
  readonly companies: readonly Company[]
  readonly persons: readonly Person[]
  readonly stakes: readonly Stake[]
  readonly accounts: readonly Account[]
  readonly administrators: readonly Administrator[]
}

/** An entity known by one name; spread it to add others. */
export function company(
  id: string,
  name: string,
  organised_in: string,
  headquarters: string,
  address: string,
): Company {
  return { id, name, organised_in, headquarters, address }
}

/** Someone who lives in the country of their citizenship. */
export function person(id: string, name: string, country: string, address: string): Person {
  return { id, name, citizenship: country, residence: country, address }
}

export function stake(owner: string, owned: string, share: number): Stake {
  return { owner, owned, share, control: false }
}

/** A stake whose holder also decides. */
export function control(owner: string, owned: string, share: number): Stake {
  return { owner, owned, share, control: true }
}

/** An account whose customer deals with the provider directly and pays its own bill. */
export function directAccount(tenant_id: string, customer: string, instrument: string): Account {
  return {
    tenant_id,
    billing_account_id: tenant_id,
    customer,
    reseller_path: [],
    payer: customer,
    instrument,
    declared_use: null,
  }
}

/** One cast of several; scenarios have no people in common, so nobody can appear twice. */
export function combineCasts(casts: readonly Cast[]): Cast {
  return {
    companies: casts.flatMap(cast => cast.companies),
    persons: casts.flatMap(cast => cast.persons),
    stakes: casts.flatMap(cast => cast.stakes),
    accounts: casts.flatMap(cast => cast.accounts),
    administrators: casts.flatMap(cast => cast.administrators),
  }
}
