import type { z } from 'zod'
import type { ApiRoute } from './api-route.ts'
import { problemShape } from './errors.ts'
import {
  hoist,
  type JsonObject,
  operationId,
  parametersOf,
  problemResponse,
  type SchemaOf,
} from './openapi-schema.ts'
import { writeOperations } from './openapi-writes.ts'

/**
 * The description of the interface, made from the same values as the routes. Schemas with an id
 * are named once under `components`.
 */

const DESCRIPTION = `Operations are integer or floating point (one multiply-add counts two) and always
an interval with the tier of the evidence behind it. Times are RFC 3339 UTC, windows half-open.
Lists come in pages: repeat the request with \`cursor\` set to \`next\`.`

export function openApiDocument(routes: readonly ApiRoute[], version: string): JsonObject {
  const components: Record<string, unknown> = {}
  const schema = (shape: z.ZodType, io: 'input' | 'output') => hoist(shape, io, components)
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    paths[route.path] = { get: readOperation(route, schema) }
  }
  for (const { path, method, operation } of writeOperations(schema)) {
    paths[path] = { ...paths[path], [method]: operation }
  }
  schema(problemShape, 'output')
  return {
    openapi: '3.1.0',
    info: { title: 'Flopwatch', version, description: DESCRIPTION },
    security: [{ bearer: [] }, {}],
    paths,
    components: {
      schemas: components,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function readOperation(route: ApiRoute, schema: SchemaOf): JsonObject {
  const content = Object.entries(route.answers).map(([media, shape]) => [
    media,
    { schema: shape ? schema(shape, 'output') : { type: 'string' } },
  ])
  const refusals = Object.entries(route.refusals ?? {}).map(([status, { summary, shape }]) => [
    status,
    {
      description: summary,
      content: { 'application/json': { schema: schema(shape, 'output') } },
    },
  ])
  return {
    summary: route.summary,
    operationId: operationId('get', route.path),
    parameters: [
      ...parametersOf(route.params, 'path', schema),
      ...parametersOf(route.query, 'query', schema),
    ],
    responses: {
      '200': { description: route.summary, content: Object.fromEntries(content) },
      ...Object.fromEntries(refusals),
      default: problemResponse('What was wrong and what to do about it'),
    },
  }
}
