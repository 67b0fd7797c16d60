import { z } from 'zod'
import { caseRecord } from '../../domain/case/case-record.ts'
import { Fault } from '../../domain/fault.ts'
import { answerCase, answerCaseDetail, caseDetailShape, caseShape } from '../answers/case.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { ServerDeps } from '../deps.ts'
import { answerPage, many, pageQuery, pageShape, readPage } from '../paging.ts'

/** A case has some dozens of events; this bound is for a case that somebody filled by machine. */
const EVENTS_MAX = 10_000

export function caseRoutes({ store, clock }: ServerDeps): ApiRoute[] {
  return [
    apiRoute({
      path: '/v1/cases',
      summary: 'Cases by id that were open in a window, at least in part',
      query: z.strictObject({
        ...pageQuery,
        group: many.describe('control group id'),
        tenant: many.describe('tenant id'),
        open: z.stringbool().default(false).describe('only cases that are open now'),
      }),
      answers: { 'application/json': pageShape(caseShape) },
      answer: async ({ query }) => {
        const page = readPage('cases', query, clock.now())
        const rows = await store.query('read-cases', {
          from: page.window.start,
          until: page.window.end,
          open_only: query.open,
          groups: query.group,
          tenants: query.tenant,
          after: String(page.after?.[0] ?? ''),
          limit: page.limit + 1,
        })
        return answerPage(page, rows, row => [row.case_id], answerCase)
      },
    }),
    apiRoute({
      path: '/v1/cases/{id}',
      summary: 'One case with its clocks and its sealed events',
      params: z.object({ id: z.string().min(1).max(200) }),
      answers: { 'application/json': caseDetailShape },
      answer: async ({ params }) => {
        const events = await store.query('case-events-all', {
          cases: [params.id],
          limit: EVENTS_MAX,
        })
        const record = caseRecord(events)
        if (record === null) throw new Fault('NOT_FOUND', `there is no case ${params.id}`)
        return answerCaseDetail(record)
      },
    }),
  ]
}
