import { DAY_MS, type Instant, parseInstant, type Window } from '../../domain/window.ts'
import { H100, H200 } from '../../simulate/chips.ts'
import type { Fleet, Work } from '../../simulate/fleet.ts'
import { createRunLedger } from '../../simulate/ledger.ts'
import { meterFleet } from '../../simulate/metering.ts'
import { createRandom, type Random } from '../../simulate/random.ts'
import { createSampleRenderer } from '../../simulate/sample.ts'
import { PLAIN, place } from '../../simulate/scene.ts'
import type { Bench } from '../section.ts'
import { sendLines } from '../send.ts'

/** Tenants that each do one kind of work for some days, through the product's own stages. */

export const KINDS = [
  'dense training',
  'pipeline training',
  'fine-tuning',
  'chat serving',
  'prefill serving',
  'batch embedding',
  'simulation codes',
  'burn-in',
] as const
export type Kind = (typeof KINDS)[number]

const TRAINING: readonly Kind[] = ['dense training', 'pipeline training', 'fine-tuning']
export const isTraining = (kind: Kind): boolean => TRAINING.includes(kind)

export interface Player {
  readonly tenant_id: string
  readonly kind: Kind
}

const START: Instant = parseInstant('2026-01-05T00:00:00Z') ?? 0
const WINDOW: Window = { start: START, end: START + 3 * DAY_MS }
const INTERVAL_S = 1800

export async function playKinds(
  bench: Bench,
  seed: number,
  tenants: number,
  progress: (done: number) => void,
): Promise<Player[]> {
  const players: Player[] = []
  for (const kind of KINDS) {
    for (let ordinal = 0; ordinal < tenants; ordinal += 1) {
      const tenant_id = `${kind.replace(' ', '-')}-${ordinal}`
      await sendLines(bench.intake, 'telemetry.accelerator', linesOf(tenant_id, kind, seed))
      players.push({ tenant_id, kind })
    }
    progress((0.7 * players.length) / (KINDS.length * tenants))
  }
  const metered = await bench.meter.rebuild(WINDOW.end)
  progress(0.8)
  await bench.derive(metered.tenants, WINDOW.end)
  return players
}

function linesOf(tenant_id: string, kind: Kind, seed: number): string[] {
  const random = createRandom(seed, tenant_id)
  const fleet: Fleet = {
    ...PLAIN,
    name: tenant_id,
    tenant_id,
    chip: random.chance(0.3) ? H200 : H100,
    devices_per_meter: 8,
    meters: random.integer(4, 24),
    interval_s: INTERVAL_S,
    held: WINDOW,
    place: place('site-1', 'region-1', 1),
    work: drawWork(random, kind, tenant_id),
  }
  const meter = meterFleet(fleet, seed, createRunLedger(fleet))
  const render = createSampleRenderer()
  const lines: string[] = []
  while (meter.due <= WINDOW.end) for (const sample of meter.step()) lines.push(render(sample))
  return lines
}

function drawWork(random: Random, kind: Kind, name: string): Work {
  switch (kind) {
    case 'dense training':
      return training(random, name, random.between(0.28, 0.55), random.between(1e9, 8e9))
    case 'pipeline training':
      // stages wait for each other: little tensor work, little traffic (note 2.1)
      return training(random, name, random.between(0.14, 0.26), random.between(0.05e9, 0.5e9))
    case 'fine-tuning':
      return { kind: 'fine-tunes', queues: random.integer(1, 3) }
    case 'chat serving':
      return serving(random, name, random.between(0.02, 0.06), random.between(0.08, 0.2))
    case 'prefill serving':
      return serving(random, name, random.between(0.1, 0.2), random.between(0.28, 0.45))
    case 'batch embedding': {
      const level = random.between(0.25, 0.5)
      return serving(random, name, level * 0.97, level)
    }
    case 'simulation codes':
      return { kind: 'simulation-codes', queues: random.integer(1, 3) }
    case 'burn-in':
      return { kind: 'burn-in', queues: random.integer(1, 3) }
  }
}

function training(random: Random, job: string, tensor_active: number, net: number): Work {
  const level = { tensor_active, dram_active: random.between(0.3, 0.55), memory_share: 0.88 }
  return {
    kind: 'training',
    pace: job,
    options: {
      job,
      run: { start: WINDOW.start, end: WINDOW.end },
      stages: [{ ...level, until_share: 1, meters_share: 1 }],
      parameters: random.between(7e9, 400e9),
      checkpoint_period_h: random.between(1, 8),
      run_devices: random.integer(64, 16_384),
      net_bytes_per_s: net,
      nvlink_bytes_per_s: random.between(5e9, 90e9),
    },
  }
}

function serving(random: Random, service: string, least: number, most: number): Work {
  const options = { service, tensor_active_min: least, tensor_active_max: most }
  return { kind: 'serving', options: { ...options, peak_hour: random.integer(0, 23) } }
}
