import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STREAMS } from '../../src/domain/streams.ts'
import { flopwatch } from '../support/command.ts'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'

/** `flopwatch migrate --topics`, as an operator runs it before the first start. */

const needs = { own: true }
const missing = kafkaMissing(needs)

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

test('without Kafka it says what to set', async () => {
  const { code, stdout, stderr } = await flopwatch(['migrate', '--topics'])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^flopwatch: KAFKA_BROKERS is not set/)
})

test('a Kafka that does not answer is told in one sentence', async () => {
  const env = { KAFKA_BROKERS: '127.0.0.1:1' }
  const { code, stdout, stderr } = await flopwatch(['migrate', '--topics'], { env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^flopwatch: Kafka at 127\.0\.0\.1:1 cannot create topics: .+\n/)
})

describe.skipIf(missing)(`topics${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let kafka: TestKafka
  beforeAll(async () => {
    kafka = await openKafka(needs)
  }, 300_000)
  afterAll(() => kafka?.close())

  test('creates every topic of the contract once, and says nothing else', async () => {
    const env = { KAFKA_BROKERS: kafka.brokers.join() }
    const first = await flopwatch(['migrate', '--topics'], { env })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const rows = first.stdout
      .split('\n')
      .map(line => line.split('│').map(cell => cell.trim()))
      .filter(cells => cells.includes('created'))
      .map(([, topic, , partitions]) => [topic, Number(partitions)])
    expect(new Map(rows as [string, number][])).toEqual(
      new Map([
        ...STREAMS.map(name => [name, name.startsWith('identity.') ? 3 : 12] as const),
        ...['findings', 'cases', 'reports'].map(name => [name, 3] as const),
        ['flopwatch.control', 1],
      ]),
    )
    const second = await flopwatch(['migrate', '--topics'], { env })
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(second.stdout.match(/│ present /g)).toHaveLength(12)
    expect(second.stdout).not.toContain('created')
  })
})
