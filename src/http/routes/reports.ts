import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { canonicalJson } from '../../domain/canonical.ts'
import { Fault } from '../../domain/fault.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { ReportRenderer } from '../../ports/report-renderer.ts'
import type { Store } from '../../ports/store.ts'
import { answerReport, reportDetailShape, reportShape } from '../answers/report.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { ServerDeps } from '../deps.ts'
import { REPORT_POLICY } from '../headers.ts'
import { answerPage, many, pageQuery, pageShape, readPage } from '../paging.ts'

const id = z.object({ id: z.string().min(1).max(200) })
const manifest = z.record(z.string(), z.unknown())

/** Report packages: a list, one with its manifest, and its files byte for byte as they were made. */
export function reportRoutes(deps: ServerDeps): ApiRoute[] {
  return [
    reportList(deps),
    apiRoute({
      path: '/v1/reports/{id}',
      summary: 'One report with its manifest and where its files are',
      params: id,
      answers: { 'application/json': reportDetailShape },
      answer: async ({ params }) => {
        const report = await findReport(deps.store, params.id)
        return { ...answerReport(report), manifest: report.manifest }
      },
    }),
    reportFile(deps, 'json', 'application/json'),
    reportFile(deps, 'html', 'text/html'),
    reportFile(deps, 'pdf', 'application/pdf'),
    apiRoute({
      path: '/v1/reports/{id}/manifest.json',
      summary: 'The manifest of a report package',
      params: id,
      answers: { 'application/json': manifest },
      answer: async ({ params }, reply) => {
        const report = await findReport(deps.store, params.id)
        return reply.type('application/json; charset=utf-8').send(fileText(report.manifest))
      },
    }),
  ]
}

function reportList({ store, clock }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/reports',
    summary: 'Reports by id that were built in a window',
    query: z.strictObject({ ...pageQuery, case: many.describe('case id') }),
    answers: { 'application/json': pageShape(reportShape) },
    answer: async ({ query }) => {
      const page = readPage('reports', query, clock.now())
      const rows = await store.query('read-reports', {
        from: page.window.start,
        until: page.window.end,
        cases: query.case,
        after: String(page.after?.[0] ?? ''),
        limit: page.limit + 1,
      })
      return answerPage(page, rows, row => [row.report_id], answerReport)
    },
  })
}

function reportFile(
  { store, renderers }: ServerDeps,
  format: 'json' | 'html' | 'pdf',
  mediaType: string,
): ApiRoute {
  return apiRoute({
    path: `/v1/reports/{id}.${format}`,
    summary: `The report as ${format.toUpperCase()}`,
    params: id,
    answers: { [mediaType]: format === 'json' ? z.record(z.string(), z.unknown()) : null },
    answer: async ({ params }, reply) => {
      const report = await findReport(store, params.id)
      const bytes =
        format === 'json' ? fileText(report.report_json) : await draw(renderers, report, format)
      return describeFile(reply, `${params.id}.${format}`, mediaType).send(bytes)
    },
  })
}

/** Drawn anew from the stored content, which gives the bytes that the manifest names. */
async function draw(
  renderers: readonly ReportRenderer[],
  stored: QueryRow<'report-content'>,
  format: string,
): Promise<Uint8Array> {
  const renderer = renderers.find(one => one.format === format)
  if (!renderer) throw new Fault('NOT_FOUND', `this server draws no ${format} of reports`)
  return renderer.render(stored.report_json)
}

/** JSON files of a package are canonical JSON and a line end; the manifest's hashes are of that. */
function fileText(content: object): string {
  return `${canonicalJson({ ...content })}\n`
}

function describeFile(reply: FastifyReply, name: string, mediaType: string): FastifyReply {
  const charset = mediaType === 'application/pdf' ? '' : '; charset=utf-8'
  // Ids are words and dashes; anything else must not get into a header.
  const safe = name.replace(/[^\w.-]/g, '_')
  return reply
    .type(`${mediaType}${charset}`)
    .header('content-disposition', `inline; filename="${safe}"`)
    .header('content-security-policy', REPORT_POLICY)
}

async function findReport(store: Store, reportId: string): Promise<QueryRow<'report-content'>> {
  const [report] = await store.query('report-content', { report_id: reportId })
  if (!report) throw new Fault('NOT_FOUND', `there is no report ${reportId}`)
  return report
}
