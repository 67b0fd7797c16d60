/**
 * A foreign company has signed for a year of 16,384 accelerators that it has not switched on yet.
 * There is no telemetry to look at: what was promised alone could pass the line.
 */
import { DAY_MS, type Window } from '../../domain/window.ts'
import { type Cast, company, control, directAccount, person, stake } from '../cast.ts'
import { B200 } from '../chips.ts'
import type { Commitment } from '../commitment.ts'
import type { Scene } from '../scene.ts'

const TENANT = 'acct-sahra'
const CUSTOMER = 'party-sahra'
const ACCELERATORS = 16_384

export function commitmentUnused(window: Window): Scene {
  return {
    fleets: [],
    cast: CAST,
    commitments: amendments(window),
    actors: [
      {
        name: 'signed commitment, not yet used',
        tenants: [TENANT],
        foreign_person: 'foreign',
        expectation: 'capacity',
        why: 'A year of 16,384 B200 can pass 1e26 operations at ordinary utilisation.',
      },
    ],
  }
}

/** Quoted, then optioned for more, then signed: each step a revision, none overwrites another. */
function amendments(window: Window): Commitment[] {
  const start = window.end + 10 * DAY_MS
  const terms = {
    commitment_id: 'com-sahra-1',
    tenant_id: TENANT,
    accelerator: B200.id,
    start,
    end: start + 365 * DAY_MS,
    fabric_gbps: 400,
    site: 'texas-3',
    declared_use: 'research',
  }
  const daysBeforeEnd = (days: number) => window.end - days * DAY_MS
  const step = (revision: number, recorded_at: number) => ({ ...terms, revision, recorded_at })
  return [
    { ...step(0, daysBeforeEnd(40)), accelerators: 4_096, status: 'quoted', signed_at: null },
    { ...step(1, daysBeforeEnd(24)), accelerators: 8_192, status: 'option', signed_at: null },
    {
      ...step(2, daysBeforeEnd(9)),
      accelerators: ACCELERATORS,
      status: 'signed',
      signed_at: daysBeforeEnd(9),
    },
  ]
}

const CAST: Cast = {
  companies: [
    {
      ...company(
        CUSTOMER,
        'Sahra Horizon Computing PJSC',
        'AE',
        'AE',
        'Level 31, Falcon Gate, Al Maryah Island, Abu Dhabi',
      ),
      native_name: 'شركة أفق الصحراء للحوسبة',
    },
  ],
  persons: [
    {
      ...person('party-al-rumaithi', 'Salem Al Rumaithi', 'AE', 'Villa 12, Saadiyat, Abu Dhabi'),
      native_name: 'سالم الرميثي',
    },
    person('party-lindqvist', 'Maja Lindqvist', 'SE', 'Strandvägen 70, 114 56 Stockholm'),
  ],
  stakes: [control('party-al-rumaithi', CUSTOMER, 0.65), stake('party-lindqvist', CUSTOMER, 0.35)],
  accounts: [{ ...directAccount(TENANT, CUSTOMER, 'wire-0b7e52'), declared_use: 'research' }],
  administrators: [
    { tenant_id: TENANT, principal: 'infra@sahra.example', ip: '203.0.113.150', day_begins: 5 },
  ],
}
