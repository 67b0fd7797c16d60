/** A US company, US owners all the way up, trains a frontier model: beyond the line, and no case. */
import type { Window } from '../../domain/window.ts'
import { type Cast, company, control, directAccount, person, stake } from '../cast.ts'
import type { Fleet } from '../fleet.ts'
import { PLAIN, part, place, pretraining, RACK, reserve, type Scene } from '../scene.ts'

export const PRAIRIE_LATTICE = 'acct-prairie-lattice'
const CUSTOMER = 'party-prairie-lattice'
const RACKS = 192

export function domesticTrainer(window: Window): Scene {
  const fleet = fleetIn(window)
  return {
    fleets: [fleet],
    cast: CAST,
    commitments: reserve(fleet, 'com-prairie-1', 45),
    actors: [
      {
        name: 'domestic trainer',
        tenants: [PRAIRIE_LATTICE],
        foreign_person: 'domestic',
        expectation: 'none',
        why: 'More than 1e26 operations, but customer and every owner are US persons.',
      },
    ],
  }
}

function fleetIn(window: Window): Fleet {
  return {
    ...PLAIN,
    ...RACK,
    name: 'ia2-pl',
    tenant_id: PRAIRIE_LATTICE,
    meters: RACKS,
    held: part(window, 0.04, 0.88),
    place: place('iowa-2', 'us-central', 1),
    declared_use: 'training',
    precision: 'fp8',
    precision_attested: true,
    work: {
      kind: 'training',
      pace: PRAIRIE_LATTICE,
      options: {
        job: 'prairie-xl',
        run: part(window, 0.05, 0.87),
        stages: pretraining(0.5),
        parameters: 700e9,
        checkpoint_period_h: 2,
        run_devices: RACKS * RACK.devices_per_meter,
        net_bytes_per_s: 3.2e9,
        nvlink_bytes_per_s: 90e9,
      },
    },
  }
}

const CAST: Cast = {
  companies: [
    company(
      CUSTOMER,
      'Prairie Lattice Research, Inc.',
      'US-DE',
      'US',
      '410 Grain Exchange Row, Des Moines, IA 50309',
    ),
    company(
      'party-cottonwood-growth',
      'Cottonwood Growth Partners LP',
      'US-DE',
      'US',
      '88 Harbor Street, Boston, MA 02110',
    ),
  ],
  persons: [
    person('party-whitfield', 'Dana Whitfield', 'US', '17 Orchard Lane, Ames, IA 50010'),
    person('party-oyelaran', 'Marcus Oyelaran', 'US', '2204 Elm Avenue, Des Moines, IA 50311'),
    person('party-brandt', 'Ellen Brandt', 'US', '6 Commonwealth Terrace, Boston, MA 02116'),
  ],
  stakes: [
    control('party-whitfield', CUSTOMER, 0.4),
    stake('party-oyelaran', CUSTOMER, 0.35),
    stake('party-cottonwood-growth', CUSTOMER, 0.25),
    control('party-brandt', 'party-cottonwood-growth', 1),
  ],
  accounts: [
    { ...directAccount(PRAIRIE_LATTICE, CUSTOMER, 'ach-5f10c2'), declared_use: 'training' },
  ],
  administrators: [
    {
      tenant_id: PRAIRIE_LATTICE,
      principal: 'ops@prairie-lattice.example',
      ip: '198.51.100.21',
      day_begins: 14,
    },
  ],
}
