/** A Norwegian climate institute runs FP64 codes on older cards: busy, and hardly any tensor work. */
import type { Window } from '../../domain/window.ts'
import { type Cast, company, control, directAccount, person } from '../cast.ts'
import { A100 } from '../chips.ts'
import { PLAIN, part, place, type Scene, servers } from '../scene.ts'

const TENANT = 'acct-fjordvaer'
const CUSTOMER = 'party-fjordvaer'

export function hpc(window: Window): Scene {
  return {
    fleets: [
      {
        ...PLAIN,
        ...servers(A100),
        name: 'or2-fj',
        tenant_id: TENANT,
        meters: 16,
        held: part(window, 0, 1),
        place: place('oregon-2', 'us-west', 4),
        declared_use: 'simulation',
        work: { kind: 'simulation-codes', queues: 4 },
      },
    ],
    cast: CAST,
    commitments: [],
    actors: [
      {
        name: 'high-performance computing',
        tenants: [TENANT],
        foreign_person: 'foreign',
        expectation: 'none',
        why: 'A foreign customer, but double-precision codes far below every threshold.',
      },
    ],
  }
}

const CAST: Cast = {
  companies: [company(CUSTOMER, 'Fjordvær Klima AS', 'NO', 'NO', 'Havnegata 14, 5003 Bergen')],
  persons: [person('party-nygard', 'Sigrid Nygård', 'NO', 'Fjellveien 3, 5019 Bergen')],
  stakes: [control('party-nygard', CUSTOMER, 1)],
  accounts: [{ ...directAccount(TENANT, CUSTOMER, 'sepa-6d20f8'), declared_use: 'simulation' }],
  administrators: [
    { tenant_id: TENANT, principal: 'drift@fjordvaer.example', ip: '192.0.2.91', day_begins: 6 },
  ],
}
