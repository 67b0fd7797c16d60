import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { layout, STYLE_PATH, STYLE_SHEET } from '../../console/layout.ts'
import { problemText } from '../../console/pages/problem.ts'
import { CONSOLE_PAGES } from '../../console/pages.ts'
import type { ServerDeps } from '../deps.ts'
import { logProblem, type Problem, problemOf } from '../errors.ts'

/** The pages for people; whatever goes wrong on the way to one is told as a page too. */

const params = z.object({ id: z.string().max(500).default('') })
/** A name given twice counts once: the last one, as forms send it. */
const query = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string()).transform(all => all.at(-1) ?? '')]),
)

export function registerConsole(app: FastifyInstance, deps: ServerDeps): void {
  for (const page of CONSOLE_PAGES) {
    app.get(page.path, { errorHandler: pageError(deps) }, async (request, reply) => {
      const { id } = params.parse(request.params)
      const text = await page.render(deps, { id, query: query.parse(request.query) })
      return sendPage(reply, layout(text, deps.regime))
    })
  }
  app.get(STYLE_PATH, async (_, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(STYLE_SHEET),
  )
}

function pageError(deps: ServerDeps) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const problem = problemOf(thrown)
    logProblem(request, thrown, problem.status)
    return sendProblemPage(reply, problem, deps)
  }
}

export function sendProblemPage(
  reply: FastifyReply,
  problem: Problem,
  { regime }: ServerDeps,
): FastifyReply {
  if (problem.retry_after_s !== undefined) reply.header('retry-after', problem.retry_after_s)
  return sendPage(reply.code(problem.status), layout(problemText(problem), regime))
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page)
}
