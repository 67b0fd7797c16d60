/** A foreign tenant whose telemetry stops half-way while its bill, and its work, go on. */
import type { Window } from '../../domain/window.ts'
import { type Cast, company, control, directAccount, person, stake } from '../cast.ts'
import type { Fleet } from '../fleet.ts'
import { PLAIN, part, place, pretraining, RACK, type Scene } from '../scene.ts'

const TENANT = 'acct-karacam'
const CUSTOMER = 'party-karacam'
const RACKS = 64
const DARK_FROM_SHARE = 0.5

export function goesDark(window: Window): Scene {
  return {
    fleets: [fleetIn(window)],
    cast: CAST,
    commitments: [],
    actors: [
      {
        name: 'telemetry goes dark',
        tenants: [TENANT],
        foreign_person: 'foreign',
        expectation: 'open',
        why: 'Billed to the end, metered to the middle: what is missing counts at the upper bound.',
      },
    ],
  }
}

function fleetIn(window: Window): Fleet {
  return {
    ...PLAIN,
    ...RACK,
    name: 'nm1-kc',
    tenant_id: TENANT,
    meters: RACKS,
    held: part(window, 0, 1),
    place: place('newmexico-1', 'us-south', 1),
    declared_use: 'analytics',
    flaws: { dark_from: part(window, 0, DARK_FROM_SHARE).end },
    work: {
      kind: 'training',
      pace: TENANT,
      options: {
        job: 'kc-batch',
        run: part(window, 0.02, 0.99),
        stages: pretraining(0.38),
        parameters: 180e9,
        checkpoint_period_h: 4,
        run_devices: RACKS * RACK.devices_per_meter,
        net_bytes_per_s: 2.4e9,
        nvlink_bytes_per_s: 85e9,
      },
    },
  }
}

const CAST: Cast = {
  companies: [
    company(
      CUSTOMER,
      'Karaçam Veri Bilimi A.Ş.',
      'TR',
      'TR',
      'Zeytin Sokak 21, 34330 Beşiktaş, İstanbul',
    ),
  ],
  persons: [
    person('party-yildirim', 'Defne Yıldırım', 'TR', 'Çınar Caddesi 5, 34340 İstanbul'),
    person('party-aksoy', 'Emre Aksoy', 'TR', 'Lale Sokak 9, 06690 Ankara'),
  ],
  stakes: [control('party-yildirim', CUSTOMER, 0.6), stake('party-aksoy', CUSTOMER, 0.4)],
  accounts: [{ ...directAccount(TENANT, CUSTOMER, 'wire-7a91cc'), declared_use: 'analytics' }],
  administrators: [
    { tenant_id: TENANT, principal: 'sistem@karacam.example', ip: '203.0.113.77', day_begins: 6 },
  ],
}
