import { describe, expect, test } from 'vitest'
import { kafkaMissing } from '../support/kafka-broker.ts'
import { runFaults } from './harness/run.ts'

/**
 * Faults of every kind at once, over real Kafka and several instances: after each group of them the
 * totals equal what was said, every account balances, and nothing is committed that is not durable.
 * From five minutes on every kind has its turn. Longer: `npm run faults -- --minutes 30`.
 */

const MINUTES = Number(process.env['FLOPWATCH_FAULT_MINUTES'] ?? 1)
const SEED = Number(process.env['FLOPWATCH_SEED'] ?? Math.trunc(performance.timeOrigin % 1e9))
const missing = kafkaMissing({ own: true })

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

describe.skipIf(missing)(`fault harness${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test(`${MINUTES} minutes of faults leave every total exact`, { timeout: 3_600_000 }, async () => {
    const say = (text: string) => process.stdout.write(`${text}\n`)
    const report = await runFaults({ seed: SEED, minutes: MINUTES, say })
    say(report.table)
    expect(report.faults).toBeGreaterThan(0)
  })
})
