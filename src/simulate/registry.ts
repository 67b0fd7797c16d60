/** The cast as identity records (contract 1.4), as a provider's customer registry would send them. */
import { DAY_MS, formatInstant, HOUR_MS, type Instant, type Window } from '../domain/window.ts'
import type { Administrator, Cast, Company, Person } from './cast.ts'
import { createRandom } from './random.ts'

export type IdentityRecord = Readonly<Record<string, unknown>>

/** Everyone was known before the window opened: a backtest over it never meets an empty register. */
const RECORDED_BEFORE_MS = 30 * DAY_MS
const TRUE_SINCE_MS = 400 * DAY_MS
const SESSION_CHANCE_PER_DAY = 0.7
const WORKING_HOURS = 9

export function partyRecords(cast: Cast, window: Window): IdentityRecord[] {
  return [
    ...cast.companies.map(company => entityRecord(company, window)),
    ...cast.persons.map(person => individualRecord(person, window)),
  ]
}

function entityRecord(company: Company, window: Window): IdentityRecord {
  const { address, headquarters } = company
  return {
    party_id: company.id,
    kind: 'entity',
    names: names(company),
    addresses: [{ role: 'principal_place_of_business', text: address, country: headquarters }],
    organised_in: company.organised_in,
    headquarters_country: headquarters,
    ...contact(company.id),
    owners_complete: true,
    ...verifiedSince(window),
  }
}

function individualRecord(person: Person, window: Window): IdentityRecord {
  const { citizenship, residence, address } = person
  return {
    party_id: person.id,
    kind: 'individual',
    names: names(person),
    addresses: [{ role: 'residential', text: address, country: residence }],
    citizenships: [{ country: citizenship, basis: 'document', evidence: ['passport'] }],
    residencies: [{ country: residence, basis: 'document', status: 'resident' }],
    ...contact(person.id),
    ...verifiedSince(window),
  }
}

export function ownershipRecords(cast: Cast, window: Window): IdentityRecord[] {
  return cast.stakes.map(stake => ({
    owner_id: stake.owner,
    owned_id: stake.owned,
    share: stake.share,
    control: stake.control,
    kind: 'shareholding',
    ...validity(window),
  }))
}

export function accountRecords(cast: Cast, window: Window): IdentityRecord[] {
  return cast.accounts.map(account => ({
    tenant_id: account.tenant_id,
    customer_party_id: account.customer,
    reseller_path: account.reseller_path,
    payer_party_id: account.payer,
    payment_instruments: [{ token: account.instrument, kind: account.instrument.split('-')[0] }],
    declared_use: account.declared_use,
    opened_at: formatInstant(window.start - RECORDED_BEFORE_MS),
    closed_at: null,
    ...validity(window),
  }))
}

/** Console and API sessions of the administrators over the window, in order of time. */
export function accessRecords(cast: Cast, window: Window, seed: number): IdentityRecord[] {
  const sessions = cast.administrators.flatMap(administrator =>
    sessionTimes(administrator, window, seed).map((time, index) => ({
      administrator,
      time,
      index,
    })),
  )
  sessions.sort((a, b) => a.time - b.time)
  return sessions.map(({ administrator, time, index }) => ({
    access_id: `access-${administrator.principal}-${index}`,
    tenant_id: administrator.tenant_id,
    principal: administrator.principal,
    ip: administrator.ip,
    time: formatInstant(time),
    action: index % 3 === 0 ? 'console.login' : 'instances.describe',
    recorded_at: formatInstant(time),
  }))
}

function sessionTimes(administrator: Administrator, window: Window, seed: number): Instant[] {
  const random = createRandom(seed, `access/${administrator.principal}`)
  const times: Instant[] = []
  for (let day = window.start; day < window.end; day += DAY_MS) {
    if (!random.chance(SESSION_CHANCE_PER_DAY)) continue
    const hour = administrator.day_begins + random.between(0, WORKING_HOURS)
    const time = day + Math.round(hour * HOUR_MS)
    if (time < window.end) times.push(time)
  }
  return times
}

/** One entry of a screening list that matches nobody in any scenario: screening has to say so. */
export function listRecords(window: Window): IdentityRecord[] {
  return [
    {
      entry_id: 'list-sample-1',
      list_id: 'sample-screening-list',
      list_kind: 'screening',
      scope: 'person',
      names: ['Quillfeather Maritime Trading S.A.'],
      condition: 'review',
      citation: 'Invented entry of a simulated list',
      ...validity(window),
    },
  ]
}

function names(party: Company | Person): { type: string; name: string }[] {
  const trading = 'trading_name' in party ? party.trading_name : undefined
  return [
    { type: 'legal', name: party.name },
    ...(party.native_name === undefined ? [] : [{ type: 'alias', name: party.native_name }]),
    ...(trading === undefined ? [] : [{ type: 'trading', name: trading }]),
  ]
}

function contact(id: string) {
  const domain = `${id.replace('party-', '')}.example`
  return { emails: [`contact@${domain}`], phones: ['+1-202-555-0100'] }
}

function verifiedSince(window: Window) {
  const at = formatInstant(window.start - RECORDED_BEFORE_MS)
  return { verification: { state: 'verified', at, method: 'documentary' }, ...validity(window) }
}

function validity(window: Window) {
  return {
    valid_from: formatInstant(window.start - TRUE_SINCE_MS),
    valid_to: null,
    recorded_at: formatInstant(window.start - RECORDED_BEFORE_MS),
    source: 'customer-registry',
  }
}
