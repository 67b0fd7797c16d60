import fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { z } from 'zod'
import { createGate } from './access.ts'
import { type ApiRoute, apiRoute, registerApiRoutes } from './api-route.ts'
import type { ServerDeps } from './deps.ts'
import { logProblem, type Problem, problemOf, sendProblem } from './errors.ts'
import { setHeaders } from './headers.ts'
import { openApiDocument } from './openapi.ts'
import { caseRoutes } from './routes/cases.ts'
import { registerConsole, sendProblemPage } from './routes/console.ts'
import { coverageRoutes } from './routes/coverage.ts'
import { findingRoutes } from './routes/findings.ts'
import { healthRoutes } from './routes/health.ts'
import { quarantineRoutes } from './routes/quarantine.ts'
import { reportRoutes } from './routes/reports.ts'
import { runRoutes } from './routes/runs.ts'
import { tenantRoutes } from './routes/tenants.ts'

/** For those who start and stop it; they need not know the framework. */
export type Server = FastifyInstance

/** Bodies that no route streams are small; the intake's routes set a bound of their own. */
const BODY_BYTES_MAX = 1_048_576

const STOPPING: Problem = {
  status: 503,
  error: 'STOPPING',
  message: 'this process is about to end and takes nothing more in',
  remedy: 'Send again; what had an answer is stored, what had none may be sent twice.',
  retry_after_s: 5,
}

/**
 * The server with all its routes, ready to listen or to be asked in a test. It never binds an
 * address: whoever starts it decides that, and refuses one beyond loopback without tokens.
 */
export async function buildServer(deps: ServerDeps): Promise<Server> {
  const app = fastify({
    ...(deps.logger ? { loggerInstance: deps.logger } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    // Ours tells what is going on and when to come again.
    return503OnClosing: false,
    genReqId: requestIds(deps.clock.now()),
    routerOptions: { maxParamLength: 500 },
  })
  const gate = createGate(deps.tokens)
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
  })
  app.addHook('onRequest', async (request, reply) => {
    setHeaders(reply)
    return isStopping ? sendProblem(reply, STOPPING) : gate(request, reply)
  })
  app.addHook('onSend', async (_, reply) => {
    // A connection that was kept would keep the server from closing.
    if (isStopping) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const { statusCode, elapsedTime } = reply
    deps.metrics.answered(request.method, route, statusCode, elapsedTime / 1000)
    const facts = { method: request.method, route, status: statusCode, ms: elapsedTime }
    request.log.debug(facts, 'answered')
  })
  app.setErrorHandler((thrown, request, reply) => {
    const problem = problemOf(thrown)
    logProblem(request, thrown, problem.status)
    return sendProblem(reply, problem)
  })
  app.setNotFoundHandler((request, reply) => {
    const problem = noRoute(request)
    return wantsPage(request) ? sendProblemPage(reply, problem, deps) : sendProblem(reply, problem)
  })
  registerApiRoutes(app, apiRoutes(deps))
  registerConsole(app, deps)
  for (const routes of deps.routes) await app.register(routes)
  return app
}

/** All reading routes, the description of themselves included. */
export function apiRoutes(deps: ServerDeps): ApiRoute[] {
  const described: ApiRoute[] = [
    ...runRoutes(deps),
    ...tenantRoutes(deps),
    ...findingRoutes(deps),
    ...caseRoutes(deps),
    ...reportRoutes(deps),
    ...coverageRoutes(deps),
    ...quarantineRoutes(deps),
    ...healthRoutes(deps),
    apiRoute({
      path: '/openapi.json',
      summary: 'This description',
      answers: { 'application/json': z.record(z.string(), z.unknown()) },
      answer: async () => openApiDocument(described, deps.version),
    }),
  ]
  return described
}

/** Ids that differ between restarts; a caller may bring its own. */
function requestIds(started: number): (request: { headers: Record<string, unknown> }) => string {
  let served = 0
  return ({ headers }) => {
    const brought = headers['x-request-id']
    if (typeof brought === 'string' && /^[\w.-]{1,64}$/.test(brought)) return brought
    served += 1
    return `${started.toString(36)}-${served.toString(36)}`
  }
}

function noRoute({ method, url }: FastifyRequest): Problem {
  return {
    status: 404,
    error: 'NOT_FOUND',
    message: `there is nothing at ${method} ${url.split('?', 1)[0]?.slice(0, 200)}`,
    remedy: 'See /openapi.json for every route.',
  }
}

function wantsPage({ headers, url }: FastifyRequest): boolean {
  return !url.startsWith('/v1/') && (headers.accept ?? '').includes('text/html')
}
