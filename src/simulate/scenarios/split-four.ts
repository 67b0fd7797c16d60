/**
 * One synchronous run of about 1.5e26 operations, cut into four accounts of four companies in four
 * jurisdictions. No account comes near 1e26; one parent stands behind all of them.
 */
import type { Window } from '../../domain/window.ts'
import {
  type Administrator,
  type Cast,
  company,
  control,
  directAccount,
  person,
  stake,
} from '../cast.ts'
import type { Fleet } from '../fleet.ts'
import { PLAIN, part, place, pretraining, RACK, type Scene } from '../scene.ts'

const PACE = 'split-four'

interface Shell {
  readonly tenant_id: string
  readonly party: string
  readonly fleet: string
  readonly racks: number
  readonly site: string
  readonly region: string
  readonly instrument: string
  readonly principal: string
  readonly ip: string
}

/** The first and third pay with one instrument, the second and fourth are run from one address. */
const SHELLS: readonly Shell[] = [
  {
    tenant_id: 'acct-alder-ridge',
    party: 'party-alder-ridge',
    fleet: 'or1-ar',
    racks: 54,
    site: 'oregon-1',
    region: 'us-west',
    instrument: 'card-77d3a0',
    principal: 'it@alder-ridge.example',
    ip: '203.0.113.110',
  },
  {
    tenant_id: 'acct-basalt-peak',
    party: 'party-basalt-peak',
    fleet: 'nv1-bp',
    racks: 60,
    site: 'nevada-1',
    region: 'us-west',
    instrument: 'wire-2c4471',
    principal: 'admin@basalt-peak.example',
    ip: '203.0.113.111',
  },
  {
    tenant_id: 'acct-corrib-vector',
    party: 'party-corrib-vector',
    fleet: 'oh2-cv',
    racks: 62,
    site: 'ohio-2',
    region: 'us-east',
    instrument: 'card-77d3a0',
    principal: 'cloud@corrib-vector.example',
    ip: '203.0.113.112',
  },
  {
    tenant_id: 'acct-dunmore-signal',
    party: 'party-dunmore-signal',
    fleet: 'tx1-ds',
    racks: 56,
    site: 'texas-1',
    region: 'us-south',
    instrument: 'wire-e0a95f',
    principal: 'ops@dunmore-signal.example',
    ip: '203.0.113.111',
  },
]

const RUN_RACKS = SHELLS.reduce((sum, shell) => sum + shell.racks, 0)

export function splitFour(window: Window): Scene {
  return {
    fleets: SHELLS.map(shell => shardOf(shell, window)),
    cast: {
      ...OWNERS,
      accounts: SHELLS.map(shell => directAccount(shell.tenant_id, shell.party, shell.instrument)),
      administrators: SHELLS.map(adminOf),
    },
    commitments: [],
    actors: [
      {
        name: 'one run split over four accounts',
        tenants: SHELLS.map(shell => shell.tenant_id),
        foreign_person: 'foreign',
        expectation: 'threshold',
        why: 'A foreign parent reaches each customer with 30 to 51 % or control.',
      },
    ],
  }
}

function shardOf(shell: Shell, window: Window): Fleet {
  return {
    ...PLAIN,
    ...RACK,
    name: shell.fleet,
    tenant_id: shell.tenant_id,
    meters: shell.racks,
    held: part(window, 0.11, 0.96),
    place: place(shell.site, shell.region, 2),
    declared_use: 'analytics',
    precision: 'fp8',
    work: {
      kind: 'training',
      pace: PACE,
      options: {
        job: `${shell.fleet}-batch`,
        run: part(window, 0.12, 0.95),
        stages: pretraining(0.49),
        parameters: 600e9,
        checkpoint_period_h: 4,
        run_devices: RUN_RACKS * RACK.devices_per_meter,
        net_bytes_per_s: 2.6e9,
        nvlink_bytes_per_s: 92e9,
      },
    },
  }
}

function adminOf(shell: Shell): Administrator {
  const { tenant_id, principal, ip } = shell
  return { tenant_id, principal, ip, day_begins: 1 }
}

/**
 * Yuanxiu reaches Alder Ridge by 80 % of 60 % = 48 %, Basalt Peak by 30 %, Corrib Vector by 100 %
 * of 51 % = 51 %, Dunmore Signal by 100 % of 40 % = 40 % and control.
 */
const OWNERS: Omit<Cast, 'accounts' | 'administrators'> = {
  companies: [
    company(
      'party-alder-ridge',
      'Alder Ridge Analytics LLC',
      'US-DE',
      'US',
      '900 Cedar Loop, Dover, DE 19901',
    ),
    company(
      'party-basalt-peak',
      'Basalt Peak Systems, Inc.',
      'US-NV',
      'US',
      '44 Mesa Way, Reno, NV 89501',
    ),
    company(
      'party-corrib-vector',
      'Corrib Vector Limited',
      'IE',
      'IE',
      '5 Weir Street, Galway H91 0000',
    ),
    company(
      'party-dunmore-signal',
      'Dunmore Signal LLC',
      'US-WY',
      'US',
      '30 Yarrow Street, Sheridan, WY 82801',
    ),
    company(
      'party-harbour-lantern',
      'Harbour Lantern Pte. Ltd.',
      'SG',
      'SG',
      '18 Signal Hill #02-01, Singapore 099999',
    ),
    company(
      'party-teal-anchor',
      'Teal Anchor Holdings Ltd',
      'VG',
      'VG',
      'Fisher Quay House, Road Town, Tortola VG1110',
    ),
    {
      ...company(
        'party-yuanxiu',
        'Yuanxiu Intelligent Computing Holdings Co., Ltd.',
        'CN',
        'CN',
        '66 Linjiang Avenue, Hangzhou 310000',
      ),
      native_name: '远岫智算控股有限公司',
    },
  ],
  persons: [
    {
      ...person('party-lin-yuan', 'Lin Yuan', 'CN', '9 Wutong Road, Hangzhou 310000'),
      native_name: '林远',
    },
    person('party-zhao-min', 'Zhao Min', 'CN', '21 Wutong Road, Hangzhou 310000'),
    person('party-reiner', 'Paul Reiner', 'US', '12 Mill Road, Dover, DE 19904'),
    person('party-novak', 'Gail Novak', 'US', '70 Juniper Drive, Reno, NV 89509'),
    person('party-tully', 'Niamh Tully', 'IE', '8 Canal View, Galway H91 0001'),
    person('party-hartley', 'Owen Hartley', 'US', '2 Bighorn Lane, Sheridan, WY 82801'),
    person('party-ong', 'Ong Siew Ling', 'SG', '40 Bedok Rise #11-02, Singapore 469999'),
  ],
  stakes: [
    control('party-harbour-lantern', 'party-alder-ridge', 0.8),
    stake('party-reiner', 'party-alder-ridge', 0.2),
    control('party-yuanxiu', 'party-harbour-lantern', 0.6),
    stake('party-ong', 'party-harbour-lantern', 0.4),
    stake('party-yuanxiu', 'party-basalt-peak', 0.3),
    stake('party-novak', 'party-basalt-peak', 0.7),
    control('party-yuanxiu', 'party-teal-anchor', 1),
    control('party-teal-anchor', 'party-corrib-vector', 0.51),
    stake('party-tully', 'party-corrib-vector', 0.49),
    control('party-teal-anchor', 'party-dunmore-signal', 0.4),
    stake('party-hartley', 'party-dunmore-signal', 0.6),
    control('party-lin-yuan', 'party-yuanxiu', 0.7),
    stake('party-zhao-min', 'party-yuanxiu', 0.3),
  ],
}
