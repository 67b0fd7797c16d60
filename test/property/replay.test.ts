import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR_MS } from '../../src/domain/window.ts'
import { type AppBench, type Outcome, openAppBench } from '../support/app-bench.ts'
import { bills, type Delivery, deliveryOf, fleet } from '../support/fleet.ts'
import { HOUR } from '../support/meter-bench.ts'

/**
 * Invariant 1: any order, any batching, any duplication of a set of samples and charges, with
 * ticks and restarts in between, gives the same hours, gangs and runs, digit for digit.
 */

const ALL = HOUR + 24 * HOUR_MS

let bench: AppBench
beforeAll(async () => {
  bench = await openAppBench()
})
afterAll(() => bench.close())

/** The reference: everything at once, in order, each once, one pass. */
async function atOnce(records: readonly object[], rows: readonly object[]): Promise<Outcome> {
  await bench.clear()
  await bench.restart()
  await bench.send('telemetry.accelerator', records)
  if (rows.length > 0) await bench.send('telemetry.billing', rows)
  await bench.rebuild(ALL)
  return bench.outcome()
}

async function inPieces(delivery: Delivery): Promise<Outcome> {
  await bench.clear()
  await bench.restart()
  for (const [index, batch] of delivery.batches.entries()) {
    const rows = delivery.bills[index] ?? []
    if (rows.length > 0) await bench.send('telemetry.billing', rows)
    if (batch.length > 0) await bench.send('telemetry.accelerator', batch)
    const after = delivery.after[index]
    if (after === 'restart') await bench.restart()
    if (after === 'early tick') await bench.rebuild(HOUR + 2 * HOUR_MS)
    if (after === 'tick' || after === 'restart') await bench.rebuild(ALL)
  }
  await bench.rebuild(ALL)
  return bench.outcome()
}

test('order, batches, copies, ticks and restarts change no number', async () => {
  const scene = fc.tuple(fleet, bills).chain(([records, rows]) =>
    fc.record({
      records: fc.constant(records),
      rows: fc.constant(rows),
      delivery: deliveryOf(records, rows),
    }),
  )
  await fc.assert(
    fc.asyncProperty(scene, async ({ records, rows, delivery }) => {
      const reference = await atOnce(records, rows)
      const pieces = await inPieces(delivery)
      expect(reference.device_hours).not.toBe('')
      for (const [table, text] of Object.entries(reference)) {
        expect(pieces[table], table).toBe(text)
      }
    }),
    // More runs at will: FLOPWATCH_RUNS=200. A failure prints its seed and its path.
    // It is told at once: to make it smaller takes longer than the test may.
    { numRuns: Number(process.env['FLOPWATCH_RUNS'] ?? 8), endOnFailure: true },
  )
}, 600_000)
