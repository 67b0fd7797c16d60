/**
 * Four servers for some hours at ten seconds, every device with its own meter and counters: small
 * enough for tests, fine enough for faults of the telemetry to show.
 */
import type { Window } from '../../domain/window.ts'
import { combineCasts } from '../cast.ts'
import { H100 } from '../chips.ts'
import type { Fleet, Work } from '../fleet.ts'
import { PLAIN, part, place, pretraining, type Scene } from '../scene.ts'
import { domesticTrainer, PRAIRIE_LATTICE } from './domestic-trainer.ts'
import { inference, MAPLEWATER } from './inference.ts'

const DEVICES = 16
/** Stalls come as often as on a frontier run, or a few hours would pass without one. */
const STALLS_LIKE_DEVICES = 16_384

/** The trainer and the server of the big scenarios, on two servers each. */
export function small(window: Window): Scene {
  return {
    fleets: [
      miniature('lab1-train', PRAIRIE_LATTICE, window, trainingIn(window)),
      miniature('lab1-serve', MAPLEWATER, window, SERVING),
    ],
    cast: combineCasts([domesticTrainer(window).cast, inference(window).cast]),
    commitments: [],
    actors: [
      {
        name: 'small trainer',
        tenants: [PRAIRIE_LATTICE],
        foreign_person: 'domestic',
        expectation: 'none',
        why: 'Sixteen devices for a few hours.',
      },
      {
        name: 'small server',
        tenants: [MAPLEWATER],
        foreign_person: 'foreign',
        expectation: 'none',
        why: 'Sixteen devices for a few hours.',
      },
    ],
  }
}

function miniature(name: string, tenant_id: string, window: Window, work: Work): Fleet {
  return {
    ...PLAIN,
    chip: H100,
    devices_per_meter: 1,
    interval_s: 10,
    name,
    tenant_id,
    meters: DEVICES,
    held: part(window, 0, 1),
    place: place('lab-1', 'us-east', 1),
    counters: true,
    work,
  }
}

const SERVING: Work = {
  kind: 'serving',
  options: { service: 'chat', tensor_active_min: 0.02, tensor_active_max: 0.14, peak_hour: 19 },
}

function trainingIn(window: Window): Work {
  return {
    kind: 'training',
    pace: 'small',
    options: {
      job: 'lab-run',
      run: part(window, 0.1, 0.95),
      stages: pretraining(0.5),
      parameters: 7e9,
      checkpoint_period_h: 0.5,
      run_devices: STALLS_LIKE_DEVICES,
      net_bytes_per_s: 3.2e9,
      nvlink_bytes_per_s: 60e9,
    },
  }
}
