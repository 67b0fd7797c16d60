import { createHash } from 'node:crypto'
import { Fault } from '../../domain/fault.ts'
import type { DeliveryKind } from '../../domain/streams.ts'
import {
  type Convert,
  type Decode,
  type DecodeBounds,
  type DecodedBlock,
  type Delivered,
  type DeliverySource,
  type Intake,
  type Receipt,
  recordsOf,
} from '../../ports/intake.ts'
import type { Ingest, IngestDeps } from '../ingest.ts'
import type { Delivery } from './delivery.ts'
import { guessKind } from './guess-kind.ts'

export interface IntakeDeps extends Pick<IngestDeps, 'settings'> {
  readonly ingest: Ingest
  readonly decode: Decode
  readonly decodeMessage: (value: Uint8Array, bounds: DecodeBounds) => Promise<DecodedBlock>
  readonly convertFor: (kind: DeliveryKind) => Convert | null
}

/** Bytes in, receipt out: decode, convert where needed, store. */
export function createIntake(deps: IntakeDeps): Intake {
  return {
    async receive(kind, bytes, source, progress) {
      const meter = meterBytes(bytes, source.body_bytes_max)
      const { record_bytes_max, raw_bytes_kept } = deps.settings
      const blocks = deps.decode(meter.bytes, source.format, {
        record_bytes_max,
        raw_bytes_kept,
        body_bytes_max: source.body_bytes_max,
      })
      if (kind !== null) return storeBlocks(deps, { kind, blocks, source, meter, progress })
      const told = await tellKind(blocks, source)
      return storeBlocks(deps, { kind: told.kind, blocks: told.blocks, source, meter, progress })
    },
    receiveRanges(kind, ranges) {
      return deps.ingest.receiveRanges(kind, ranges, {
        decodeMessage: value => deps.decodeMessage(value, boundsOf(deps)),
        convert: deps.convertFor(kind),
      })
    },
    forget: () => deps.ingest.forget(),
    async retry(kind, source, records) {
      const delivery = deps.ingest.open(kind, { name: source, replace_period: false })
      const convert = deps.convertFor(kind)
      for (const { position, raw } of records) {
        const decoded = await recordsOf(await deps.decodeMessage(raw, boundsOf(deps)))
        const converted = convert ? decoded.flatMap(convert) : decoded
        await delivery.add(converted.map(record => ({ ...record, position })))
      }
      return delivery.finish(
        records.reduce((sum, { raw }) => sum + raw.byteLength, 0),
        '',
      )
    },
  }
}

function boundsOf({ settings }: IntakeDeps): DecodeBounds {
  const { record_bytes_max, raw_bytes_kept, body_bytes_max } = settings
  return { record_bytes_max, raw_bytes_kept, body_bytes_max }
}

type Blocks = AsyncIterable<DecodedBlock>

interface Running {
  readonly kind: DeliveryKind
  readonly blocks: Blocks
  readonly source: DeliverySource
  readonly meter: ByteMeter
  readonly progress: ((receipt: Receipt) => void) | undefined
}

async function storeBlocks(deps: IntakeDeps, running: Running): Promise<Delivered> {
  const { kind, source, meter } = running
  const delivery = deps.ingest.open(kind, source)
  const fault = await readBlocks(deps, running, delivery)
  if (fault === null) return { receipt: await delivery.finish(meter.count(), meter.hash()), fault }
  // An empty hash in the ledger says that the body broke off; its periods are not replaced.
  return { receipt: await delivery.breakOff(meter.count()), fault }
}

/** Gives back the fault of the body, if it had one; throws every other. */
async function readBlocks(
  deps: IntakeDeps,
  { kind, blocks, meter, progress }: Running,
  delivery: Delivery,
): Promise<Fault | null> {
  const convert = deps.convertFor(kind)
  try {
    for await (const block of blocks) {
      await delivery.add(convert ? (await recordsOf(block)).flatMap(convert) : block)
      progress?.({ ...delivery.receipt(), bytes: meter.count() })
    }
    return null
  } catch (fault) {
    if (isBodyFault(fault)) return fault
    await delivery.abandon()
    throw fault
  }
}

function isBodyFault(fault: unknown): fault is Fault {
  if (!(fault instanceof Fault)) return false
  return fault.code === 'BODY_MALFORMED' || fault.code === 'BODY_TOO_LARGE'
}

/** Records that are looked at to tell what they are; a file of another kind shows it in the first. */
const LOOK_RECORDS = 1000

async function tellKind(
  blocks: Blocks,
  source: DeliverySource,
): Promise<{ kind: DeliveryKind; blocks: Blocks }> {
  const iterator = blocks[Symbol.asyncIterator]()
  const looked: DecodedBlock[] = []
  let kind: DeliveryKind | null = null
  for (let seen = 0; kind === null && seen < LOOK_RECORDS; ) {
    const next = await iterator.next()
    if (next.done) break
    looked.push(next.value)
    const records = await recordsOf(next.value)
    seen += records.length
    kind = guessKind(records, source.name)
  }
  if (kind === null) {
    await iterator.return?.()
    throw new Fault('USAGE', `nothing in ${source.name} tells its stream: name it with --stream`)
  }
  return { kind, blocks: rejoin(looked, iterator) }
}

async function* rejoin<T>(looked: readonly T[], iterator: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    yield* looked
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}

interface ByteMeter {
  readonly bytes: AsyncIterable<Uint8Array>
  count(): number
  /** SHA-256 of the bytes as they came; to be asked once, at the end. */
  hash(): string
}

function meterBytes(bytes: AsyncIterable<Uint8Array>, max: number | null): ByteMeter {
  const hash = createHash('sha256')
  let count = 0
  const counted = async function* () {
    for await (const chunk of bytes) {
      count += chunk.byteLength
      if (max !== null && count > max) {
        throw new Fault('BODY_TOO_LARGE', `the body is longer than ${max} bytes`)
      }
      hash.update(chunk)
      yield chunk
    }
  }
  return { bytes: counted(), count: () => count, hash: () => hash.digest('hex') }
}
