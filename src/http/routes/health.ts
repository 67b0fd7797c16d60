import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { ServerDeps } from '../deps.ts'
import { problemOf, sendProblem } from '../errors.ts'

const readyShape = z.object({
  status: z.literal('ready'),
  store: z.literal('answers'),
  intake: z.literal('open'),
})

/** For those who run the server: is it alive, may it be sent work, what has it done. */
export function healthRoutes({ store, metrics, pressure }: ServerDeps): ApiRoute[] {
  return [
    apiRoute({
      path: '/healthz',
      summary: 'The process answers',
      answers: { 'application/json': z.object({ status: z.literal('alive') }) },
      answer: async () => ({ status: 'alive' as const }),
    }),
    apiRoute({
      path: '/readyz',
      summary:
        'The store answers and the intake has room; else 503 with STORE_UNAVAILABLE or BACKPRESSURE',
      answers: { 'application/json': readyShape },
      answer: async (_, reply) => {
        try {
          await store.query('read-ready', {})
        } catch (cause) {
          const lost = new Fault('STORE_UNAVAILABLE', 'the store does not answer', { cause })
          return sendProblem(reply, problemOf(lost))
        }
        const { is_busy, reason, retry_after_s } = pressure()
        if (!is_busy) {
          return { status: 'ready' as const, store: 'answers' as const, intake: 'open' as const }
        }
        const full = new Fault('BACKPRESSURE', `the intake is full: ${reason}`)
        return sendProblem(reply, { ...problemOf(full), retry_after_s })
      },
    }),
    apiRoute({
      path: '/metrics',
      summary: 'Counters and durations in the text form of Prometheus',
      answers: { 'text/plain': null },
      answer: async (_, reply) => {
        const { text, contentType } = await metrics.exposition()
        return reply.type(contentType).send(text)
      },
    }),
  ]
}
