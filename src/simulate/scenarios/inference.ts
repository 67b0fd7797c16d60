/** A Canadian company serves its users: always on, through every night, far below any line. */
import type { Window } from '../../domain/window.ts'
import { type Cast, company, control, directAccount, person, stake } from '../cast.ts'
import { H100 } from '../chips.ts'
import type { Fleet } from '../fleet.ts'
import { PLAIN, part, place, RACK, reserve, type Scene, servers } from '../scene.ts'

export const MAPLEWATER = 'acct-maplewater'
const CUSTOMER = 'party-maplewater'

export function inference(window: Window): Scene {
  const fleets = fleetsIn(window)
  return {
    fleets,
    cast: CAST,
    commitments: fleets.flatMap(fleet => reserve(fleet, `com-maplewater-${fleet.name}`, 90)),
    actors: [
      {
        name: 'inference fleet',
        tenants: [MAPLEWATER],
        foreign_person: 'foreign',
        expectation: 'none',
        why: 'A foreign customer, but serving, and below every threshold at the upper bound.',
      },
    ],
  }
}

/** Large models on racks, small ones on servers of the generation before. */
function fleetsIn(window: Window): Fleet[] {
  const all = {
    ...PLAIN,
    tenant_id: MAPLEWATER,
    held: part(window, 0, 1),
    declared_use: 'inference',
    precision: 'fp8',
  } as const
  const traffic = { tensor_active_min: 0.02, tensor_active_max: 0.14, peak_hour: 19 }
  return [
    {
      ...all,
      ...RACK,
      name: 'va3-mw',
      meters: 12,
      place: place('virginia-3', 'us-east', 7),
      work: { kind: 'serving', options: { ...traffic, service: 'assist-large' } },
    },
    {
      ...all,
      ...servers(H100),
      name: 'va4-mw',
      meters: 16,
      place: place('virginia-4', 'us-east', 1),
      work: { kind: 'serving', options: { ...traffic, service: 'assist-small' } },
    },
  ]
}

const CAST: Cast = {
  companies: [
    company(
      CUSTOMER,
      'Maplewater Assist Inc.',
      'CA-ON',
      'CA',
      '155 Lakeshore Parade, Toronto, ON M5V 0A1',
    ),
  ],
  persons: [
    person('party-tremblay', 'Anouk Tremblay', 'CA', '9 Rue des Bouleaux, Montréal, QC H2X 0A1'),
    person('party-sandhu', 'Harpreet Sandhu', 'CA', '31 Birch Crescent, Toronto, ON M4W 0A1'),
  ],
  stakes: [control('party-tremblay', CUSTOMER, 0.55), stake('party-sandhu', CUSTOMER, 0.45)],
  accounts: [{ ...directAccount(MAPLEWATER, CUSTOMER, 'card-30ac19'), declared_use: 'inference' }],
  administrators: [
    {
      tenant_id: MAPLEWATER,
      principal: 'sre@maplewater.example',
      ip: '192.0.2.60',
      day_begins: 13,
    },
  ],
}
