import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { decode } from '../../src/adapters/files/decode.ts'
import { type Decode, isLines, type Receipt, recordsOf } from '../../src/ports/intake.ts'
import type { Store } from '../../src/ports/store.ts'
import { testIntake } from '../support/intake.ts'
import { anyLine, type TestLine } from '../support/odd-lines.ts'
import { openProbeStore } from '../support/probe-store.ts'
import { fakeClock } from '../support/store.ts'

/**
 * Lines that the store reads itself and lines that our own reader reads end as the same rows, to
 * the last bit, the same counts, and the same records in quarantine: the store's reading may leave
 * a line to ours, never read it otherwise.
 */

const RUNS = Number(process.env['FLOPWATCH_RUNS'] ?? 8)
const LINES = 800

const TABLES = ['samples', 'sample_losers', 'quarantine', 'batches', 'hour_marks'] as const
const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  Object.fromEntries(TABLES.map(table => [table, `select * from ${table} final order by all`])),
  clock,
)
afterAll(() => opened.close())

/** The same decoder, with every line cut and read before anything else sees it. */
const decodeRecords: Decode = async function* (bytes, format, bounds) {
  for await (const block of decode(bytes, format, bounds)) {
    yield isLines(block) ? await recordsOf(block) : block
  }
}

interface Ending {
  readonly receipt: Receipt
  readonly tables: Readonly<Record<string, readonly unknown[]>>
  /** Samples that our own reader made. */
  readonly ours: number
}

async function ingest(body: Buffer, batch_rows: number, how: Decode): Promise<Ending> {
  await opened.clear(...TABLES)
  let ours = 0
  const store: Store = {
    ...opened.store,
    async stage() {
      const stage = await opened.store.stage()
      return {
        ...stage,
        async appendLines(table, columns, lines) {
          const all = [...lines]
          if (table === 'staged') ours += all.length
          await stage.appendLines(table, columns, all)
        },
      }
    },
  }
  const bounds = { record_bytes_max: 2048, raw_bytes_kept: 1024 }
  const settings = { batch_rows, store_lines_min: 256, ...bounds }
  const { send } = testIntake(store, clock, settings, 'one', how)
  const { receipt } = await send('telemetry.accelerator', body, { format: 'ndjson' })
  const tables: Record<string, unknown[]> = {}
  for (const table of TABLES) tables[table] = await opened.probe(table)
  return { receipt, tables, ours }
}

/** Lines as one body. What the whole begins with is the decoder's business, not a line's. */
function bodyOf(lines: readonly TestLine[]): Buffer {
  const feed = Buffer.from('\n')
  return Buffer.concat([Buffer.from('{}'), ...lines.flatMap(({ bytes }) => [feed, bytes])])
}

const isBlank = ({ bytes }: TestLine): boolean => bytes.toString().trim() === ''
const anyLines = fc.array(anyLine, { minLength: LINES, maxLength: LINES, size: 'max' })

async function compare(lines: readonly TestLine[], batch_rows: number): Promise<void> {
  const slow = await ingest(bodyOf(lines), batch_rows, decodeRecords)
  const fast = await ingest(bodyOf(lines), batch_rows, decode)
  expect(fast.receipt).toEqual(slow.receipt)
  for (const table of TABLES) expect(fast.tables[table], table).toEqual(slow.tables[table])
  // And the store did read: all sound lines of the first part, which is large enough, at least.
  const sound = lines.slice(0, batch_rows - 1).filter(line => line.sound)
  expect(sound.length).toBeGreaterThan(Math.min(batch_rows, LINES) / 2)
  expect(slow.ours - fast.ours).toBeGreaterThanOrEqual(sound.length)
}

test('both readers agree on every line', { timeout: 300_000 }, async () => {
  const property = fc.asyncProperty(anyLines, lines => compare(lines, 2 * LINES))
  // Shrinking would leave too few lines for the store to be asked at all.
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true })
})

test('and where parts begin and end', { timeout: 300_000 }, async () => {
  // A blank line takes up room in a part of lines, and none in a part of records.
  const property = fc.asyncProperty(anyLines, lines =>
    compare(
      lines.filter(line => !isBlank(line)),
      300,
    ),
  )
  await fc.assert(property, { numRuns: Math.ceil(RUNS / 4), endOnFailure: true })
})
