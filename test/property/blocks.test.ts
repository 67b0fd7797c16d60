import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatInstant, HOUR_MS, MINUTE_MS } from '../../src/domain/window.ts'
import { type AppBench, openAppBench } from '../support/app-bench.ts'
import { fleet, type SampleRecord } from '../support/fleet.ts'
import { HOUR } from '../support/meter-bench.ts'

/**
 * An hour that goes on is rebuilt from where it changed. Tick by tick, as samples come in or late,
 * device-hours are those of one rebuilding of everything from the samples alone.
 */

const UNTIL = HOUR + 24 * HOUR_MS
const HOURS = {
  device_hours: 'select * except (build, is_deleted) from device_hours final order by all',
} as const
/** How many blocks the hours are stored in, at most. */
const BLOCKS = {
  blocks:
    'select max(n) as n from (select uniqExact(block) as n from device_blocks final group by hour)',
} as const

let bench: AppBench
beforeAll(async () => {
  bench = await openAppBench()
})
afterAll(() => bench.close())

/** Records by their time, cut at some of them; late ones come with a later part. */
interface Stream {
  readonly parts: readonly (readonly SampleRecord[])[]
}

const stream: fc.Arbitrary<Stream> = fleet
  .map(records => [...records].sort((a, b) => (String(a['time']) < String(b['time']) ? -1 : 1)))
  .chain(records =>
    fc
      .record({
        cuts: fc.array(fc.nat(records.length), { minLength: 4, maxLength: 9 }),
        late: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 3), {
          minLength: records.length,
          maxLength: records.length,
        }),
      })
      .map(({ cuts, late }) => {
        const bounds = [...cuts].sort((a, b) => a - b)
        const partOf = (index: number) => bounds.filter(cut => cut <= index).length
        const parts = Array.from({ length: bounds.length + 1 }, (_, part) =>
          records.filter(
            (_, index) => part === Math.min(partOf(index) + (late[index] ?? 0), bounds.length),
          ),
        )
        return { parts: parts.filter(part => part.length > 0) }
      }),
  )

/** A reading of tensor and SM cycles, or one of the gauge alone, `minute` after 05:00. */
function record(minute: number, cycles: number | null, device_id = 'd'): SampleRecord {
  return {
    time: formatInstant(HOUR + minute * MINUTE_MS),
    interval_s: 60,
    device_id,
    tenant_id: 'ann',
    accelerator: 'NVIDIA H100 80GB HBM3',
    ...(cycles === null
      ? { tensor_active: 0.2 }
      : { mma_cycles_total: cycles * 4e10, sm_cycles_total: cycles * 9e10 }),
  }
}

/**
 * Readings that speak for minutes long ago: over samples that were lost, over one without counters,
 * over the full hour. Nothing comes late, which would have whole hours rebuilt. Beside a device that
 * is there already, so that the hours are stored in blocks.
 */
const READINGS: Stream = {
  parts: [
    Array.from({ length: 30 }, (_, index) => record(3 + index * 4, null, 'beside')),
    [record(8, 8)],
    [record(31, 31)],
    [record(44, null)],
    [record(52, 52)],
    [record(86, 86)],
  ],
}

/** The reference: nothing is left of what ticks built, and every hour is built anew. */
async function atOnce(parts: Stream['parts']): Promise<string> {
  await bench.clear()
  await bench.restart()
  await bench.send('telemetry.accelerator', parts.flat())
  await bench.rebuild(UNTIL)
  return (await bench.outcome(HOURS))['device_hours'] ?? ''
}

test('tick by tick or at once, device-hours are the same, row for row', async () => {
  let most = 0
  await fc.assert(
    fc.asyncProperty(stream, async ({ parts }) => {
      const whole = await atOnce(parts)
      expect(whole).not.toBe('')
      await bench.clear()
      await bench.restart()
      for (const part of parts) {
        await bench.send('telemetry.accelerator', part)
        await bench.rebuild(UNTIL)
      }
      expect((await bench.outcome(HOURS))['device_hours']).toBe(whole)
      const { n } = JSON.parse((await bench.outcome(BLOCKS))['blocks'] ?? '{}')
      most = Math.max(most, Number(n))
    }),
    { numRuns: Number(process.env['FLOPWATCH_RUNS'] ?? 8), examples: [[READINGS]] },
  )
  // Otherwise nothing was rebuilt in parts.
  expect(most).toBeGreaterThan(6)
}, 600_000)
