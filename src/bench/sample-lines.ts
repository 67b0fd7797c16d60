import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formatInstant, HOUR_MS, type Instant } from '../domain/window.ts'

/** What the benchmark sends: samples of a fleet, deterministic, in two shapes and no others. */

/**
 * `narrow`: what a small collector reports, about 270 bytes. `wide`: every usual field, about 640.
 * The size is a property of the lines and is stated with each figure, never assumed.
 */
export const SHAPES = ['narrow', 'wide'] as const
export type Shape = (typeof SHAPES)[number]

export interface Fleet {
  readonly shape: Shape
  readonly devices: number
  readonly tenants: number
  readonly interval_s: number
  /** End of the first interval. */
  readonly from: Instant
}

const DEVICES_PER_NODE = 8
const NODES_PER_FABRIC = 64

/** One sample as a line of JSON, without a line end. Steps count intervals from `fleet.from`. */
export function sampleLine(fleet: Fleet, device: number, step: number): string {
  const node = Math.floor(device / DEVICES_PER_NODE)
  const fabric = Math.floor(node / NODES_PER_FABRIC)
  // Two digits of noise, different for each device and step: values must not compress to nothing.
  const noise = (Math.imul(device + 1, 2_654_435_761) ^ Math.imul(step + 1, 40_503)) >>> 8
  const tensor_active = (400 + (noise % 300)) / 1000
  const common = {
    time: formatInstant(fleet.from + step * fleet.interval_s * 1000),
    interval_s: fleet.interval_s,
    device_id: `node-${node}/gpu-${device % DEVICES_PER_NODE}`,
    tenant_id: `tenant-${Math.floor((device * fleet.tenants) / fleet.devices)}`,
    accelerator: 'NVIDIA H100 80GB HBM3',
    node_id: `node-${node}`,
    fabric_id: `fabric-${fabric}`,
    site: 'bench',
    tensor_active,
    sm_clock_mhz: 1700 + (noise % 280),
    power_w: 450 + (noise % 250),
  }
  return JSON.stringify(
    fleet.shape === 'narrow' ? common : { ...common, ...rest(fleet, step, noise) },
  )
}

function rest({ interval_s }: Fleet, step: number, noise: number) {
  const seconds = step * interval_s
  return {
    region: 'us-west-2',
    workload_id: `job-${Math.floor(seconds / 86_400)}`,
    sm_active: (500 + (noise % 400)) / 1000,
    dram_active: (200 + (noise % 500)) / 1000,
    gpu_util: (900 + (noise % 100)) / 1000,
    fp16_active: (350 + (noise % 200)) / 1000,
    energy_total_j: seconds * 600,
    memory_used_bytes: 60_000_000_000 + noise,
    nvlink_tx_bytes: 90_000_000_000 + noise,
    nvlink_rx_bytes: 90_000_000_000 + noise,
    net_tx_bytes: 4_000_000_000 + noise,
    net_rx_bytes: 4_000_000_000 + noise,
    mma_cycles_total: seconds * 1e11,
    sm_cycles_total: seconds * 2e11,
    precision: 'bf16',
  }
}

/** All samples of so many steps, a step after the other, as a live stream comes. */
export function* sampleLines(fleet: Fleet, steps: number): Generator<string> {
  for (let step = 0; step < steps; step += 1) {
    for (let device = 0; device < fleet.devices; device += 1) yield sampleLine(fleet, device, step)
  }
}

/** Devices of a fleet in the sections that measure rates. */
const DEVICES = 4096
const TENANTS = 64
const INTERVAL_S = 10

/** A fleet, and the steps that make about so many rows of it, all of them in the past. */
export function benchFleet(
  shape: Shape,
  rows: number,
  now: Instant,
  devices = DEVICES,
): { readonly fleet: Fleet; readonly steps: number } {
  const steps = Math.max(1, Math.round(rows / devices))
  const from = now - HOUR_MS - steps * INTERVAL_S * 1000
  return {
    fleet: { shape, devices, tenants: TENANTS, interval_s: INTERVAL_S, from },
    steps,
  }
}

/** Writes the lines of so many steps to a file of NDJSON. */
export async function writeSamples(path: string, fleet: Fleet, steps: number): Promise<void> {
  const lines = Readable.from(inBlocks(sampleLines(fleet, steps)), { objectMode: false })
  await pipeline(lines, createWriteStream(path))
}

const BLOCK_CHARACTERS = 1 << 18

/** Lines joined into pieces of some size: an event of a stream costs more than a line. */
export function* inBlocks(lines: Iterable<string>): Generator<Buffer> {
  let block = ''
  for (const line of lines) {
    block += `${line}\n`
    if (block.length < BLOCK_CHARACTERS) continue
    yield Buffer.from(block)
    block = ''
  }
  if (block !== '') yield Buffer.from(block)
}

/** Bodies of so many lines each. */
export function* inBodies(fleet: Fleet, steps: number, rows: number): Generator<string> {
  let lines: string[] = []
  for (const line of sampleLines(fleet, steps)) {
    lines.push(line)
    if (lines.length < rows) continue
    yield lines.join('\n')
    lines = []
  }
  if (lines.length > 0) yield lines.join('\n')
}
