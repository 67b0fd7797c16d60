import { randomUUID } from 'node:crypto'
import { convertFor } from '../../src/adapters/files/convert.ts'
import { decode } from '../../src/adapters/files/decode.ts'
import { decodeMessage } from '../../src/adapters/files/decode-message.ts'
import { INGEST_DEFAULTS, type IngestSettings } from '../../src/domain/ingest-settings.ts'
import type { DeliveryKind } from '../../src/domain/streams.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { BodyFormat, Decode, Delivered, Intake } from '../../src/ports/intake.ts'
import type { Store } from '../../src/ports/store.ts'
import { createIntake } from '../../src/stages/ingest/intake.ts'
import { createIngest } from '../../src/stages/ingest.ts'

/** The whole of stage 1 over a real store, with small bodies sent from text. */
export interface TestIntake {
  readonly intake: Intake
  send(
    kind: DeliveryKind | null,
    body: string | Uint8Array,
    options?: SendOptions,
  ): Promise<Delivered>
  /** As after a restart: nothing is known from memory. */
  restart(): void
}

export interface SendOptions {
  readonly format?: BodyFormat
  readonly replace_period?: boolean
  readonly name?: string
}

/** With the name of an instance it is one of several over the store. */
export function testIntake(
  store: Store,
  clock: Clock,
  settings: Partial<IngestSettings> = {},
  instance: string | null = null,
  how: Decode = decode,
): TestIntake {
  const all = { ...INGEST_DEFAULTS, ...settings }
  const open = (): Intake => {
    const ingest = createIngest({
      store,
      clock,
      settings: all,
      instance: instance ?? randomUUID(),
      isShared: instance !== null,
    })
    return createIntake({
      ingest,
      decode: how,
      decodeMessage: (value, bounds) => decodeMessage(how, value, bounds),
      convertFor,
      settings: all,
    })
  }
  let intake = open()
  return {
    get intake() {
      return intake
    },
    send: (kind, body, options = {}) =>
      intake.receive(kind, inChunks(body), {
        name: options.name ?? 'test',
        format: options.format ?? 'auto',
        replace_period: options.replace_period ?? false,
        body_bytes_max: null,
      }),
    restart: () => {
      intake = open()
    },
  }
}

/** Bytes as a network would deliver them. */
export async function* inChunks(
  body: string | Uint8Array,
  size = 65_536,
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(body)
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size)
}

export const ndjson = (records: readonly object[]): string =>
  records.map(record => JSON.stringify(record)).join('\n')
