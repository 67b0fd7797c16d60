import { z } from 'zod'
import { formatInstant } from '../../domain/window.ts'
import type { WorkloadClass } from '../../domain/workload-class.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { answerOperations, answerTenant, operations, seconds, tenant, time } from './common.ts'

const columns = {
  run_id: z.string(),
  tenant_id: tenant,
  start: time,
  end: time,
  operations,
  device_s: seconds,
  energy_j: z.number(),
  devices_max: z.number(),
  chips: z.array(z.string()),
  fabrics: z.array(z.string()),
  sites: z.array(z.string()),
  workloads: z.array(z.string()).describe('job ids as sent, a hint and never a key'),
}

export const runShape = z
  .object({ ...columns, segment_count: z.number() })
  .meta({ id: 'Run', description: 'One computation with its interruptions' })

const workloadShape = z
  .object({
    p_train: z.number(),
    log_odds: z.number(),
    base: z.number(),
    in_distribution: z.boolean(),
    outside: z.array(z.string()).describe('features that the weights were not made for'),
    terms: z.array(
      z.object({
        id: z.string(),
        why: z.string(),
        weight: z.number(),
        holds: z.boolean().nullable().describe('null: not measured, adds nothing'),
        measured: z.array(z.object({ feature: z.string(), value: z.number().nullable() })),
      }),
    ),
  })
  .meta({
    id: 'WorkloadClass',
    description: 'What kind of work a run looks like, for ranking; no finding rests on it',
  })

export const runDetailShape = z
  .object({
    ...columns,
    workload: workloadShape,
    segments: z.array(
      z.object({
        start: time,
        end: time,
        devices: z.number(),
        gang_id: z.string(),
        link_p: z.number().describe('probability that this stretch continues the one before'),
      }),
    ),
  })
  .meta({ id: 'RunDetail' })

type RunColumns = Omit<QueryRow<'read-runs'>, 'segment_count'>

function answerColumns(row: RunColumns) {
  return {
    run_id: row.run_id,
    tenant_id: answerTenant(row.tenant_id),
    start: formatInstant(row.start),
    end: formatInstant(row.end),
    operations: answerOperations(row),
    device_s: row.device_s,
    energy_j: row.energy_j,
    devices_max: row.devices_max,
    chips: row.chips,
    fabrics: row.fabrics,
    sites: row.sites,
    workloads: row.workloads,
  }
}

export function answerRun(row: QueryRow<'read-runs'>): z.output<typeof runShape> {
  return { ...answerColumns(row), segment_count: row.segment_count }
}

export function answerRunDetail(
  row: QueryRow<'read-run'>,
  kind: WorkloadClass,
): z.output<typeof runDetailShape> {
  const segments = row.segments.map(({ start, end, ...rest }) => ({
    start: formatInstant(start),
    end: formatInstant(end),
    ...rest,
  }))
  const terms = kind.terms.map(term => ({ ...term, measured: [...term.measured] }))
  const workload = { ...kind, terms, outside: [...kind.outside] }
  return { ...answerColumns(row), workload, segments }
}
