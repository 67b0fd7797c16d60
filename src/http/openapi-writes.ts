import { z } from 'zod'
import type { StreamName } from '../domain/streams.ts'
import {
  type JsonObject,
  operationId,
  parametersOf,
  problemResponse,
  type SchemaOf,
} from './openapi-schema.ts'
import { INGEST_PATHS } from './routes/ingest.ts'

/**
 * The description of the intake, whose routes stream bodies and so are not made from schemas: how
 * a body comes in and what is answered.
 */

export interface WriteOperation {
  readonly path: string
  readonly method: 'post'
  readonly operation: JsonObject
}

const receipt = z
  .object({
    accepted: z.number(),
    duplicates: z.number(),
    quarantined: z.number(),
    batch_id: z.string().describe('names the delivery in /v1/batches and in quarantine'),
    consumed: z.number().describe('accepted + duplicates + quarantined'),
    revised: z.number().describe('accepted in the place of another content'),
    conflicts: z.number().describe('two contents of one revision under one identity'),
  })
  .meta({ id: 'Receipt', description: 'Given only once the rows are durable' })

const billing = z.object({
  replace_period: z
    .enum(['true', 'false'])
    .default('false')
    .describe('the body states its billing periods anew, whole'),
})

const TITLES: Record<StreamName, string> = {
  'telemetry.accelerator': 'Accelerator telemetry: one device or node over one interval a record',
  'telemetry.billing': 'Billing in columns of FOCUS 1.x, as JSON or CSV',
  'telemetry.commitment': 'Capacity that tenants ordered, one revision a record',
  'identity.party': 'Individuals and entities',
  'identity.ownership': 'Who owns or controls whom',
  'identity.account': 'Who stands behind a tenant id, through whom, and who pays',
  'identity.access': 'Accesses and administrative actions',
  'identity.list': 'Entries of restriction and screening lists, and special measures',
}

export function writeOperations(schema: SchemaOf): WriteOperation[] {
  return Object.entries(INGEST_PATHS).map(([path, stream]) => {
    const operation = {
      summary: TITLES[stream],
      operationId: operationId('post', path),
      ...(stream === 'telemetry.billing' && {
        parameters: parametersOf(billing, 'query', schema),
      }),
      requestBody: { required: true, content: bodyContent(stream) },
      responses: {
        '202': {
          description: 'Stored; a malformed record is quarantined and never fails its neighbours',
          content: { 'application/json': { schema: schema(receipt, 'output') } },
        },
        '400': problemResponse('The body is malformed; `position` says where'),
        '413': problemResponse('The body is longer than ingest.body_bytes_max'),
        '415': problemResponse('The content encoding is neither gzip nor identity'),
        '503': problemResponse('Back-pressure; try again after Retry-After seconds'),
        default: problemResponse('What was wrong and what to do about it'),
      },
    }
    return { path, method: 'post', operation }
  })
}

/** One object, an array or lines; `content-encoding: gzip` is taken as well. */
function bodyContent(stream: StreamName): JsonObject {
  const record = { type: 'object', description: 'a record of the stream; unknown fields are kept' }
  const json = { schema: { oneOf: [record, { type: 'array', items: record }] } }
  const lines = { schema: { type: 'string', description: 'one record a line' } }
  const csv = stream === 'telemetry.billing' ? { 'text/csv': lines } : {}
  return { 'application/json': json, 'application/x-ndjson': lines, ...csv }
}
