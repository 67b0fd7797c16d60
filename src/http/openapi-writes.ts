import { z } from 'zod'
import { QUARANTINE_REASONS } from '../domain/records/reject.ts'
import { STREAMS, type StreamName } from '../domain/streams.ts'
import {
  type JsonObject,
  operationId,
  parametersOf,
  problemResponse,
  type SchemaOf,
} from './openapi-schema.ts'
import { pageQuery, pageShape } from './paging.ts'

/**
 * The description of the intake, whose routes stream bodies and so are not made from schemas: how
 * a body comes in, what is answered, and where records that were not taken in can be read.
 */

export interface WriteOperation {
  readonly path: string
  readonly method: 'get' | 'post'
  readonly operation: JsonObject
}

const receipt = z
  .object({
    accepted: z.number(),
    duplicates: z.number(),
    quarantined: z.number(),
    batch_id: z.string().describe('names the delivery in /v1/batches and in quarantine'),
  })
  .meta({ id: 'Receipt', description: 'Given only once the rows are durable' })

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

/** `telemetry.accelerator` → `/v1/telemetry/accelerator`. */
export function streamPath(stream: StreamName): string {
  return `/v1/${stream.replace('.', '/')}`
}

export function writeOperations(schema: SchemaOf): WriteOperation[] {
  const posts = STREAMS.map(stream => {
    const path = streamPath(stream)
    const operation = {
      summary: TITLES[stream],
      operationId: operationId('post', path),
      requestBody: { required: true, content: bodyContent(stream) },
      responses: {
        '202': {
          description: 'Stored; a malformed record is quarantined and never fails its neighbours',
          content: { 'application/json': { schema: schema(receipt, 'output') } },
        },
        '400': problemResponse('The body is malformed; `position` says where'),
        '413': problemResponse('The body is longer than ingest.body_bytes_max'),
        '503': problemResponse('Back-pressure; try again after Retry-After seconds'),
        default: problemResponse('What was wrong and what to do about it'),
      },
    }
    return { path, method: 'post' as const, operation }
  })
  return [...posts, quarantineOperation(schema)]
}

/** One object, an array or lines; `content-encoding: gzip` is taken as well. */
function bodyContent(stream: StreamName): JsonObject {
  const record = { type: 'object', description: 'a record of the stream; unknown fields are kept' }
  const json = { schema: { oneOf: [record, { type: 'array', items: record }] } }
  const lines = { schema: { type: 'string', description: 'one record a line' } }
  const csv = stream === 'telemetry.billing' ? { 'text/csv': lines } : {}
  return { 'application/json': json, 'application/x-ndjson': lines, ...csv }
}

const quarantined = z
  .object({
    quarantine_id: z.string(),
    stream: z.string(),
    reason: z.string().describe(Object.keys(QUARANTINE_REASONS).join(', ')),
    detail: z.string(),
    raw_base64: z.string(),
    source: z.string(),
    position: z.number(),
    batch_id: z.string(),
    received_at: z.string(),
  })
  .meta({ id: 'QuarantinedRecord' })

function quarantineOperation(schema: SchemaOf): WriteOperation {
  const path = '/v1/quarantine'
  const summary = 'Records that were not taken in, newest first'
  const query = z.strictObject({
    ...pageQuery,
    stream: z.enum(STREAMS).optional(),
    reason: z.string().optional(),
  })
  const operation = {
    summary,
    operationId: operationId('get', path),
    parameters: parametersOf(query, 'query', schema),
    responses: {
      '200': {
        description: summary,
        content: { 'application/json': { schema: schema(pageShape(quarantined), 'output') } },
      },
      default: problemResponse('What was wrong and what to do about it'),
    },
  }
  return { path, method: 'get', operation }
}
