import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { Fault } from '../domain/fault.ts'

/**
 * A reading route with everything that its description needs: the router and /openapi.json are
 * made from the same value, so neither can say what the other does not do.
 */
export interface ApiRoute {
  /** As OpenAPI spells it: `/v1/runs/{id}`. */
  readonly path: string
  readonly summary: string
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  /** By media type; null for content that has no schema. */
  readonly answers: Readonly<Record<string, z.ZodType | null>>
  /** By status: answers other than the usual problem. */
  readonly refusals?: Refusals
  readonly answer: (raw: RawRequest, reply: FastifyReply) => Promise<unknown>
}

type Refusals = Readonly<Record<number, { readonly summary: string; readonly shape: z.ZodType }>>

interface RawRequest {
  readonly params: unknown
  readonly query: unknown
}

interface RouteText<P extends z.ZodObject, Q extends z.ZodObject> {
  readonly path: string
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly answers: Readonly<Record<string, z.ZodType | null>>
  readonly refusals?: Refusals
  answer(
    request: { readonly params: z.output<P>; readonly query: z.output<Q> },
    reply: FastifyReply,
  ): Promise<unknown>
}

const nothing = z.strictObject({})

/** Ties the types of a route together and forgets them, so that routes fit into one list. */
export function apiRoute<
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
>(route: RouteText<P, Q>): ApiRoute {
  const { params, query } = route
  return {
    ...route,
    params: params ?? nothing,
    query: query ?? nothing,
    answer: async (raw, reply) => {
      const request = {
        params: read(params ?? nothing, raw.params, 'path'),
        query: read(query ?? nothing, raw.query, 'query'),
      }
      return route.answer(request as Parameters<typeof route.answer>[0], reply)
    },
  }
}

export function registerApiRoutes(app: FastifyInstance, routes: readonly ApiRoute[]): void {
  for (const route of routes) {
    app.get(route.path.replace(/\{(\w+)\}/g, ':$1'), async (request, reply) =>
      route.answer({ params: request.params, query: request.query }, reply),
    )
  }
}

function read(shape: z.ZodObject, given: unknown, where: string): Record<string, unknown> {
  const result = shape.safeParse(given ?? {})
  if (result.success) return result.data
  const [first] = result.error.issues
  const name = first?.path.join('.') ?? ''
  throw new Fault('USAGE', `${where} parameter ${name}: ${first?.message ?? 'not valid'}`.trim())
}
