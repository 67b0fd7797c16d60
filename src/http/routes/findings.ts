import { z } from 'zod'
import { SEVERITIES, STATES } from '../../domain/detector.ts'
import { Fault } from '../../domain/fault.ts'
import {
  answerDetermination,
  answerFinding,
  answerVersion,
  findingDetailShape,
  findingShape,
} from '../answers/finding.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { ServerDeps } from '../deps.ts'
import { answerPage, many, pageQuery, pageShape, readPage } from '../paging.ts'

/** The newest version of each finding by id; all versions of one. */
export function findingRoutes(deps: ServerDeps): ApiRoute[] {
  return [findingList(deps), findingDetail(deps)]
}

const filters = {
  tenant: many.describe('tenant id'),
  subject: many.describe('run, tenant, group or device id'),
  detector: many.describe('detector id'),
  state: many.pipe(z.array(z.enum(STATES))).describe(STATES.join(', ')),
  severity: many.pipe(z.array(z.enum(SEVERITIES))).describe(SEVERITIES.join(', ')),
  withdrawn: z.stringbool().default(false).describe('take those that later data took back too'),
}

function findingList({ store, clock }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/findings',
    summary: 'Findings by id, each in its newest version, whose time overlaps a window',
    query: z.strictObject({ ...pageQuery, ...filters }),
    answers: { 'application/json': pageShape(findingShape) },
    answer: async ({ query }) => {
      const page = readPage('findings', query, clock.now())
      const rows = await store.query('read-findings', {
        from: page.window.start,
        until: page.window.end,
        ids: [],
        tenants: query.tenant,
        subjects: query.subject,
        detectors: query.detector,
        states: query.state,
        severities: query.severity,
        withdrawn: query.withdrawn,
        after: String(page.after?.[0] ?? ''),
        limit: page.limit + 1,
      })
      return answerPage(page, rows, row => [row.finding_id], answerFinding)
    },
  })
}

function findingDetail({ store }: ServerDeps): ApiRoute {
  return apiRoute({
    path: '/v1/findings/{id}',
    summary: 'One finding in all its versions, with who was behind it',
    params: z.object({ id: z.string().max(200) }),
    answers: { 'application/json': findingDetailShape },
    answer: async ({ params }) => {
      const versions = await store.query('evidence-finding', { finding_id: params.id })
      if (versions.length === 0) throw new Fault('NOT_FOUND', `there is no finding ${params.id}`)
      const [determination] = await store.query('determination-newest', { findings: [params.id] })
      return {
        versions: versions.toReversed().map(answerVersion),
        determination: determination ? answerDetermination(determination) : null,
      }
    },
  })
}
