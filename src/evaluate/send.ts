import { assert } from '../domain/fault.ts'
import type { StreamName } from '../domain/streams.ts'
import type { Intake } from '../ports/intake.ts'

/** Records as one body through the intake; every one of them must be taken. */
export function sendRecords(
  intake: Intake,
  stream: StreamName,
  records: readonly object[],
): Promise<void> {
  return sendLines(
    intake,
    stream,
    records.map(record => JSON.stringify(record)),
  )
}

/** The same for records that are lines of JSON already. */
export async function sendLines(
  intake: Intake,
  stream: StreamName,
  lines: readonly string[],
): Promise<void> {
  const body = Buffer.from(lines.join('\n'))
  const source = {
    name: 'evaluation',
    format: 'ndjson',
    replace_period: false,
    body_bytes_max: null,
  } as const
  const { receipt, fault } = await intake.receive(stream, oneBody(body), source)
  if (fault !== null) throw fault
  assert(
    receipt.accepted === lines.length,
    `${stream}: ${receipt.accepted} of ${lines.length} records were accepted`,
  )
}

async function* oneBody(body: Uint8Array): AsyncIterable<Uint8Array> {
  yield body
}
