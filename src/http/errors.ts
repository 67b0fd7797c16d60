import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type BodyPosition, positionOf } from '../domain/body-fault.ts'
import { FAULTS, Fault, type FaultCode } from '../domain/fault.ts'

/** The one shape of every error over HTTP. */
export const problemShape = z
  .object({
    error: z.string().describe('a code that does not change between releases'),
    message: z.string().describe('one sentence: what is wrong, and where'),
    remedy: z.string().optional().describe('what to do about it'),
    position: z
      .object({ byte: z.number(), line: z.number() })
      .optional()
      .describe('where in the body the fault lies; bytes count from 0, lines from 1'),
    request_id: z.string().describe('names this request in the log'),
  })
  .meta({ id: 'Problem' })

export interface Problem {
  readonly status: number
  readonly error: string
  readonly message: string
  readonly remedy?: string
  readonly position?: BodyPosition
  /** Seconds after which to try again, where that makes sense. */
  readonly retry_after_s?: number
}

/** Codes that are not here are faults of the server: 500. */
const STATUS: Partial<Record<FaultCode, number>> = {
  BODY_MALFORMED: 400,
  USAGE: 400,
  NOT_FOUND: 404,
  BODY_TOO_LARGE: 413,
  BACKPRESSURE: 503,
  STORE_UNAVAILABLE: 503,
}

/** The catalogue's remedies are for the command line; these say the same to a caller over HTTP. */
const REMEDY: Partial<Record<FaultCode, string>> = {
  USAGE: 'See /openapi.json for what this route takes.',
  NOT_FOUND: 'List what exists with the route of the same name, without the id.',
}

/** What to answer for anything that was thrown. Faults of ours tell no details beyond their own. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Fault) return faultProblem(thrown)
  const status = clientStatus(thrown)
  if (status !== null && thrown instanceof Error) {
    const error = status === 413 ? 'BODY_TOO_LARGE' : status === 404 ? 'NOT_FOUND' : 'USAGE'
    const remedy = REMEDY[error] ?? FAULTS[error].remedy
    return { status, error, message: thrown.message, remedy }
  }
  return {
    status: 500,
    error: 'INTERNAL',
    message: 'the server failed at this request',
    remedy: 'Look up the request id in the log.',
  }
}

function faultProblem(fault: Fault): Problem {
  const { code, message, retryable } = fault
  const position = positionOf(fault)
  return {
    status: STATUS[code] ?? (retryable ? 503 : 500),
    error: code,
    message,
    remedy: REMEDY[code] ?? FAULTS[code].remedy,
    ...(position && { position }),
    ...(retryable && { retry_after_s: 5 }),
  }
}

/** Statuses that the framework gives to requests it could not read. */
function clientStatus(thrown: unknown): number | null {
  const given = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : null
  return typeof given === 'number' && given >= 400 && given < 500 ? given : null
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, retry_after_s, ...body } = problem
  if (retry_after_s !== undefined) reply.header('retry-after', String(retry_after_s))
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ ...body, request_id: reply.request.id })
}

/** Faults of the server go to the log whole; the caller's are told to the caller. */
export function logProblem(request: FastifyRequest, thrown: unknown, status: number): void {
  if (status >= 500) request.log.error({ err: thrown }, 'request failed')
  else
    request.log.info(
      { status, why: thrown instanceof Error ? thrown.message : '' },
      'request refused',
    )
}
