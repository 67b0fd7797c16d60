import type { Gang } from '../../../../src/domain/run/gang.ts'

/** 2026-01-01T00:00:00Z. */
export const MIDNIGHT = Date.UTC(2026, 0, 1)
export const minutes = (count: number): number => MIDNIGHT + count * 60_000

/** A gang of eight devices on two nodes from one minute to another. */
export function gang(from: number, to: number, more: Partial<Gang> = {}): Gang {
  const devices = more.devices ?? 8
  const device_s = devices * (to - from) * 60
  return {
    tenant_id: 'acme',
    chip: 'alpha',
    fabric_id: 'f',
    site: 's',
    gang_id: `gang-${from}-${to}`,
    start: minutes(from),
    end: minutes(to),
    devices,
    first_device: 'd0',
    nodes: ['11', '12'],
    members: [],
    workloads: [],
    sample_s: 60,
    edge_s: devices * 60,
    device_s,
    energy_j: device_s * 400,
    flop: { lo: device_s, mid: 2 * device_s, hi: 4 * device_s },
    tier: 'T2',
    tensor_mean: 0.4,
    power_mean_w: 400,
    links: [],
    ...more,
  }
}
