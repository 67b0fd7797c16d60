import { createHmac } from 'node:crypto'
import type { Instant } from '../../domain/window.ts'

/**
 * `t=<seconds since 1970>,v1=<HMAC-SHA-256 in hex>` over `<seconds>.<body>`: whoever knows the
 * secret can tell that the body is ours, whole, and not an old one sent again.
 */
export function signature(secret: string, at: Instant, body: string): string {
  const t = Math.floor(at / 1000)
  const mac = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
  return `t=${t},v1=${mac}`
}
