import { z } from 'zod'
import { assert } from '../../domain/fault.ts'
import { TIERS } from '../../domain/quantity.ts'
import type { Gang, GangLink } from '../../domain/run/gang.ts'
import type { RunExtent } from '../../domain/run/run-change.ts'
import { numberColumn, sqlBoolean, sqlCount, sqlTime, timeParam } from './cells.ts'

const gangColumns = {
  tenant_id: z.string(),
  chip: z.string(),
  fabric_id: z.string(),
  start: z.number(),
  end: z.number(),
  devices: z.number(),
  first_device: z.string(),
  nodes: z.array(z.string()),
  site: z.string(),
  workloads: z.array(z.string()),
  sample_s: z.number(),
  edge_s: z.number(),
  device_s: z.number(),
  energy_j: z.number(),
  flop_lo: z.number(),
  flop_mid: z.number(),
  flop_hi: z.number(),
  tier: z.enum(TIERS),
  tensor_mean: z.number().nullable(),
  power_mean_w: z.number().nullable(),
  gang_id: z.string(),
  link_gangs: z.array(z.string()),
  link_ps: numberColumn,
  link_stages: numberColumn,
  run_id: z.string(),
  /** Of the row as it was written; by it a change is told. */
  hash: z.string(),
}

type GangRow = { [K in keyof typeof gangColumns]: z.output<(typeof gangColumns)[K]> }

/** A gang as it is stored, with the run that it was put into. */
export type StoredGang = Gang & { readonly run_id: string }

interface FlopColumns {
  readonly flop_lo: number
  readonly flop_mid: number
  readonly flop_hi: number
}

/** A row with its bounds of operations as one interval. */
export function withFlop<R extends FlopColumns>({ flop_lo, flop_mid, flop_hi, ...row }: R) {
  return { ...row, flop: { lo: flop_lo, mid: flop_mid, hi: flop_hi } }
}

/** Field by field: of years of gangs, a copy of what is left of a row takes ten times as long. */
export function toGang(row: GangRow): StoredGang {
  const { link_ps, link_stages } = row
  const links = row.link_gangs.map((gang_id, index): GangLink => {
    const [p, is_stage] = [link_ps[index], link_stages[index]]
    assert(p !== undefined && is_stage !== undefined, 'a link has a probability and a kind')
    return { gang_id, p, is_stage: is_stage === 1 }
  })
  return {
    tenant_id: row.tenant_id,
    chip: row.chip,
    fabric_id: row.fabric_id,
    start: row.start,
    end: row.end,
    devices: row.devices,
    first_device: row.first_device,
    nodes: row.nodes,
    site: row.site,
    workloads: row.workloads,
    sample_s: row.sample_s,
    edge_s: row.edge_s,
    device_s: row.device_s,
    energy_j: row.energy_j,
    flop: { lo: row.flop_lo, mid: row.flop_mid, hi: row.flop_hi },
    tier: row.tier,
    tensor_mean: row.tensor_mean,
    power_mean_w: row.power_mean_w,
    gang_id: row.gang_id,
    links,
    run_id: row.run_id,
    members: [],
  }
}

const extentColumns = {
  tenant_id: z.string(),
  run_id: z.string(),
  start: z.number(),
  end: z.number(),
  segment_starts: numberColumn,
  segment_ends: numberColumn,
  segment_gangs: z.array(z.string()),
}

/** A run as it is stored, with its stretches. */
export type StoredExtent = RunExtent & { readonly tenant_id: string }

type ExtentRow = { [K in keyof typeof extentColumns]: z.output<(typeof extentColumns)[K]> }

export function toExtent({
  segment_starts,
  segment_ends,
  segment_gangs,
  ...run
}: ExtentRow): StoredExtent {
  const segments = segment_gangs.map((gang_id, index) => {
    const [start, end] = [segment_starts[index], segment_ends[index]]
    assert(start !== undefined && end !== undefined, 'a stretch has a start and an end')
    return { start, end, gang_id }
  })
  return { ...run, segments }
}

const islandColumns = {
  tenant_id: z.string(),
  day: z.number(),
  chip: z.string(),
  fabric_id: z.string(),
  device_id: z.string(),
  device_key: z.string(),
  start: z.number(),
  end: z.number(),
  follows_unseen: sqlBoolean,
  units: z.number(),
  node_key: z.string(),
  site: z.string(),
  workloads: z.array(z.string()),
  sample_s: z.number(),
  cuts: z.number(),
  device_s: z.number(),
  energy_j: z.number(),
  flop_lo: z.number(),
  flop_mid: z.number(),
  flop_hi: z.number(),
  tier: z.enum(TIERS),
  tensor_s: z.number(),
  tensor_device_s: z.number(),
}

const build = z.number().transform(String)
const tenants = z.array(z.string())
const gangsBefore = z.object({ tenants, since: timeParam, first: timeParam, before: timeParam })

/** Statements of the tick and of its derive stage: device-hours in, gangs and runs out. */
export const deriveQueries = {
  'gang-days': {
    params: z.object({ tenants, from: timeParam, until: timeParam }),
    row: z.object({ tenant_id: z.string(), day: sqlTime, hours: sqlCount }),
  },
  'device-islands': {
    params: z.object({
      tenants,
      from: timeParam,
      until: timeParam,
      idle_gap_s: z.number(),
    }),
    row: z.object(islandColumns),
    isWide: true,
  },
  'gang-devices-list': {
    params: z.object({ tenants, from: timeParam }),
    row: z
      .object({
        tenant_id: z.string(),
        day: sqlTime,
        gang_id: z.string(),
        end: sqlTime,
        devices: z.array(z.string()),
      })
      .transform(({ devices, ...row }) => ({ ...row, members: devices })),
  },
  'gangs-list': { params: gangsBefore, row: z.object(gangColumns), isWide: true },
  'gangs-digest': { params: gangsBefore, row: z.object({ digest: z.string() }) },
  'gang-keys': {
    params: z.object({ tenants, from: timeParam }),
    row: z.object({ tenant_id: z.string(), start: sqlTime, gang_id: z.string() }),
  },
  'tick-last': {
    params: z.object({}),
    row: z.object({ until: sqlTime, meter_basis: z.string(), derive_basis: z.string() }),
  },
  'turns-list': {
    params: z.object({}),
    row: z.object({
      instance: z.string(),
      version: sqlCount,
      generation: sqlCount,
      is_open: sqlBoolean,
      began: sqlCount,
      at: sqlTime,
    }),
  },
  'tenants-active': {
    params: z.object({ from: timeParam, until: timeParam }),
    row: z.object({ tenant_id: z.string(), first_hour: sqlTime }),
  },
  'run-extents': {
    params: z.object({ tenants, since: timeParam }),
    row: z.object(extentColumns),
    isWide: true,
  },
  'run-heads': {
    params: z.object({ tenants, since: timeParam }),
    row: z.object({
      tenant_id: z.string(),
      run_id: z.string(),
      previous_gang: z.string(),
      previous_p: z.number(),
    }),
  },
  'run-origins': {
    params: z.object({ tenants, since: timeParam }),
    row: z.object({ tenant_id: z.string(), gang_id: z.string(), run_id: z.string() }),
  },
  'run-lineages-bury': { params: z.object({ tenants, build }), row: null },
} as const
