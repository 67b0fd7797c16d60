import { randomUUID } from 'node:crypto'
import { convertFor } from '../adapters/files/convert.ts'
import { decode } from '../adapters/files/decode.ts'
import type { IngestSettings } from '../domain/ingest-settings.ts'
import type { Clock } from '../ports/clock.ts'
import type { Intake } from '../ports/intake.ts'
import type { Store } from '../ports/store.ts'
import { createIntake } from '../stages/ingest/intake.ts'
import { createIngest, type Ingest } from '../stages/ingest.ts'

/** Stage 1 put together over a store: the same for files, HTTP and Kafka. */
export function openIntake(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly settings: IngestSettings
}): { readonly ingest: Ingest; readonly intake: Intake } {
  const { store, clock, settings } = deps
  // Names this run; no number in the product depends on it.
  const ingest = createIngest({ store, clock, settings, instance: randomUUID() })
  return { ingest, intake: createIntake({ settings, ingest, decode, convertFor }) }
}
