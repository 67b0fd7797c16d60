/**
 * A reseller's sub-account with no customer on record, said to serve and seen to train. Nobody
 * knows who this is, and that must not read as domestic.
 */
import type { Window } from '../../domain/window.ts'
import { type Cast, company, control, person } from '../cast.ts'
import type { Fleet } from '../fleet.ts'
import { PLAIN, part, place, pretraining, RACK, type Scene } from '../scene.ts'

const TENANT = 'acct-brightquay-0417'
const RESELLER = 'party-brightquay'
const RACKS = 36

export function resellerOpaque(window: Window): Scene {
  return {
    fleets: [fleetIn(window)],
    cast: CAST,
    commitments: [],
    actors: [
      {
        name: 'reseller with an opaque customer',
        tenants: [TENANT],
        foreign_person: 'unknown',
        expectation: 'open',
        why: 'Material compute behind a foreign reseller that has named no customer.',
      },
    ],
  }
}

function fleetIn(window: Window): Fleet {
  return {
    ...PLAIN,
    ...RACK,
    name: 'tx2-bq',
    tenant_id: TENANT,
    meters: RACKS,
    held: part(window, 0, 1),
    place: place('texas-2', 'us-south', 5),
    declared_use: 'inference',
    work: {
      kind: 'training',
      pace: TENANT,
      options: {
        job: 'bq-0417',
        run: part(window, 0.01, 0.99),
        stages: pretraining(0.36),
        parameters: 120e9,
        checkpoint_period_h: 6,
        run_devices: RACKS * RACK.devices_per_meter,
        net_bytes_per_s: 2.1e9,
        nvlink_bytes_per_s: 80e9,
      },
    },
  }
}

const CAST: Cast = {
  companies: [
    company(
      RESELLER,
      'Brightquay Cloud Resale FZ-LLC',
      'AE',
      'AE',
      'Office 902, Lantern Tower, Dubai Internet District',
    ),
  ],
  persons: [person('party-vasquez', 'Imelda Vasquez', 'PH', '14 Acacia Street, Makati 1299')],
  stakes: [control('party-vasquez', RESELLER, 1)],
  accounts: [
    {
      tenant_id: TENANT,
      billing_account_id: 'acct-brightquay',
      customer: null,
      reseller_path: [RESELLER],
      payer: RESELLER,
      instrument: 'wire-48f6d3',
      declared_use: 'inference',
    },
  ],
  administrators: [
    { tenant_id: TENANT, principal: 'tenant-0417', ip: '203.0.113.201', day_begins: 4 },
  ],
}
