import type { FastifyReply } from 'fastify'

/** Pages load their one style sheet from here and nothing else; no script runs at all. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Report files are self-contained: style inside, no script, no link home to this origin's rights. */
export const REPORT_POLICY = [
  'sandbox allow-popups',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Set on every answer; a route that needs another value sets it later. */
export function setHeaders(reply: FastifyReply): void {
  reply.headers(HEADERS)
  reply.header('x-request-id', reply.request.id)
}
