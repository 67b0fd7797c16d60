import { z } from 'zod'
import type { Store } from '../../ports/store.ts'
import { type ApiRoute, apiRoute } from '../api-route.ts'
import type { Hindrance, ServerDeps } from '../deps.ts'
import { problemShape, sendProblem } from '../errors.ts'

const readyShape = z.object({
  status: z.literal('ready'),
  store: z.literal('answers'),
  intake: z.literal('open'),
})

const notReadyShape = problemShape.extend({
  reason: z
    .enum(['back_pressure', 'failure'])
    .describe('back_pressure ends by itself: wait; failure does not: look after it'),
  parts: z
    .array(
      z.object({
        kind: z.enum(['back_pressure', 'failure']),
        part: z.enum(['store', 'intake', 'stream', 'ticks', 'outbox']),
        message: z.string(),
      }),
    )
    .describe('all that keeps the process from its work'),
})

/** For those who run the server: is it alive, may it be sent work, what has it done. */
export function healthRoutes({ store, metrics, readiness }: ServerDeps): ApiRoute[] {
  return [
    apiRoute({
      path: '/healthz',
      summary: 'The process is alive; nothing is said about what it depends on',
      answers: { 'application/json': z.object({ status: z.literal('alive') }) },
      answer: async () => ({ status: 'alive' as const }),
    }),
    apiRoute({
      path: '/readyz',
      summary: 'The store answers, work goes on and the intake has room',
      answers: { 'application/json': readyShape },
      refusals: {
        503: { summary: 'Busy or broken: `reason` tells which', shape: notReadyShape },
      },
      answer: async (_, reply) => {
        const parts = [...(await storeHindrance(store)), ...readiness.hindrances()]
        // What is broken is told first: waiting does not help there.
        const worst = parts.find(({ kind }) => kind === 'failure') ?? parts[0]
        if (!worst) {
          return { status: 'ready' as const, store: 'answers' as const, intake: 'open' as const }
        }
        const { retry_after_s } = readiness
        const told = { retry_after_s, reason: worst.kind, parts }
        return sendProblem(reply, { ...problemOfHindrance(worst), ...told })
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

async function storeHindrance(store: Store): Promise<Hindrance[]> {
  try {
    await store.query('read-ready', {})
    return []
  } catch {
    return [{ kind: 'failure', part: 'store', message: 'the store does not answer' }]
  }
}

function problemOfHindrance({ kind, part, message }: Hindrance) {
  const broken = part === 'store' ? 'STORE_UNAVAILABLE' : 'NOT_READY'
  return kind === 'back_pressure'
    ? { status: 503, error: 'BACKPRESSURE', message, remedy: 'Wait; it ends by itself.' }
    : { status: 503, error: broken, message, remedy: 'See the log of this process.' }
}
