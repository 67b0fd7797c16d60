/**
 * A frontier run by a Delaware company that a foreign company owns to 60 % and controls: the
 * customer is a US person, its beneficial owner is not.
 */
import type { Window } from '../../domain/window.ts'
import { type Cast, company, control, directAccount, person, stake } from '../cast.ts'
import type { Fleet } from '../fleet.ts'
import { PLAIN, part, place, pretraining, RACK, reserve, type Scene } from '../scene.ts'

const TENANT = 'acct-larkspur'
const CUSTOMER = 'party-larkspur'
const PARENT = 'party-haldane-meridian'
const RACKS = 240

export function foreignShell(window: Window): Scene {
  const fleet = fleetIn(window)
  return {
    fleets: [fleet],
    cast: CAST,
    commitments: reserve(fleet, 'com-larkspur-1', 12),
    actors: [
      {
        name: 'foreign trainer over a US shell',
        tenants: [TENANT],
        foreign_person: 'foreign',
        expectation: 'threshold',
        why: 'A Singapore company owns 60 % of the Delaware customer and controls it.',
      },
    ],
  }
}

function fleetIn(window: Window): Fleet {
  return {
    ...PLAIN,
    ...RACK,
    name: 'oh1-lk',
    tenant_id: TENANT,
    meters: RACKS,
    held: part(window, 0.09, 0.97),
    place: place('ohio-1', 'us-east', 3),
    declared_use: 'research',
    precision: 'fp8',
    work: {
      kind: 'training',
      pace: TENANT,
      options: {
        job: 'lk-main',
        run: part(window, 0.1, 0.96),
        stages: pretraining(0.49),
        parameters: 900e9,
        checkpoint_period_h: 3,
        run_devices: RACKS * RACK.devices_per_meter,
        net_bytes_per_s: 3.4e9,
        nvlink_bytes_per_s: 95e9,
      },
    },
  }
}

const CAST: Cast = {
  companies: [
    company(
      CUSTOMER,
      'Larkspur Compute LLC',
      'US-DE',
      'US',
      '1209 Cranefield Street, Suite 4100, Wilmington, DE 19801',
    ),
    {
      ...company(
        PARENT,
        'Haldane Meridian Pte. Ltd.',
        'SG',
        'SG',
        '7 Kestrel Quay #21-04, Singapore 049999',
      ),
      trading_name: 'Meridian Foundation Models',
    },
  ],
  persons: [
    person('party-tan-wei-jie', 'Tan Wei Jie', 'SG', '12 Pandan Rise #05-11, Singapore 279999'),
    {
      ...person('party-achebe', 'Rosalind Achebe', 'GB', '3 Tembusu Walk, Singapore 238999'),
      residence: 'SG',
    },
    person('party-holloway', 'Grant Holloway', 'US', '51 Brandywine Court, Wilmington, DE 19803'),
  ],
  stakes: [
    control(PARENT, CUSTOMER, 0.6),
    stake('party-holloway', CUSTOMER, 0.4),
    control('party-tan-wei-jie', PARENT, 0.7),
    stake('party-achebe', PARENT, 0.3),
  ],
  accounts: [
    {
      ...directAccount(TENANT, CUSTOMER, 'wire-91be07'),
      payer: PARENT,
      declared_use: 'research',
    },
  ],
  administrators: [
    { tenant_id: TENANT, principal: 'root@larkspur.example', ip: '203.0.113.45', day_begins: 1 },
    {
      tenant_id: TENANT,
      principal: 'g.holloway@larkspur.example',
      ip: '198.51.100.87',
      day_begins: 14,
    },
  ],
}
