import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { guarded } from './engine-fault.ts'

/** Rows of a statement that looks at the server itself, checked by `shape`; Faults as elsewhere. */
export async function checkedRead<S extends z.ZodType>(
  client: ClickHouseClient,
  query: string,
  shape: S,
  params: Readonly<Record<string, unknown>> = {},
): Promise<z.output<S>[]> {
  return guarded('what the server says of itself', async () => {
    const result = await client.query({ query, query_params: params, format: 'JSONEachRow' })
    return z.array(shape).parse(await result.json())
  })
}
