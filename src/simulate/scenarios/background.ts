/**
 * What else is in a cloud: two small US teams, one node whose profiling fields are stuck at zero,
 * a card that no catalogue knows, and nodes that nobody has rented.
 */
import type { Window } from '../../domain/window.ts'
import { type Cast, company, control, directAccount, person, stake } from '../cast.ts'
import { B200, H200 } from '../chips.ts'
import type { Fleet } from '../fleet.ts'
import { PLAIN, part, place, type Scene, servers } from '../scene.ts'

const JUNIPER = 'acct-juniper-loop'
const SALTMARSH = 'acct-saltmarsh'

export function background(window: Window): Scene {
  return {
    fleets: fleetsIn(window),
    cast: CAST,
    commitments: [],
    actors: [
      {
        name: 'small US teams',
        tenants: [JUNIPER, SALTMARSH],
        foreign_person: 'domestic',
        expectation: 'none',
        why: 'Fine-tuning on a few servers.',
      },
    ],
  }
}

function fleetsIn(window: Window): Fleet[] {
  const all = { ...PLAIN, held: part(window, 0, 1) }
  return [
    {
      ...all,
      ...servers(H200),
      name: 'va1-jl',
      tenant_id: JUNIPER,
      meters: 4,
      place: place('virginia-1', 'us-east', 2),
      flaws: { blind_meters: [2] },
      work: { kind: 'fine-tunes', queues: 2 },
    },
    {
      ...all,
      ...servers(B200),
      name: 'va1-sm',
      tenant_id: SALTMARSH,
      meters: 2,
      place: place('virginia-1', 'us-east', 2),
      declared_use: 'robotics',
      counters: true,
      work: { kind: 'fine-tunes', queues: 1 },
    },
    {
      ...all,
      ...servers(H200),
      name: 'va1-es',
      tenant_id: SALTMARSH,
      meters: 1,
      place: place('virginia-1', 'us-east', 2),
      flaws: { driver_string: 'NVIDIA X900 Engineering Sample' },
      work: { kind: 'fine-tunes', queues: 1 },
    },
    {
      ...all,
      ...servers(H200),
      name: 'va1-free',
      tenant_id: null,
      meters: 2,
      place: place('virginia-1', 'us-east', 2),
      work: { kind: 'burn-in', queues: 2 },
    },
  ]
}

const CAST: Cast = {
  companies: [
    company(
      'party-juniper-loop',
      'Juniper Loop Labs, Inc.',
      'US-DE',
      'US',
      '600 Brannan Yard, San Francisco, CA 94107',
    ),
    company(
      'party-saltmarsh',
      'Saltmarsh Robotics LLC',
      'US-MA',
      'US',
      '12 Tidewater Way, New Bedford, MA 02740',
    ),
  ],
  persons: [
    person('party-okafor', 'Chidi Okafor', 'US', '75 Dolores Terrace, San Francisco, CA 94110'),
    person('party-feld', 'Miriam Feld', 'US', '4 Valencia Mews, San Francisco, CA 94103'),
    person('party-costa', 'Joana Costa', 'US', '88 Acushnet Lane, New Bedford, MA 02745'),
  ],
  stakes: [
    control('party-okafor', 'party-juniper-loop', 0.5),
    stake('party-feld', 'party-juniper-loop', 0.5),
    control('party-costa', 'party-saltmarsh', 1),
  ],
  accounts: [
    directAccount(JUNIPER, 'party-juniper-loop', 'card-c4410e'),
    directAccount(SALTMARSH, 'party-saltmarsh', 'card-1f9a73'),
  ],
  administrators: [
    { tenant_id: JUNIPER, principal: 'chidi@juniper.example', ip: '192.0.2.14', day_begins: 16 },
    {
      tenant_id: SALTMARSH,
      principal: 'joana@saltmarsh.example',
      ip: '192.0.2.33',
      day_begins: 13,
    },
  ],
}
