import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { Store } from '../../ports/store.ts'
import { answerRun, answerRunDetail, runDetailShape, runShape } from '../answers/run.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { ServerDeps } from '../deps.ts'
import { answerPage, many, pageQuery, pageShape, readPage } from '../paging.ts'

/** Runs that overlap the window, newest start first. */
export function runRoutes({ store, clock, classify }: ServerDeps): ApiRoute[] {
  return [
    apiRoute({
      path: '/v1/runs',
      summary: 'Runs that overlap a window, newest first',
      query: z.strictObject({
        ...pageQuery,
        tenant: many.describe('tenant id; empty for compute that nobody is named for'),
        operations_min: z.coerce
          .number()
          .nonnegative()
          .default(0)
          .describe('least upper bound of the operations'),
      }),
      answers: { 'application/json': pageShape(runShape) },
      answer: async ({ query }) => {
        const page = readPage('runs', query, clock.now())
        const [after_start = page.window.end, after_id = ''] = page.after ?? []
        const rows = await store.query('read-runs', {
          from: page.window.start,
          until: page.window.end,
          tenants: query.tenant,
          operations_min: query.operations_min,
          after_start: Number(after_start),
          after_id: String(after_id),
          limit: page.limit + 1,
        })
        return answerPage(page, rows, row => [row.start, row.run_id], answerRun)
      },
    }),
    apiRoute({
      path: '/v1/runs/{id}',
      summary: 'One run with its segments and the kind of work it looks like',
      params: z.object({ id: z.string().max(200) }),
      answers: { 'application/json': runDetailShape },
      answer: async ({ params }) => {
        const run = await findRun(store, params.id)
        return answerRunDetail(run, await classify({ ...run, stretches: run.segments.length }))
      },
    }),
  ]
}

/** Throws NOT_FOUND; for an id that late data took back, the message says where its time went. */
export async function findRun(store: Store, runId: string): Promise<QueryRow<'read-run'>> {
  const [run] = await store.query('read-run', { run_id: runId })
  if (run) return run
  const [change] = await store.query('read-run-history', { run_id: runId, limit: 1 })
  if (!change) throw new Fault('NOT_FOUND', `there is no run ${runId}`)
  const heir = change.successor === '' ? '' : ` into ${change.successor}`
  throw new Fault('NOT_FOUND', `the run ${runId} is no more: ${change.change}${heir} by later data`)
}
