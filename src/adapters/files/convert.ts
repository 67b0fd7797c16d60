import type { DeliveryKind, StreamName } from '../../domain/streams.ts'
import type { Convert, DecodedRecord } from '../../ports/intake.ts'
import { readBods } from './import-bods.ts'
import { readTableRow } from './import-csv.ts'
import { readGleif } from './import-gleif.ts'

/** A record of one of our streams, as an import makes it. */
export interface Draft {
  readonly stream: StreamName
  readonly value: object
}

/** Reads one statement or row; a text says why it cannot be read. */
export type DraftReader = (value: object) => readonly Draft[] | string

/** What stands between the decoder and a stream; null where records already are as they should be. */
export function convertFor(kind: DeliveryKind): Convert | null {
  if (kind === 'import.bods') return convert(readBods)
  if (kind === 'import.gleif') return convert(readGleif)
  if (!kind.startsWith('identity.')) return null
  const rows = convert(value => readTableRow(kind as StreamName, value))
  return record => (record.flat ? rows(record) : [record])
}

function convert(read: DraftReader): Convert {
  return record => {
    if (record.value === null) return [record]
    const drafts = read(record.value)
    if (typeof drafts === 'string') return [refusal(record, drafts)]
    return drafts.map(({ stream, value }) => ({ ...record, stream, value }))
  }
}

function refusal(record: DecodedRecord, detail: string): DecodedRecord {
  return { ...record, value: null, rejection: { reason: 'unknown_statement', detail } }
}
