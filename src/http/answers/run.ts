import { z } from 'zod'
import { formatInstant } from '../../domain/window.ts'
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

export const runDetailShape = z
  .object({
    ...columns,
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

export function answerRunDetail(row: QueryRow<'read-run'>): z.output<typeof runDetailShape> {
  const segments = row.segments.map(({ start, end, ...rest }) => ({
    start: formatInstant(start),
    end: formatInstant(end),
    ...rest,
  }))
  return { ...answerColumns(row), segments }
}
