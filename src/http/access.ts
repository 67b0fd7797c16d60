import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Problem, sendProblem } from './errors.ts'

/**
 * Who may ask. With tokens configured every request carries one. Without, the server is bound to
 * loopback, and a page from elsewhere in the same browser is kept out by the names it must use.
 */

const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz'])
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

const UNAUTHORIZED: Problem = {
  status: 401,
  error: 'UNAUTHORIZED',
  message: 'the request carries no token that this server knows',
  remedy: 'Send `Authorization: Bearer TOKEN` with a token of FLOPWATCH_TOKENS.',
}
const FOREIGN_NAME: Problem = {
  status: 421,
  error: 'MISDIRECTED',
  message: 'without tokens this server answers under loopback names only',
  remedy: 'Ask for 127.0.0.1, or configure FLOPWATCH_TOKENS.',
}
const FOREIGN_ORIGIN: Problem = {
  status: 403,
  error: 'FORBIDDEN',
  message: 'a web page of another origin may not write here',
  remedy: 'Send records from a program, not from a page.',
}

/** A hook that lets a request through or answers it. */
export function createGate(tokens: readonly string[]) {
  const digests = tokens.map(digest)
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    if (isForeignWrite(request)) return sendProblem(reply, FOREIGN_ORIGIN)
    if (digests.length === 0) {
      const name = request.headers.host ?? ''
      return LOOPBACK.test(name) ? undefined : sendProblem(reply, FOREIGN_NAME)
    }
    if (OPEN_PATHS.has(request.url.split('?', 1)[0] ?? '')) return undefined
    const token = tokenOf(request)
    if (token !== null && isKnown(digest(token), digests)) return undefined
    reply.header('www-authenticate', challenge(request))
    return sendProblem(reply, UNAUTHORIZED)
  }
}

/**
 * The bearer token. For pages a browser may send it as the password of Basic authentication; not
 * for writes, because a browser adds that password to what other pages send as well.
 */
function tokenOf(request: FastifyRequest): string | null {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ', 2)
  if (/^bearer$/i.test(scheme)) return value
  if (/^basic$/i.test(scheme) && READS.has(request.method)) {
    const pair = Buffer.from(value, 'base64').toString('utf8')
    return pair.slice(pair.indexOf(':') + 1)
  }
  return null
}

function challenge(request: FastifyRequest): string {
  const isApi = request.url.startsWith('/v1/')
  return isApi ? 'Bearer realm="flopwatch"' : 'Basic realm="flopwatch", charset="UTF-8"'
}

/** Browsers name the origin of every write; programs do not. */
function isForeignWrite({ method, headers }: FastifyRequest): boolean {
  if (READS.has(method) || headers.origin === undefined) return false
  const host = URL.canParse(headers.origin) ? new URL(headers.origin).host : null
  return host !== headers.host
}

/** Digests have one length, so the comparison takes the same time whatever was sent. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function isKnown(given: Buffer, known: readonly Buffer[]): boolean {
  return known.map(one => timingSafeEqual(one, given)).includes(true)
}
