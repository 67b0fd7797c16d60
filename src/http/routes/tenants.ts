import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import {
  answerGroup,
  answerTenantUse,
  groupDetailShape,
  groupShape,
  standingShape,
  tenantDetailShape,
  tenantShape,
} from '../answers/tenant.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { ServerDeps } from '../deps.ts'
import {
  answerPage,
  many,
  pageQuery,
  pageShape,
  readPage,
  readWindow,
  windowQuery,
} from '../paging.ts'

const id = z.object({ id: z.string().min(1).max(500) })

/** Tenants and control groups with what they used in a window. */
export function tenantRoutes(deps: ServerDeps): ApiRoute[] {
  return [tenantList(deps), tenantDetail(deps), groupList(deps), groupDetail(deps)]
}

function tenantList({ store, clock }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/tenants',
    summary: 'Tenants by id with what they used in a window',
    query: z.strictObject({
      ...pageQuery,
      tenant: many.describe('tenant id; empty for compute that nobody is named for'),
    }),
    answers: { 'application/json': pageShape(tenantShape) },
    answer: async ({ query }) => {
      const page = readPage('tenants', query, clock.now())
      const rows = await store.query('read-tenants', {
        from: page.window.start,
        until: page.window.end,
        tenants: query.tenant,
        after: String(page.after?.[0] ?? ''),
        first: page.after === null,
        limit: page.limit + 1,
      })
      return answerPage(page, rows, row => [row.tenant_id], answerTenantUse)
    },
  })
}

function tenantDetail({ store, clock }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/tenants/{id}',
    summary: 'One tenant with its customer and what was last determined of it',
    params: id,
    query: z.strictObject(windowQuery),
    answers: { 'application/json': tenantDetailShape },
    answer: async ({ params, query }) => {
      const window = readWindow(query, clock.now())
      const only = { tenants: [params.id], limit: 1 }
      const [row] = await store.query('read-tenants', {
        from: window.start,
        until: window.end,
        after: '',
        first: true,
        ...only,
      })
      if (!row) throw new Fault('NOT_FOUND', `there is no tenant ${params.id} in this window`)
      const [customer] = await store.query('read-customers', only)
      const [standing] = await store.query('read-standings', only)
      return {
        ...answerTenantUse(row),
        customer: customer
          ? {
              party_id: customer.party_id || null,
              name: customer.name || null,
              resold: customer.resold,
            }
          : null,
        determination: standing ? standingShape.parse(standing) : null,
      }
    },
  })
}

function groupList({ store, clock }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/groups',
    summary: 'Control groups by id with what they used in a window',
    query: z.strictObject({ ...pageQuery, group: many.describe('group id') }),
    answers: { 'application/json': pageShape(groupShape) },
    answer: async ({ query }) => {
      const page = readPage('groups', query, clock.now())
      const rows = await store.query('read-groups', {
        from: page.window.start,
        until: page.window.end,
        groups: query.group,
        after: String(page.after?.[0] ?? ''),
        by_size: false,
        limit: page.limit + 1,
      })
      return answerPage(page, rows, row => [row.group_id], answerGroup)
    },
  })
}

function groupDetail({ store, clock }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/groups/{id}',
    summary: 'One control group and why its tenants belong together',
    params: id,
    query: z.strictObject(windowQuery),
    answers: { 'application/json': groupDetailShape },
    answer: async ({ params, query }) => {
      const window = readWindow(query, clock.now())
      const [row] = await store.query('read-groups', {
        from: window.start,
        until: window.end,
        groups: [params.id],
        after: '',
        by_size: false,
        limit: 1,
      })
      if (!row) throw new Fault('NOT_FOUND', `there is no control group ${params.id}`)
      const members = await store.query('read-group-links', { group_id: params.id, limit: 1000 })
      return {
        ...answerGroup(row),
        links: members.flatMap(member => member.links),
      }
    },
  })
}
