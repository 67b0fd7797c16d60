import { z } from 'zod'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { answerOperations, answerTenant, operations, seconds, tenant } from './common.ts'

export const tenantShape = z
  .object({
    tenant_id: tenant,
    group_id: z.string().nullable(),
    operations,
    devices: z.number().describe('most devices of one chip in an hour'),
    chips: z.array(z.string()),
    observed_device_s: seconds,
    busy_device_s: seconds,
    billed_device_s: seconds,
    dark_device_s: seconds,
    energy_j: z.number(),
  })
  .meta({ id: 'Tenant', description: 'What a tenant used in the window' })

export function answerTenantUse(row: QueryRow<'read-tenants'>): z.output<typeof tenantShape> {
  return {
    tenant_id: answerTenant(row.tenant_id),
    group_id: row.tenant_id === '' ? null : row.group_id,
    operations: answerOperations(row),
    devices: row.devices,
    chips: row.chips,
    observed_device_s: row.observed_device_s,
    busy_device_s: row.busy_device_s,
    billed_device_s: row.billed_device_s,
    dark_device_s: row.dark_device_s,
    energy_j: row.energy_j,
  }
}

export const standingShape = z
  .object({
    status: z.enum(['foreign', 'domestic', 'unknown']),
    basis: z.string().describe('row of the decision table'),
    reason: z.string(),
  })
  .nullable()
  .describe('what was last determined; null: never asked. Unknown is never domestic')

export const tenantDetailShape = tenantShape
  .extend({
    customer: z
      .object({ party_id: z.string().nullable(), name: z.string().nullable(), resold: z.boolean() })
      .nullable(),
    determination: standingShape,
  })
  .meta({ id: 'TenantDetail' })

export const groupShape = z
  .object({
    group_id: z.string(),
    tenant_ids: z.array(z.string()),
    operations,
    observed_device_s: seconds,
    dark_device_s: seconds,
  })
  .meta({ id: 'Group', description: 'Tenants that act as one, with what they used in the window' })

export function answerGroup(row: QueryRow<'read-groups'>): z.output<typeof groupShape> {
  return {
    group_id: row.group_id,
    tenant_ids: row.tenant_ids,
    operations: answerOperations(row),
    observed_device_s: row.observed_device_s,
    dark_device_s: row.dark_device_s,
  }
}

export const groupDetailShape = groupShape
  .extend({
    links: z
      .array(z.object({ tenant_id: z.string() }).catchall(z.unknown()))
      .describe('why each tenant belongs to the group'),
  })
  .meta({ id: 'GroupDetail' })
