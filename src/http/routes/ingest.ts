import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../../domain/fault.ts'
import type { IngestSettings } from '../../domain/ingest-settings.ts'
import type { StreamName } from '../../domain/streams.ts'
import type { BodyFormat, Intake, Receipt } from '../../ports/intake.ts'
import { type Problem, problemOf, sendProblem } from '../errors.ts'

/** Where each stream of the contract comes in. */
export const INGEST_PATHS: Readonly<Record<string, StreamName>> = {
  '/v1/telemetry/accelerator': 'telemetry.accelerator',
  '/v1/telemetry/billing': 'telemetry.billing',
  '/v1/telemetry/commitment': 'telemetry.commitment',
  '/v1/identity/party': 'identity.party',
  '/v1/identity/ownership': 'identity.ownership',
  '/v1/identity/account': 'identity.account',
  '/v1/identity/access': 'identity.access',
  '/v1/identity/list': 'identity.list',
}

export interface IngestRouteDeps {
  readonly intake: Intake
  readonly settings: IngestSettings
}

/**
 * Streams in over HTTP. Bodies pass through the decoder as they come, small ones are stored together
 * with others, and 202 is sent when the last row is durable. `?replace_period=true` on billing says
 * that the body states its billing periods anew.
 */
export function ingestRoutes(deps: IngestRouteDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    const gate = createBodyGate(deps.settings)
    for (const [path, stream] of Object.entries(INGEST_PATHS)) {
      app.post(path, { bodyLimit: deps.settings.body_bytes_max }, (request, reply) =>
        gate(request, reply, () => receive(deps, stream, request, reply)),
      )
    }
  }
}

/** Turns bodies away before they are read: too long by their own word, packed unknown, too many. */
function createBodyGate({ body_bytes_max, bodies_max, retry_after_s }: IngestSettings) {
  let running = 0
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    run: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    if (Number(request.headers['content-length'] ?? 0) > body_bytes_max) {
      return refuse(
        reply,
        problemOf(new Fault('BODY_TOO_LARGE', `the body is longer than ${body_bytes_max} bytes`)),
      )
    }
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (!/^(identity|gzip|x-gzip)$/i.test(encoding)) return refuse(reply, encodingProblem(encoding))
    if (running >= bodies_max) {
      const busy = new Fault('BACKPRESSURE', `${running} bodies are being read already`)
      return refuse(reply, { ...problemOf(busy), retry_after_s })
    }
    running += 1
    try {
      return await run()
    } finally {
      running -= 1
    }
  }
}

function encodingProblem(encoding: string): Problem {
  return {
    status: 415,
    error: 'ENCODING_UNKNOWN',
    message: `the content encoding "${encoding}" is not read`,
    remedy: 'Send the body plain or packed with gzip.',
  }
}

/** The rest of an unread body is not worth waiting for, so the connection ends with the answer. */
function refuse(reply: FastifyReply, problem: Problem): FastifyReply {
  return sendProblem(reply.header('connection', 'close'), problem)
}

async function receive(
  { intake, settings }: IngestRouteDeps,
  stream: StreamName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { receipt, fault } = await intake.receive(stream, bodyOf(request.body ?? request.raw), {
    name: `http:${request.ip}`,
    format: formatOf(request.headers['content-type'] ?? ''),
    replace_period: isTrue(request.query, 'replace_period'),
    body_bytes_max: settings.body_bytes_max,
  })
  const answer = answerOf(receipt)
  if (fault === null) return reply.code(202).send(answer)
  // What was read before the fault is stored; a repaired body may be sent whole.
  return refuse(reply, { ...problemOf(fault), ...answer })
}

function answerOf(receipt: Receipt) {
  const { accepted, duplicates, quarantined, batch_id, consumed, revised, conflicts } = receipt
  return { accepted, duplicates, quarantined, batch_id, consumed, revised, conflicts }
}

function formatOf(type: string): BodyFormat {
  if (/^text\/csv\b/i.test(type)) return 'csv'
  return /^application\/(x-)?(ndjson|jsonl|jsonlines|json-seq)\b/i.test(type) ? 'ndjson' : 'auto'
}

function isTrue(query: unknown, name: string): boolean {
  const value = typeof query === 'object' && query !== null ? Reflect.get(query, name) : undefined
  return value === '' || value === 'true' || value === '1'
}

async function* bodyOf(body: unknown): AsyncGenerator<Uint8Array> {
  if (!isByteStream(body)) return
  try {
    yield* body
  } catch (cause) {
    throw new Fault('BODY_MALFORMED', 'the connection broke off before the end of the body', {
      cause,
    })
  }
}

function isByteStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
