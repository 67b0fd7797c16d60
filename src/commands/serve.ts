import { openEventStream } from '../adapters/kafka/open.ts'
import { measuredIntake } from '../adapters/measured-intake.ts'
import { createHtmlRenderer } from '../adapters/render/html.ts'
import { createPdfRenderer } from '../adapters/render/pdf.ts'
import type { App } from '../app.ts'
import { Fault } from '../domain/fault.ts'
import { ingestRoutes } from '../http/routes/ingest.ts'
import { buildServer, type Server } from '../http/server.ts'
import type { Intake } from '../ports/intake.ts'
import { checkBind } from '../settings.ts'
import { createClassify } from '../stages/classify.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { type DetectRole, startDetectRole } from './detect-role.ts'
import { readEvidence } from './explain.ts'
import { hindrancesOf } from './hindrances.ts'
import { openForCommand } from './open.ts'
import { CLOSE_S, endWithin, GRACE_S } from './shutdown.ts'
import { type StreamReading, startStreamReading } from './stream-reading.ts'

/** `flopwatch serve`: takes streams in, ticks, answers and shows pages, until it is told to stop. */

export const ROLES = ['ingest', 'detect', 'api'] as const
export type Role = (typeof ROLES)[number]

export interface ServeOptions extends GlobalOptions {
  readonly roles?: string
  readonly host?: string
  readonly port?: string
}

export async function serveCommand(context: CommandContext, options: ServeOptions): Promise<void> {
  const roles = readRoles(options.roles)
  const { host, port } = options
  const app = await openForCommand(context, options, { host, port })
  try {
    await serveUntilStopped(context, app, roles)
  } finally {
    // A statement that hangs must not keep the process; what it did not finish is done again.
    await endWithin(CLOSE_S, { store: () => app.close() })
  }
}

/**
 * Listens, runs the roles, and returns once `stopped` resolves and the work under way is done, or
 * cut after `GRACE_S`.
 */
export async function serveUntilStopped(
  context: CommandContext,
  app: App,
  roles: readonly Role[],
): Promise<void> {
  checkBind(app.settings.http)
  const { stopped } = context
  const { metrics } = app
  const intake = measuredIntake(app.intake, metrics)
  const stream =
    app.settings.kafka.brokers.length > 0 ? openEventStream(app.settings.kafka, app.logger) : null
  const reading =
    stream && roles.includes('ingest') ? await startStreamReading(app, stream, intake) : null
  const detecting = roles.includes('detect') ? await startDetectRole(app, metrics, stream) : null
  const server = await openServer(app, { roles, intake, detecting, reading })
  try {
    const address = await listen(server, app.settings.http)
    printLine(
      context,
      `Flopwatch listens on ${address} (roles: ${roles.join(', ')}). Stop with Ctrl-C.`,
    )
    await stopped
  } finally {
    const cut = await endWithin(GRACE_S, {
      bodies: () => server.close(),
      partitions: async () => reading?.stop(),
      tick: async () => detecting?.stop(),
    })
    if (cut.length > 0) app.logger.warn({ cut }, 'stopped before this had ended')
    await endWithin(CLOSE_S / 8, { stream: async () => stream?.close() })
  }
}

async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new Fault('ADDRESS_UNAVAILABLE', `cannot listen on ${host}:${port}${why}`, { cause })
  }
}

interface Serving {
  readonly roles: readonly Role[]
  readonly intake: Intake
  readonly detecting: DetectRole | null
  readonly reading: StreamReading | null
}

async function openServer(app: App, serving: Serving): Promise<Server> {
  const { roles, intake, detecting, reading } = serving
  const { clock, settings, store, metrics } = app
  const classify = createClassify(store, app.reference.workload, app.reference.version)
  return buildServer({
    store,
    clock,
    version: app.version,
    metrics,
    logger: null,
    tokens: settings.http.tokens,
    regime: app.regime,
    detectors: app.bundle,
    colours: app.triageRules.colours,
    readiness: {
      hindrances: () => hindrancesOf({ detecting, reading }),
      retry_after_s: settings.ingest.retry_after_s,
    },
    evidence: findingId => readEvidence(store, findingId, classify),
    classify,
    renderers: [createHtmlRenderer(), createPdfRenderer()],
    routes: roles.includes('ingest') ? [ingestRoutes({ intake, settings: settings.ingest })] : [],
  })
}

function readRoles(text: string | undefined): Role[] {
  if (text === undefined) return [...ROLES]
  const named = text.split(',').map(part => part.trim())
  const roles = ROLES.filter(role => named.includes(role))
  if (roles.length === named.length) return roles
  throw new Fault('USAGE', `--roles "${text}" is not a list of ${ROLES.join(', ')}`)
}
