import { z } from 'zod'

/** Pieces of an OpenAPI document, and zod schemas as JSON Schema with names. */

export interface JsonObject {
  readonly [key: string]: unknown
}

export type SchemaOf = (shape: z.ZodType, io: 'input' | 'output') => unknown

/** `get` and `/v1/runs/{id}` → `get_v1_runs_id`. */
export function operationId(method: string, path: string): string {
  return [method, ...path.split(/\W+/).filter(word => word !== '')].join('_')
}

export function problemResponse(description: string): JsonObject {
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

export function parametersOf(
  shape: z.ZodObject,
  place: 'path' | 'query',
  schema: SchemaOf,
): JsonObject[] {
  return Object.entries(shape.shape).map(([name, type]) => {
    const field = z.object({ [name]: type })
    const whole = schemaObject.parse(schema(field, 'input'))
    const { description, ...rest } = whole.properties?.[name] ?? {}
    return {
      name,
      in: place,
      required: place === 'path',
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }
  })
}

const schemaObject = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
})

/** Moves named schemas out of the way: `$defs` of each become components, once. */
export function hoist(
  shape: z.ZodType,
  io: 'input' | 'output',
  components: Record<string, unknown>,
): unknown {
  const text = JSON.stringify(z.toJSONSchema(shape, { io, unrepresentable: 'any' }))
  const read: unknown = JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/'))
  const { $schema: _, $defs, id, ...own } = document.parse(read)
  for (const [name, definition] of Object.entries($defs)) components[name] = clean(definition)
  if (id === undefined) return own
  components[id] = own
  return { $ref: `#/components/schemas/${id}` }
}

const document = z
  .object({
    $schema: z.string().optional(),
    $defs: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
    id: z.string().optional(),
  })
  .catchall(z.unknown())

function clean({ id: _, ...definition }: Record<string, unknown>): Record<string, unknown> {
  return definition
}
